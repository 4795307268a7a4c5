"""All settings, in one place: environment variables `INVOICING_…`, validated when they are read.

Nothing else in the package reads the environment, except the warehouse connection, which Airflow names
`AIRFLOW_CONN_INVOICING_WAREHOUSE`.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pendulum
from croniter import croniter
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from invoicing.errors import UsageError
from invoicing.numbering import is_number_pattern

PROJECT_ROOT = Path(__file__).resolve().parents[2]
MOST_BUCKETS = 64
CONNECTION_VARIABLE = "AIRFLOW_CONN_INVOICING_WAREHOUSE"


class Settings(BaseSettings):
    """What an installation decides. Dates are calendar days in `timezone`, durations are in the unit of their name."""

    model_config = SettingsConfigDict(env_prefix="INVOICING_", frozen=True, extra="forbid", env_ignore_empty=True)

    schedule: str = Field("0 2 * * *", description="Cron expression of the DAG create_invoices, in `timezone`.")
    generation_schedule: str = Field(
        "0 1 * * *",
        description="Cron expression of the DAG generate_invoice_schedules; before that of create_invoices.",
    )
    timezone: str = Field("UTC", description="Business time zone: a run's date is its logical date in it.")
    catch_up_days: int = Field(35, ge=0, le=3660, description="How old a schedule row may be and still be run late.")
    late_milestones: Literal["report", "bill"] = Field(
        "report", description="A milestone made ready after its date: report it, or bill it on the next run date."
    )
    schedule_days: int = Field(
        400, ge=1, le=3660, description="How many days ahead invoice schedules are generated from frequencies."
    )
    sleep_hours: float = Field(
        24, ge=0, le=168, description="How long a cycle sleeps after the end of the one before it."
    )
    max_drift_minutes: float = Field(
        60,
        ge=0,
        le=1440,
        description="How far past its schedule the sleep may take a run; then its Process begins anyway.",
    )
    first_step: Literal["sleep", "process"] = Field(
        "sleep",
        description="What the very first cycle begins with: `sleep` (ProcessRunCaller) or `process` (ProcessRunner).",
    )
    buckets: int | None = Field(
        None,
        ge=1,
        le=MOST_BUCKETS,
        description="In how many buckets of contracts drafts are written; unset: by volume.",
    )
    rows_per_bucket: int = Field(250_000, ge=1, description="Details per bucket where `buckets` is not set.")
    buckets_at_once: int = Field(
        4,
        ge=1,
        le=MOST_BUCKETS,
        description="How many buckets `invoicing run` writes side by side; Airflow has its own limits.",
    )
    deadline_minutes: float | None = Field(
        None, gt=0, description="Alert when a scheduled run has not succeeded so long after its schedule; unset: never."
    )
    number_pattern: str = Field(
        "INV-{year}-{number:06}",
        description="Invoice numbers: {number} is gapless, {year} of the confirmation begins a new series.",
    )
    number_zero_totals: bool = Field(
        True, description="Whether an invoice that comes to 0 takes a number when it is confirmed."
    )
    currency_decimals: dict[str, Annotated[int, Field(ge=0, le=4)]] = Field(
        {},
        description="Decimals of currencies that are not rounded to the minor units of ISO 4217, as JSON; for `db upgrade`.",
    )
    approval_amount: Decimal | None = Field(
        None,
        ge=0,
        description="Drafts that come to more than this, in any currency, are approved by a person first; unset: never.",
    )
    approval_by_another: bool = Field(True, description="Who asks for an approval may not answer it.")
    wait_seconds: int = Field(
        600,
        ge=0,
        description="How long to wait for a lock that somebody else holds: longer than the largest confirmation.",
    )
    warehouse_dir: Path | None = Field(None, description="Where the embedded warehouse keeps its data.")

    @field_validator("number_pattern")
    @classmethod
    def _numbering_pattern(cls, value: str) -> str:
        if not is_number_pattern(value):
            raise ValueError(f"{value!r} needs {{number}} once, as in INV-{{year}}-{{number:06}}")
        return value

    @field_validator("schedule", "generation_schedule")
    @classmethod
    def _readable_schedule(cls, value: str) -> str:
        if not croniter.is_valid(value):
            raise ValueError(f"{value!r} is not a cron expression, such as '0 2 * * *'")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in pendulum.timezones():
            raise ValueError(f"{value!r} is not a time zone of the IANA database, such as Europe/Copenhagen")
        return value


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        UsageError: a variable cannot be used as it is set; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"INVOICING_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise UsageError(f"setting {name}: {first['msg']}") from error
