"""HYPOTHESIS_PROFILE=thorough tries sixty times as many examples: `pytest tests/model --timeout=0`, for a night."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.model.adatum import adatum, milestone, november, october, schedule, work
from tests.model.life import Model
from tests.model.source import Source, Transaction

settings.register_profile("thorough", max_examples=6_000)
if profile := os.environ.get("HYPOTHESIS_PROFILE"):
    settings.load_profile(profile)


@pytest.fixture
def field_example() -> Model:
    expense = Transaction("Adatum", "flight", "expenses", october(4), transaction_class="expense")
    return adatum(
        transactions=(work("early", october(1)), work("late", october(5)), work("last", november(1)), expense),
        invoice_schedules=(
            *schedule(october(5), october(19), november(2), november(16)),
            *schedule(october(5), november(2), line="expenses"),
        ),
        milestones=(milestone("design", october(5)), milestone("build", november(3), "12000")),
    )


@pytest.fixture
def touched() -> Model:
    """An invoice of 5 October that somebody took to review, and a transaction that came too late for it."""
    calculator = adatum(transactions=(work("kept", october(1)),), invoice_schedules=schedule(october(5), october(12)))
    calculator.run(october(5))
    calculator.review(*calculator.invoices)
    calculator.load(Source(transactions=(work("waiting", october(2)),)))
    return calculator
