"""Two Celery workers over an embedded warehouse of their own, which can be stopped and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from invoicing.settings import CONNECTION_VARIABLE, Settings
from invoicing.warehouse import embedded
from tests.e2e.rest import Rest
from tests.workers.stack import CeleryStack

WORKERS = ("first", "second")


class CeleryDeployment:
    """See tests.e2e.deployment.Deployment."""

    def __init__(self, home: Path, metadata: sa.URL, broker: str) -> None:
        # Root's server needs a folder that its system user can reach.
        folder = embedded.SYSTEM_ROOT / f"celery-{os.getpid()}" if os.geteuid() == 0 else home / "warehouse"
        self._settings = Settings(warehouse_dir=folder)
        self.warehouse = embedded.ensure_running(self._settings)
        socket = quote(str(self.warehouse.query["host"]), safe="")
        self._variables = {
            CONNECTION_VARIABLE: f"postgresql://{self.warehouse.username}@{socket}/{self.warehouse.database}",
            "INVOICING_BUCKETS": str(len(WORKERS)),
        }
        self.stack = CeleryStack(home, metadata, broker, self._variables)

    def up(self) -> None:
        self.invoicing("db", "upgrade")
        self.stack.migrate()
        self.stack.start()
        for worker in WORKERS:
            self.stack.start_worker(worker)

    def down(self) -> None:
        self.stack.take_down()
        embedded.remove(self._settings)

    def restart_warehouse(self) -> None:
        embedded.stop(self._settings)
        embedded.ensure_running(self._settings)

    def rest(self) -> Rest:
        return self.stack.rest()

    def invoicing(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("invoicing")), *arguments],
            env={**os.environ, **self._variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
