from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from invoicing import cli
from invoicing.settings import CONNECTION_VARIABLE, PROJECT_ROOT
from invoicing.source.loading import load_folder

Invoke = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoke(url: sa.URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Runs the console script on the test's warehouse; gives exit status, standard output and standard error."""
    monkeypatch.setenv(CONNECTION_VARIABLE, url.render_as_string(hide_password=False))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["invoicing", *arguments])
        status = 0
        try:
            cli.main()
        except SystemExit as exit_:
            status = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def adatum(engine: sa.Engine) -> None:
    load_folder(engine, PROJECT_ROOT / "samples" / "adatum", wait_seconds=10)


@pytest.fixture
def billed(adatum: None, invoke: Invoke) -> None:
    assert invoke("run", "--run-date", "2020-10-05")[0] == 0
