"""All settings, in one place: environment variables `INVOICING_…`, validated when they are read.

Nothing else in the package reads the environment, except the warehouse connection, which Airflow names
`AIRFLOW_CONN_INVOICING_WAREHOUSE`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pendulum
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from invoicing.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
CONNECTION_VARIABLE = "AIRFLOW_CONN_INVOICING_WAREHOUSE"


class Settings(BaseSettings):
    """What an installation decides. Dates are calendar days in `timezone`, durations are in the unit of their name."""

    model_config = SettingsConfigDict(env_prefix="INVOICING_", frozen=True, extra="forbid")

    schedule: str = Field("0 2 * * *", description="Cron expression of the DAG create_invoices, in `timezone`.")
    timezone: str = Field("UTC", description="Business time zone: a run's date is its logical date in it.")
    catch_up_days: int = Field(35, ge=0, le=3660, description="How old a schedule row may be and still be run late.")
    late_milestones: Literal["report", "bill"] = Field(
        "report", description="A milestone made ready after its date: report it, or bill it on the next run date."
    )
    lease_minutes: int = Field(60, ge=1, description="A run that shows no sign of life for so long has lost its lease.")
    wait_seconds: int = Field(60, ge=0, description="How long to wait for a run or a lock that somebody else holds.")
    warehouse_dir: Path | None = Field(None, description="Where the embedded warehouse keeps its data.")

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
