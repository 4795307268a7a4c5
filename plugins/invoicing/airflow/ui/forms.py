"""The fields of the forms that people start DAGs with. What somebody leaves empty chooses nothing."""

from __future__ import annotations

from airflow.sdk import Param

# A text field that the server checks: a browser's own date field hands on a day that does not exist as an empty one. The first
# task refuses what a pattern cannot know, a 29 February.
_DAY = (
    r"^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|[12][0-9]))$"
)


def day_field(title: str, description: str) -> Param:
    """A day as 2026-10-05, or nothing."""
    return Param(None, type=["null", "string"], pattern=_DAY, title=title, description=description)


def text_field(title: str, description: str) -> Param:
    """A line of text, or nothing."""
    return Param(None, type=["null", "string"], title=title, description=description)


def names_field(title: str, description: str) -> Param:
    """Ids or numbers, one per line, or nothing."""
    return Param(None, type=["null", "array"], items={"type": "string"}, title=title, description=description)


def required_names_field(title: str, description: str) -> Param:
    """Ids or numbers, one per line, at least one."""
    return Param(type="array", items={"type": "string"}, minItems=1, title=title, description=description)


def switch(title: str, description: str) -> Param:
    """Yes or no, and no unless somebody says yes."""
    return Param(False, type="boolean", title=title, description=description)
