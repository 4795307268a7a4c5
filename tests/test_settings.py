"""Settings are environment variables, checked when they are read; an error names the variable and what it may be."""

from __future__ import annotations

import re

import pytest

from invoicing.errors import UsageError
from invoicing.settings import PROJECT_ROOT, Settings, read_settings

BAD_VALUES = {
    "SCHEDULE": ("every day", "is not a cron expression"),
    "GENERATION_SCHEDULE": ("0 1 * *", "is not a cron expression"),
    "TIMEZONE": ("Mars/Olympus", "is not a time zone"),
    "CATCH_UP_DAYS": ("-1", "greater than or equal to 0"),
    "SLEEP_HOURS": ("a day", "should be a valid number"),
    "MAX_DRIFT_MINUTES": ("-5", "greater than or equal to 0"),
    "FIRST_STEP": ("nap", "should be 'sleep' or 'process'"),
    "LATE_MILESTONES": ("ignore", "should be 'report' or 'bill'"),
    "BUCKETS": ("65", "less than or equal to 64"),
    "ROWS_PER_BUCKET": ("0", "greater than or equal to 1"),
    "DEADLINE_MINUTES": ("0", "greater than 0"),
    "NUMBER_PATTERN": ("INV-{year}", "needs {number} once"),
    "APPROVAL_AMOUNT": ("a lot", "should be a valid decimal"),
    "APPROVAL_BY_ANOTHER": ("perhaps", "should be a valid boolean"),
    "WAIT_SECONDS": ("-1", "greater than or equal to 0"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_bad_value_is_refused_with_the_name_of_the_variable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, reason = BAD_VALUES[name]
    monkeypatch.setenv(f"INVOICING_{name}", value)
    with pytest.raises(UsageError, match=f"^INV-101: setting INVOICING_{name}: .*{reason}"):
        read_settings()


def test_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICING_BUCKETS", "")
    assert read_settings() == Settings()


def test_readme_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `INVOICING_(\w+)` \| (.+?) \|", (PROJECT_ROOT / "README.md").read_text(), re.MULTILINE)
    listed = {name.lower(): default.strip("`") for name, default in rows}
    listed["warehouse_dir"] = "None"  # which the README calls by where that is
    assert listed == {
        name: "unset" if field.default is None and name != "warehouse_dir" else str(field.default)
        for name, field in Settings.model_fields.items()
    }
