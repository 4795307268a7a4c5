"""What goes wrong in a warehouse, done past all its guards. No other test names private tables and columns.

Each function is named by what goes wrong and speaks of what analysts know: transactions, customers, run dates. It changes
something, or fails. Given a connection instead of a world, it works in that transaction, which may be rolled back.
"""

from __future__ import annotations

from tests.world.damage.guards import Target, change, empty, inflict
from tests.world.damage.invoices import (
    change_detail,
    change_invoices,
    change_line,
    change_share,
    double_share,
    forge_line,
    hide,
    lose_detail,
    lose_invoice,
    lose_line,
    lose_shares,
    lose_what_is_on,
    move_detail,
    replace_open_share,
)
from tests.world.damage.ledger import change_accounting, change_run, lose_accounting, run_at_once
from tests.world.damage.sources import (
    break_split,
    change_contract_line,
    remove_line_customers,
    remove_rounding_customer,
    set_run_status,
    source_changes,
)

__all__ = [
    "Target",
    "break_split",
    "change",
    "change_accounting",
    "change_contract_line",
    "change_detail",
    "change_invoices",
    "change_line",
    "change_run",
    "change_share",
    "double_share",
    "empty",
    "forge_line",
    "hide",
    "inflict",
    "lose_accounting",
    "lose_detail",
    "lose_invoice",
    "lose_line",
    "lose_shares",
    "lose_what_is_on",
    "move_detail",
    "remove_line_customers",
    "remove_rounding_customer",
    "replace_open_share",
    "run_at_once",
    "set_run_status",
    "source_changes",
]
