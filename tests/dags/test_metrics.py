"""The figures of a run as a StatsD server takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
import sqlalchemy as sa

from invoicing.audit.lag import Lag
from invoicing.process.day import run_day
from invoicing.settings import PROJECT_ROOT, read_settings
from tests.dags.listeners import StatsdServer, eventually, statsd_server


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatsdServer]:
    """Where the metrics of the test arrive, as Airflow's settings say."""
    from airflow.sdk.observability import stats  # noqa: PLC0415
    from airflow.sdk.observability.metrics.stats_utils import get_stats_factory  # noqa: PLC0415

    with statsd_server() as listening:
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(listening.port))
        stats.initialize(factory=get_stats_factory(), export_legacy_names=False)
        yield listening
        monkeypatch.undo()
        stats.initialize(factory=get_stats_factory(), export_legacy_names=False)


def send(engine: sa.Engine, statsd: StatsdServer, contract_ids: Sequence[str] | None = None) -> dict[str, str]:
    """Runs a day, sends its figures, and returns what arrived, without the type of each figure."""
    from invoicing.airflow.notify.metrics import send_metrics  # noqa: PLC0415

    day = run_day(engine, date(2020, 10, 5), run_key="measured", settings=read_settings(), contract_ids=contract_ids)
    send_metrics(day.run, day.figures, Lag(rows=5, days=2))
    eventually(lambda: "airflow.invoicing.lag.days" in statsd.figures)
    if contract_ids is None:
        eventually(lambda: "airflow.invoicing.run.duration" in statsd.figures)
    return {name.removeprefix("airflow."): value.split("|")[0] for name, value in statsd.figures.items()}


def test_a_run_sends_its_counts(engine: sa.Engine, statsd: StatsdServer) -> None:
    figures = send(engine, statsd)
    names = ("due_lines", "ready_transactions", "invoices", "details", "invoices_written", "quarantined_contracts")
    assert [float(figures[f"invoicing.run.{name}"]) for name in names] == [3, 24, 1, 25, 1, 0]


def test_a_run_sends_its_amounts_by_currency(engine: sa.Engine, statsd: StatsdServer) -> None:
    figures = send(engine, statsd)
    names = ("ready_amount.USD", "chargeable_amount.USD")
    assert [float(figures[f"invoicing.run.{name}"]) for name in names] == [17451.41, 21130.01]


def test_a_run_sends_how_long_it_took_in_milliseconds(engine: sa.Engine, statsd: StatsdServer) -> None:
    assert 0 < float(send(engine, statsd)["invoicing.run.duration"]) < 60_000


def test_a_run_sends_how_far_invoicing_is_behind(engine: sa.Engine, statsd: StatsdServer) -> None:
    figures = send(engine, statsd)
    assert (figures["invoicing.lag.rows"], figures["invoicing.lag.days"]) == ("5", "2")


def test_a_run_of_chosen_contracts_sends_the_lag_alone(engine: sa.Engine, statsd: StatsdServer) -> None:
    figures = send(engine, statsd, ["adatum-implementation"])
    assert set(figures) == {"invoicing.lag.rows", "invoicing.lag.days"}


def test_the_table_of_metrics_names_what_is_sent(engine: sa.Engine, statsd: StatsdServer) -> None:
    table = (PROJECT_ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(invoicing\.\S+)`", table, re.MULTILINE)) == set(send(engine, statsd))
