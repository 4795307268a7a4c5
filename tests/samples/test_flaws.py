"""Every flaw that the generator plants is in the files, on a line of an active contract."""

from tests.samples.native_format import Row, Tables


def with_rows(tables: Tables, table: str) -> set[str]:
    """Ids of the lines that have rows in a table."""
    return {row["contract_line_id"] for row in tables[table]}


def includes(line: Row, transaction_class: str) -> bool:
    """Whether a line includes a class, with the data contract's default for an empty flag."""
    flag = line[f"includes_{transaction_class}"]
    return flag == "true" if flag else line["billing_method"] == "time_and_material"


def active(tables: Tables, found: set[str]) -> set[str]:
    """Those of the lines found whose contract is active."""
    contracts = {row["contract_id"] for row in tables["project_contracts"] if row["state"] == "active"}
    return {line for line in found if line.rpartition("-")[0] in contracts}


def billed_by(lines: dict[str, Row], method: str) -> set[str]:
    """Ids of the lines with a billing method."""
    return {line for line, row in lines.items() if row["billing_method"] == method}


def test_a_fixed_price_line_has_no_milestones(tables: Tables, lines: dict[str, Row]) -> None:
    assert active(tables, billed_by(lines, "fixed_price") - with_rows(tables, "milestones"))


def test_a_line_with_transactions_has_no_schedule(tables: Tables) -> None:
    assert active(tables, with_rows(tables, "transactions") - with_rows(tables, "invoice_schedules"))


def test_a_line_has_no_customers(tables: Tables, lines: dict[str, Row]) -> None:
    assert active(tables, lines.keys() - with_rows(tables, "contract_line_customers"))


def test_a_time_and_material_line_has_a_milestone(tables: Tables, lines: dict[str, Row]) -> None:
    assert active(tables, billed_by(lines, "time_and_material") & with_rows(tables, "milestones"))


def test_ready_transactions_are_of_a_class_that_their_line_excludes(tables: Tables, lines: dict[str, Row]) -> None:
    strays = {
        row["contract_line_id"]
        for row in tables["transactions"]
        if row["billing_status"] == "ready_to_invoice"
        and not includes(lines[row["contract_line_id"]], row["transaction_class"])
    }
    assert active(tables, strays)


def test_most_lines_are_as_they_should_be(tables: Tables, lines: dict[str, Row]) -> None:
    payable = with_rows(tables, "contract_line_customers")
    sound = (billed_by(lines, "fixed_price") & with_rows(tables, "milestones")) | (
        billed_by(lines, "time_and_material") & with_rows(tables, "invoice_schedules")
    )
    assert len(sound & payable) > 0.95 * len(lines)
