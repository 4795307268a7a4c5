"""The runbook as a page, and the links that lead to it."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from invoicing.warehouse.statements import SQL_ROOT
from invoicing.web.runbook import RUNBOOK, anchor

PAGE = "/dags/create_invoices/runbook"


def test_page_shows_every_section(web: TestClient) -> None:
    html = web.get(PAGE).text
    headings = re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert [heading for heading in headings if f'<h2 id="{anchor(heading)}">{heading}</h2>' not in html] == []


def test_every_link_within_the_runbook_leads_somewhere(web: TestClient) -> None:
    html = web.get(PAGE).text
    links = re.findall(r'href="#([^"]+)"', html)
    assert links
    assert [link for link in links if f'id="{link}"' not in html] == []


def test_every_billing_exception_has_its_row(web: TestClient) -> None:
    files = [*SQL_ROOT.glob("audit/exceptions/*/*.sql"), SQL_ROOT / "rules/025_broken_line.sql"]
    said = [text for path in files for text in re.findall(r"(.*) AS code", path.read_text())]
    codes = {code for text in said for code in re.findall(r"'(\w+)'", text)}
    html = web.get(PAGE).text
    assert len(codes) > 15
    assert [code for code in sorted(codes) if f"<td><code>{code}</code></td>" not in html] == []


def test_tables_are_shown_as_tables(web: TestClient) -> None:
    assert "<td>INV-303</td>" in web.get(PAGE).text
