"""The page of a run's invoices, and the same as JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import Depends, HTTPException
from fastapi.testclient import TestClient

from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.locks import SLOTS, lock_slots
from invoicing.web import run_invoices
from invoicing.web.app import create_app
from tests.world import damage
from tests.world.desk import Desk
from tests.world.names import october
from tests.world.place import Place
from tests.world.steps import Steps
from tests.world.world import World


def run(place: Place, day: str, run_id: str = "one", contract_ids: list[str] | None = None) -> str:
    """Runs a day as the DAG run of that id, and returns the address of its page."""
    run_day(
        place.engine,
        date.fromisoformat(day),
        run_key=f"create_invoices/{run_id}",
        settings=read_settings(),
        contract_ids=contract_ids,
    )
    return f"/dags/create_invoices/runs/{run_id}"


def as_json(web: TestClient, address: str, **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = web.get(address, params={"format": "json", **parameters}).json()
    return answer


def run_dates(web: TestClient, address: str) -> list[str]:
    return [invoice["run_date"] for invoice in as_json(web, address)["invoices"]]


def cells(html: str, table: int = -1) -> list[list[str]]:
    """What stands in the rows of a table of the page; of the last, the invoices."""
    found = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[table]
    rows = re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    return [re.findall(r"<td[^>]*>([^<]*)", row) for row in rows]


def test_the_page_shows_status_origin_customer_contract_amounts_and_currency(web: TestClient, own_world: World) -> None:
    shown = cells(web.get(run(own_world, "2020-10-05")).text)
    assert shown == [
        [
            *("none yet", "draft", "scheduled", "Adatum Corporation", "Implementation services for Adatum"),
            *("2020-10-05", "21,130.01", "83.40", "21,213.41", "USD"),
        ]
    ]


def test_the_page_shows_the_number_of_a_confirmed_invoice(web: TestClient, own_world: World) -> None:
    address = run(own_world, "2020-10-05")
    (invoice,) = own_world.read("SELECT invoice_id FROM analytics.invoices")
    Desk(own_world).confirm(invoice.invoice_id)
    (number,) = own_world.read("SELECT invoice_number FROM analytics.invoices")
    assert cells(web.get(address).text)[0][:2] == [number.invoice_number, "confirmed"]


def test_the_page_shows_what_its_invoices_come_to_in_each_currency(web: TestClient, own_world: World) -> None:
    for contract_id, currency in (("Contoso", "EUR"), ("Fabrikam", "EUR"), ("Wingtip", "JPY")):
        own_world.contract(contract_id, currency=currency)
        own_world.line(contract_id=contract_id)
        own_world.schedule(october(5), contract_id=contract_id)
        own_world.transaction(f"of {contract_id}", october(1), contract_id=contract_id)
    html = web.get(run(own_world, "2026-10-05")).text
    assert cells(html, 0) == [["EUR", "2", "200.00", "0.00", "200.00"], ["JPY", "1", "100", "0", "100"]]


def test_the_totals_are_of_all_pages(web: TestClient, own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_invoices, "PAGE_ROWS", 1)
    answer = as_json(web, run(own_world, "2020-11-03"), page=2)
    assert [(total["currency"], total["invoices"]) for total in answer["totals"]] == [("USD", 4)]


def test_the_page_tells_what_stands_from_what_this_attempt_wrote(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-10-05")
    html = web.get(run(own_world, "2020-10-05")).text
    assert "attempt 2, cli, succeeded.\n0 invoices written or changed by it." in html
    assert "1 invoice stands now:" in html


def test_the_page_answers_at_once_while_somebody_works_on_its_contracts(web: TestClient, own_world: World) -> None:
    address = run(own_world, "2020-10-05")
    with own_world.engine.begin() as elsewhere:
        lock_slots(elsewhere, range(SLOTS))
        elsewhere.exec_driver_sql(damage.WRITE_EVERY_INVOICE)
        assert web.get(address).status_code == 200


def test_the_page_says_so_within_seconds_while_somebody_changes_the_schema(web: TestClient, own_world: World) -> None:
    address = run(own_world, "2020-10-05")
    with own_world.engine.begin() as elsewhere:
        elsewhere.exec_driver_sql(damage.CLOSE_INVOICES)
        answer = web.get(address)  # while it is closed: a page that waited for it would never come
    assert (answer.status_code, answer.text[:8]) == (503, "INV-451:")


@pytest.mark.parametrize(
    "path", ["/dags/create_invoices/runs/%00", "/dags/a%00/runs/one", "/dags/a%00/runbook", "/%00"]
)
def test_a_name_that_cannot_be_is_not_found(web: TestClient, path: str) -> None:
    assert web.get(path).status_code == 404


def test_the_page_follows_the_theme_that_airflow_keeps_in_the_browser(web: TestClient) -> None:
    answer = web.get("/dags/create_invoices/runs/never")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert 'localStorage.getItem("theme")' in script
    assert f"script-src 'sha256-{allowed}'" in answer.headers["content-security-policy"]


def test_json_gives_the_amounts_with_all_their_digits(web: TestClient, own_world: World) -> None:
    answer = web.get(run(own_world, "2020-10-05"), headers={"Accept": "application/json"})
    assert '"total_amount": 21213.41' in answer.text


def test_a_browser_gets_the_page(web: TestClient, own_world: World) -> None:
    answer = web.get(run(own_world, "2020-10-05"), headers={"Accept": "text/html,application/xhtml+xml,*/*"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_run_by_hand_shows_the_invoices_that_it_did_something_to(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-11-03")
    (invoice,) = own_world.read("SELECT invoice_id FROM analytics.invoices WHERE run_date = '2020-10-05'")
    Desk(own_world).confirm(invoice.invoice_id, key="confirm_invoices/by hand")
    address = "/dags/confirm_invoices/runs/by hand"
    answer = as_json(web, address)
    assert [(invoice["run_date"], invoice["status"]) for invoice in answer["invoices"]] == [("2020-10-05", "confirmed")]
    assert ">21,213.41<" in web.get(address).text


def test_a_run_that_caught_up_shows_the_invoices_of_each_day(web: TestClient, own_world: World) -> None:
    address = run(own_world, "2020-11-03")
    assert run_dates(web, address) == ["2020-11-03", "2020-11-02", "2020-10-19", "2020-10-05"]


def test_the_page_shows_as_many_invoices_as_the_ledger_counts(web: TestClient, own_world: World) -> None:
    answer = as_json(web, run(own_world, "2020-11-03"))
    assert answer["invoice_count"] == answer["run"]["invoices"]


def test_a_run_shows_none_of_another_runs_invoices(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-10-05", "first")
    assert run_dates(web, run(own_world, "2020-10-19", "second")) == ["2020-10-19"]


def test_a_run_of_chosen_contracts_shows_theirs_alone(web: TestClient, own_world: World) -> None:
    for contract_id in ("Contoso", "Fabrikam"):
        own_world.contract(contract_id)
        own_world.line(contract_id=contract_id)
        own_world.schedule(october(5), contract_id=contract_id)
        own_world.transaction(f"of {contract_id}", october(1), contract_id=contract_id)
    run(own_world, "2026-10-05", "all")
    shown = as_json(web, run(own_world, "2026-10-05", "chosen", ["Contoso"]))["invoices"]
    assert [invoice["contract_id"] for invoice in shown] == ["Contoso"]


def test_a_day_that_a_later_one_caught_up_shows_its_invoices(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-10-19", "later")
    assert run_dates(web, run(own_world, "2020-10-05", "late")) == ["2020-10-05"]


def test_a_second_run_of_a_day_shows_the_same_invoices(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-10-05", "first")
    assert run_dates(web, run(own_world, "2020-10-05", "second")) == ["2020-10-05"]


def test_a_run_in_progress_shows_what_it_has_written_so_far(web: TestClient, own_world: World) -> None:
    steps = Steps(own_world, date(2020, 10, 5), "create_invoices/one")
    for step in (steps.find_due, steps.filter_ready, steps.write_drafts):
        step()
    assert run_dates(web, "/dags/create_invoices/runs/one") == ["2020-10-05"]


def test_a_day_that_was_run_again_still_shows_its_invoices(web: TestClient, own_world: World) -> None:
    run(own_world, "2020-10-05")
    assert run_dates(web, run(own_world, "2020-10-05")) == ["2020-10-05"]


def test_a_run_without_invoices_says_why(web: TestClient, own_world: World) -> None:
    assert "nothing is due on 2020-10-04" in web.get(run(own_world, "2020-10-04")).text


def test_a_run_that_the_ledger_does_not_know_is_not_found(web: TestClient) -> None:
    answer = web.get("/dags/create_invoices/runs/never")
    assert (answer.status_code, "knows no run <b>never</b>" in answer.text) == (404, True)


def test_what_is_shown_cannot_be_markup(web: TestClient, own_world: World) -> None:
    own_world.contract("adatum-implementation", name="<script>alert(1)</script>")
    html = web.get(run(own_world, "2020-10-05")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_what_is_shown_turns_no_reading_direction(web: TestClient, own_world: World) -> None:
    own_world.contract("adatum-implementation", name="Tom \u202e\x1b[31m{{ 7 * 7 }}")
    html = web.get(run(own_world, "2020-10-05")).text
    assert r"Tom \u202e\u001b[31m{{ 7 * 7 }}" in html


def test_a_name_in_the_address_cannot_be_markup(web: TestClient) -> None:
    assert "<b>&lt;script&gt;</b>" in web.get("/dags/create_invoices/runs/%3Cscript%3E").text


def test_more_invoices_than_a_page_holds_are_told_and_paged(
    web: TestClient, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_invoices, "PAGE_ROWS", 3)
    address = run(own_world, "2020-11-03")
    first = web.get(address).text
    assert "4 invoices stand now:" in first
    assert "1 to 3 of 4." in first
    assert 'href="?page=2"' in first
    assert [invoice["run_date"] for invoice in as_json(web, address, page=2)["invoices"]] == ["2020-10-05"]


def test_the_data_open_beside_the_page(web: TestClient, own_world: World) -> None:
    """As a file: Airflow shows the page in a frame that lets no link open another tab."""
    assert '<a href="?format=json&amp;page=1" download="one.json">' in web.get(run(own_world, "2020-10-05")).text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
def test_a_page_that_cannot_be_is_refused(web: TestClient, page: str) -> None:
    assert web.get("/dags/create_invoices/runs/one", params={"page": page}).status_code == 422


def test_no_other_site_may_frame_the_page_and_nothing_else_in_it_runs(web: TestClient) -> None:
    policy = web.get("/dags/create_invoices/runs/never").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_documentation_of_the_interface_is_not_shown(web: TestClient, path: str) -> None:
    assert web.get(path).status_code == 404


def test_a_warehouse_that_does_not_answer_says_so(tmp_path: Path) -> None:
    url = sa.URL.create("postgresql+psycopg", query={"host": str(tmp_path)})
    answer = TestClient(create_app(lambda: create_engine(url))).get("/dags/create_invoices/runs/one")
    assert (answer.status_code, answer.text[:8]) == (503, "INV-451:")


def test_a_warehouse_that_refuses_the_login_says_so(url: sa.URL) -> None:
    gone = TestClient(create_app(lambda: create_engine(url.set(database="gone"))))
    answer = gone.get("/dags/create_invoices/runs/one")
    assert (answer.status_code, answer.text[:8]) == (500, "INV-404:")


def test_the_guard_stands_before_every_page(url: sa.URL) -> None:
    def refuse() -> None:
        raise HTTPException(401)

    app = create_app(lambda: create_engine(url), [Depends(refuse)])
    assert TestClient(app).get("/dags/create_invoices/runs/one").status_code == 401
