"""The console script: what each command prints, and its exit status."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
import sqlalchemy as sa

from invoicing.settings import PROJECT_ROOT
from tests.cli.conftest import Invoke
from tests.world import damage
from tests.world.names import october
from tests.world.world import World


def test_load_says_what_is_new(invoke: Invoke) -> None:
    status, out, _ = invoke("load", str(PROJECT_ROOT / "samples" / "adatum"))
    assert (status, "transactions: 78 rows, 78 new, 0 changed" in out) == (0, True)


def test_a_refused_load_lists_the_bad_rows_on_standard_error(invoke: Invoke, tmp_path: Any) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,name,colour\nC1,One,red\n")
    status, out, err = invoke("load", str(tmp_path))
    assert (status, out) == (1, "")
    assert "customers.csv" in err
    assert "colour" in err


def test_load_brings_the_billing_exceptions_up_to_date(adatum: None, invoke: Invoke, tmp_path: Any) -> None:
    lines = tmp_path / "contract_lines.csv"
    header = "contract_id,contract_line_id,name,billing_method,contracted_amount\n"
    for contracted, expected in (("1", ["milestones_differ_from_contracted_amount"]), ("", [])):
        lines.write_text(f"{header}adatum-implementation,prototype,Prototype,fixed_price,{contracted}\n")
        assert invoke("load", str(tmp_path))[0] == 0
        problems = json.loads(invoke("exceptions", "--json")[1])
        assert [problem["code"] for problem in problems if problem["contract_line_id"] == "prototype"] == expected
        assert {problem["run_date"] for problem in problems} == {None}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2020-10-04", {}),
        ("2020-10-05", {"expenses": "1262.13", "implementation": "14867.88", "prototype": "5000.00"}),
        ("2020-10-06", {}),
        ("2020-10-18", {}),
        ("2020-10-19", {"implementation": "7230.38"}),
        ("2020-11-02", {"expenses": "1789.95", "implementation": "9266.13"}),
        ("2020-11-03", {"prototype": "12000.00"}),
        ("2020-11-16", {"implementation": "10688.63"}),
    ],
)
def test_each_day_of_the_example_gives_its_lines(
    adatum: None, invoke: Invoke, engine: sa.Engine, day: str, expected: dict[str, str]
) -> None:
    for earlier in ("2020-10-05", "2020-10-19", "2020-11-02", "2020-11-03"):
        if earlier < day:
            invoke("run", "--run-date", earlier)
    assert invoke("run", "--run-date", day)[0] == 0
    query = sa.text(
        "SELECT l.contract_line_id, l.chargeable_amount FROM analytics.invoice_lines AS l "
        "JOIN analytics.invoices AS i USING (contract_id, invoice_id) WHERE i.run_date = :day"
    )
    with engine.connect() as connection:
        lines = {row[0]: str(row[1]) for row in connection.execute(query, {"day": day})}
    assert lines == expected


def test_a_day_without_work_says_why(adatum: None, invoke: Invoke) -> None:
    _, out, _ = invoke("run", "--run-date", "2020-10-04")
    assert (
        out.strip()
        == "2020-10-04: no invoice, nothing is due on 2020-10-04: the invoice schedules begin on 2020-10-05."
    )


def test_a_run_shows_its_invoices(adatum: None, invoke: Invoke) -> None:
    _, out, _ = invoke("run", "--run-date", "2020-10-05")
    assert "21,213.41" in out
    assert "wrote 1 invoice with 25 details" in out


def test_a_preview_writes_nothing(adatum: None, invoke: Invoke) -> None:
    _, out, _ = invoke("run", "--run-date", "2020-10-05", "--preview")
    assert "would leave 1 invoice with 25 details" in out
    assert json.loads(invoke("invoices", "--json")[1]) == []


def test_json_has_amounts_as_exact_numbers(billed: None, invoke: Invoke) -> None:
    invoices = simplejson.loads(invoke("invoices", "--json")[1], use_decimal=True)
    assert invoices[0]["total_amount"] == Decimal("21213.41")


def test_json_of_a_list_has_the_columns_of_its_view(billed: None, invoke: Invoke, engine: sa.Engine) -> None:
    listed = json.loads(invoke("invoices", "--json")[1])
    columns = [column["name"] for column in sa.inspect(engine).get_columns("invoices", schema="analytics")]
    assert list(listed[0]) == columns


def test_runs_are_listed_newest_first(billed: None, invoke: Invoke) -> None:
    invoke("run", "--run-date", "2020-10-06")
    runs = json.loads(invoke("runs", "--json")[1])
    assert [run["run_date"] for run in runs] == ["2020-10-06", "2020-10-05"]


def test_a_list_is_narrowed_by_run_date(billed: None, invoke: Invoke) -> None:
    assert json.loads(invoke("invoices", "--run-date", "2020-10-06", "--json")[1]) == []


def test_a_list_is_narrowed_by_contract(billed: None, invoke: Invoke) -> None:
    assert len(json.loads(invoke("backlog", "--contract", "adatum-implementation", "--limit", "0", "--json")[1])) == 53
    assert json.loads(invoke("backlog", "--contract", "another", "--json")[1]) == []


def test_a_list_that_is_cut_says_so(billed: None, invoke: Invoke) -> None:
    _, _, err = invoke("backlog", "--limit", "2")
    assert "Only the first 2 rows" in err


def test_exceptions_are_listed(billed: None, invoke: Invoke) -> None:
    exceptions = json.loads(invoke("exceptions", "--json")[1])
    codes = [problem["code"] for problem in exceptions]
    assert codes == ["ready_class_not_included", "ready_without_run_date", "ready_without_run_date"]


def test_explain_says_why_a_transaction_waits(billed: None, invoke: Invoke) -> None:
    _, out, _ = invoke("explain", "T-014", "--run-date", "2020-10-05")
    assert "not ready to invoice" in out


def test_explain_names_the_invoice_of_a_transaction(billed: None, invoke: Invoke) -> None:
    invoice_id = json.loads(invoke("invoices", "--json")[1])[0]["invoice_id"]
    assert invoice_id in invoke("explain", "T-001", "--run-date", "2020-10-05")[1]


def test_explaining_an_unknown_transaction_is_refused(billed: None, invoke: Invoke) -> None:
    status, _, err = invoke("explain", "T-999", "--run-date", "2020-10-05")
    assert (status, err.startswith("INV-102")) == (1, True)


def test_verify_is_content_with_a_sound_warehouse(billed: None, invoke: Invoke) -> None:
    assert invoke("verify")[:2] == (0, "Everything adds up.\n")


def test_verify_fails_on_damage(billed: None, invoke: Invoke, own_world: World) -> None:
    damage.change_invoices(own_world, chargeable_amount=1)
    status, _, err = invoke("verify")
    assert (status, err.startswith("INV-303")) == (1, True)


def test_an_unknown_contract_is_refused(adatum: None, invoke: Invoke) -> None:
    status, _, err = invoke("run", "--run-date", "2020-10-05", "--contract", "nobody")
    assert (status, err.strip()) == (1, "INV-102: no contract nobody in the warehouse")


def test_a_bad_date_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("run", "--run-date", "5.10.2020")[0] == 2


def test_a_missing_run_date_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("run") == (2, "", "Missing option '--run-date'. Try `invoicing run --help`.\n")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", [["run"], ["run", "--preview"], ["explain", "T-014"]])
def test_the_edge_of_the_calendar_is_answered_in_a_line(
    adatum: None, invoke: Invoke, command: list[str], day: str
) -> None:
    status, out, err = invoke(*command, "--run-date", day)
    assert status in (0, 1)
    assert len((out + err).splitlines()) == 1


def test_a_line_as_long_as_it_is_stands_on_one(invoke: Invoke, own_world: World) -> None:
    name = "as long as a name may be".ljust(100, "x")
    own_world.contract(name)
    own_world.line(contract_id=name)
    own_world.schedule(october(5), contract_id=name)
    own_world.transaction(name, october(1), contract_id=name)
    own_world.load()
    damage.remove_line_customers(own_world, "work", name)
    quarantined = invoke("run", "--run-date", "2026-10-05")[1].splitlines()[-1]
    assert quarantined.startswith(f"Quarantined: contract {name}, ")
    assert quarantined.endswith("one rounding customer.")
    (explained,) = invoke("explain", name, "--run-date", "2026-10-05")[1].splitlines()
    assert len(explained) > 220
    (problem,) = [line for line in invoke("exceptions")[1].splitlines() if "line_without_customers" in line]
    assert name in problem
    assert problem.rstrip().endswith("one rounding customer.")
    (refused,) = invoke("not-ready", "--contract", name, "--transaction", "y" * 200)[2].splitlines()
    assert "y" * 200 in refused


def test_a_warehouse_that_does_not_answer_is_told_in_one_line_without_its_password(invoke: Invoke) -> None:
    status, _, err = invoke("runs", "--warehouse", "postgresql://someone:geheim@127.0.0.1:1/nowhere")
    assert (status, err.startswith("INV-451"), len(err.splitlines()), "geheim" in err) == (1, True, 1, False)


def test_the_warehouse_may_be_named_before_the_command(invoke: Invoke, url: sa.URL) -> None:
    named = url.render_as_string(hide_password=False)
    assert invoke("--warehouse", "postgresql://127.0.0.1:1/nowhere", "runs", "--warehouse", named)[0] == 0
    assert invoke("--warehouse", "postgresql://127.0.0.1:1/nowhere", "runs")[0] == 1


def test_a_warehouse_without_schema_says_what_to_run(invoke: Invoke, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE public.schema_version")
    status, _, err = invoke("runs")
    assert (status, "invoicing db upgrade" in err) == (1, True)


def test_db_remove_of_something_else_is_refused_and_named(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    monkeypatch.setenv("INVOICING_WAREHOUSE_DIR", str(tmp_path))
    status, _, err = invoke("db", "remove", "--yes")
    assert (status, err.startswith(f"INV-402: {tmp_path} holds something else")) == (1, True)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_db_remove_says_what_it_would_remove_and_asks(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "postgresql.conf").write_text("cluster_name = 'invoicing-warehouse'")
    monkeypatch.setenv("INVOICING_WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    status, out, err = invoke("db", "remove")
    assert (status, err) == (1, "Nothing was done.\n")
    assert f"Delete the embedded warehouse in {tmp_path} and all its data?" in out
    assert (tmp_path / "pgdata").exists()
    assert invoke("db", "remove", "--yes") == (0, f"The embedded warehouse in {tmp_path} is gone.\n", "")
    assert not tmp_path.exists()


def test_db_check_says_that_the_schema_is_current(invoke: Invoke) -> None:
    assert invoke("db", "check") == (0, "The warehouse has schema 0001_warehouse, which is current.\n", "")
