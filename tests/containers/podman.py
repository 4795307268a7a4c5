"""The same stack in podman, with stand-ins where images cannot be pulled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from invoicing.settings import PROJECT_ROOT
from tests.compose.stack import ComposeStack
from tests.containers import stand_ins

PROGRAMS = ("podman", "runc", "debootstrap", "catatonit")


class PodmanStack(ComposeStack):
    """podman-compose starts single services; podman before 4.6 cannot wait for a healthy one, so their order is kept here.

    Nor does podman look at the health of a container by itself where there is no systemd: the check is run when asked for.
    """

    command = (
        str(Path(sys.executable).with_name("podman-compose")),
        f"--podman-build-args={' '.join(stand_ins.BUILD_OPTIONS)}",
    )
    engine = "podman"

    @staticmethod
    def is_possible() -> bool:
        return os.geteuid() == 0 and all(map(shutil.which, PROGRAMS))

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        super().__init__(folder, variables)
        self.services = _services(profiles=variables.get("COMPOSE_PROFILES", "").split(","))
        stand_ins.use_runc(folder)

    def up(self) -> None:
        stand_ins.build_missing()
        self.compose("build", "airflow-migrate")  # the one image of all Airflow's services
        started: set[str] = set()
        for service in self.services:
            self._start(service, started)
        for service in self.services:
            if "healthcheck" in self.services[service]:
                self.wait_until_healthy(service)

    def is_healthy(self, container: str) -> bool:
        check = subprocess.run(["podman", "healthcheck", "run", container], capture_output=True, check=False)
        return check.returncode == 0

    def _start(self, service: str, started: set[str]) -> None:
        if service in started:
            return
        for dependency, how in self.services[service].get("depends_on", {}).items():
            self._start(dependency, started)
            if how["condition"] == "service_healthy":
                self.wait_until_healthy(dependency)
            else:
                self._wait_until_completed(dependency)
        self.compose("up", "--detach", "--no-deps", "--no-build", service)
        started.add(service)

    def _wait_until_completed(self, service: str) -> None:
        for container in self.containers(service):
            code = self._run("podman", "wait", container).strip()
            assert code == "0", f"{service} ended with {code}:\n{self.logs(service)}"


def _services(profiles: Collection[str]) -> dict[str, dict[str, Any]]:
    file = yaml.safe_load((PROJECT_ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
    return {
        name: service
        for name, service in file["services"].items()
        if "profiles" not in service or set(service["profiles"]) & set(profiles)
    }
