"""docs/runbook.md as a page, which the runbooks of the DAG and of its tasks link to."""

from __future__ import annotations

import itertools
import re
from functools import cache

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markupsafe import Markup

from invoicing.settings import PROJECT_ROOT
from invoicing.web.pages import render

RUNBOOK = PROJECT_ROOT / "docs" / "runbook.md"


def runbook_router() -> APIRouter:
    """The route of the page. It is below a DAG because anyone who may see that DAG's runs may see it."""
    router = APIRouter()

    @router.get("/dags/{dag_id}/runbook")
    def runbook() -> HTMLResponse:
        return HTMLResponse(render("runbook.html", body=Markup(as_html(RUNBOOK.read_text(encoding="utf-8")))))

    return router


@cache
def as_html(markdown: str) -> str:
    """The text as HTML, each heading with the anchor that links to it use."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for heading, text in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", anchor(text.content))
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html


def anchor(heading: str) -> str:
    """As on the sites that show Markdown: lower case, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
