"""A generated services firm: one year of contracts and transactions, the same bytes for the same parameters.

`catalogue` says what a firm sells and to whom, `schedules` when it invoices, `firm` what it consists of; `contracts`
draws one, `flaws` spoils some of its lines, `transactions` draws its work on the arrays of `bookable`; `tables` and
`files` write it all in the native format.
"""

from datetime import date
from pathlib import Path

from samples.agency.contracts import draw_firm
from samples.agency.files import FileFormat, write_table
from samples.agency.tables import firm_tables
from samples.agency.transactions import draw_transactions


def generate(
    directory: Path,
    *,
    start_date: date,
    contracts: int = 120,
    transactions: int = 40_000,
    seed: int = 7,
    file_format: FileFormat = "csv",
) -> dict[str, int]:
    """Write the firm's twelve months from start_date into directory, one file per table.

    Returns the number of rows of each file, by table name.
    """
    firm = draw_firm(start_date, contracts=contracts, transactions=transactions, seed=seed)
    tables = firm_tables(firm) | {"transactions": draw_transactions(firm, transactions, seed)}
    directory.mkdir(parents=True, exist_ok=True)
    return {name: write_table(directory, name, pieces, file_format) for name, pieces in tables.items()}
