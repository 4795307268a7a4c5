"""Each error has a code of its own, and README says what it means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from invoicing.errors import InvoicingError
from invoicing.settings import PROJECT_ROOT


def classes(base: type[InvoicingError] = InvoicingError) -> Iterator[type[InvoicingError]]:
    for error in base.__subclasses__():
        yield error
        yield from classes(error)


CODED = sorted((error for error in classes() if "code" in vars(error)), key=lambda error: error.code)


def test_no_two_errors_share_a_code() -> None:
    assert len({error.code for error in CODED}) == len(CODED)


@pytest.mark.parametrize("error", [error for error in CODED if not error.__subclasses__()])
def test_readme_lists_the_code_of(error: type[InvoicingError]) -> None:
    assert f"| {error.code} |" in (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
