"""What all pages have in common: templates, a theme, and headers that keep everything else out."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from invoicing.escapes import printable

# Airflow keeps the theme that a person has chosen in the browser; a tab beside this one tells when it changes.
_THEME_SCRIPT = """
const follow = () => {
  const chosen = localStorage.getItem("theme");
  document.documentElement.style.colorScheme = ["light", "dark"].includes(chosen) ? chosen : "light dark";
};
follow();
addEventListener("storage", follow);
"""

# Nothing is loaded from elsewhere, nothing runs but the script above, and no other site may show a page in a frame.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        f"script-src 'sha256-{base64.b64encode(hashlib.sha256(_THEME_SCRIPT.encode()).digest()).decode()}'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=lambda value: printable(value) if type(value) is str else value,  # not Markup, which is ours
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["theme_script"] = Markup(_THEME_SCRIPT)
_templates.filters["amount"] = lambda value: f"{value:,}"
_templates.filters["counted"] = lambda count, noun: f"{count:,} {noun}{'' if count == 1 else 's'}"


def render(template: str, **values: Any) -> str:
    """A page of the folder templates; whatever is not `Markup` is escaped."""
    return _templates.get_template(template).render(values)
