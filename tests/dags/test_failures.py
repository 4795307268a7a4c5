"""The one line that is left of an error."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException

from invoicing.airflow.notify.failures import first_line
from invoicing.errors import UsageError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UsageError("no such day"), "INV-101: no such day"),
        (AirflowFailException("Quarantined: …"), "Quarantined: …"),
        (ValueError("wrong\nand more"), "ValueError: wrong"),
        (KeyError(), "KeyError"),
        ("killed by the system", "killed by the system"),
    ],
)
def test_the_line_says_what_went_wrong(error: object, line: str) -> None:
    assert first_line(error) == line


def test_a_long_line_is_cut() -> None:
    assert len(first_line(UsageError("word " * 1000))) <= 400
