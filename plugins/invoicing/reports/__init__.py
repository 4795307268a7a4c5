"""What the command line prints: a readable table on a terminal, exact JSON for programs."""

from invoicing.reports.exact import to_json
from invoicing.reports.lists import COLUMNS, read_report
from invoicing.reports.tables import print_line, print_table, table_text, wide_enough

__all__ = ["COLUMNS", "print_line", "print_table", "read_report", "table_text", "to_json", "wide_enough"]
