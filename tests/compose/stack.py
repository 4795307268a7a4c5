"""The stack of docker-compose.yaml as it stands, under a project name, with secrets and a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from invoicing.settings import PROJECT_ROOT
from scripts.make_env import add_missing_secrets
from tests.e2e.ports import free_port
from tests.e2e.rest import Rest, wait_until

ADATUM = PROJECT_ROOT / "samples" / "adatum"
HEALTHY_SECONDS = 300


class ComposeStack(ABC):
    """A project of its own: nothing that a user has started from the same file is touched.

    Args:
        folder: where its .env is written.
        variables: what stands in .env beside the secrets.
    """

    command: Sequence[str]
    engine: str

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.project = f"invoicing-e2e-{os.getpid()}"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._env_file = folder / ".env"
        given = {**variables, "AIRFLOW_PORT": port}
        self._env_file.write_text("".join(f"{name}={value}\n" for name, value in given.items()), encoding="utf-8")
        add_missing_secrets(self._env_file)
        self.variables = dict(line.split("=", 1) for line in self._env_file.read_text(encoding="utf-8").splitlines())

    @abstractmethod
    def up(self) -> None:
        """Builds the image, starts every service in the order of the file, and waits until all are healthy."""

    @abstractmethod
    def is_healthy(self, container: str) -> bool:
        """What the health check of the file says."""

    def down(self) -> None:
        """Removes containers, network and volumes."""
        self.compose("down", "--volumes", "--timeout", "10")

    def restart(self, *services: str) -> None:
        self.compose("restart", *services)
        for service in services:
            self.wait_until_healthy(service)

    def rest(self) -> Rest:
        """The REST API as a user logs in to it."""
        return Rest(self.url, "admin", self.variables["AIRFLOW_ADMIN_PASSWORD"])

    def invoicing(self, *arguments: str) -> str:
        """Runs the console script in a container of its own, with the sample adatum in /data."""
        volume = f"{ADATUM}:/data:ro"
        return self.compose("run", "--rm", "-T", "--no-deps", "--volume", volume, "warehouse-migrate", *arguments)

    @contextmanager
    def statement(self, statement: str) -> Iterator[None]:
        """Runs a statement in the warehouse beside the block, which has to bring it to an end."""
        psql = ["psql", "--username=invoicing", f"--command={statement}"]
        with subprocess.Popen(
            [*self._compose(), "exec", "-T", "warehouse", *psql],
            cwd=PROJECT_ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ):
            yield

    def containers(self, service: str) -> list[str]:
        """Ids of a service's containers, running or not."""
        labels = {"project": self.project, "service": service}
        filters = [f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items()]
        return self._run(self.engine, "ps", "--all", "--quiet", *filters).split()

    def wait_until_healthy(self, service: str) -> None:
        containers = self.containers(service)
        assert containers, f"{service} has no container"
        wait_until(
            lambda: all(map(self.is_healthy, containers)),
            HEALTHY_SECONDS,
            lambda: f"{service} is not healthy:\n{self.logs(service)}",
        )

    def logs(self, service: str) -> str:
        """The last lines of a service's containers."""
        shown = [
            subprocess.run(
                [self.engine, "logs", "--tail=40", container],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            ).stdout
            for container in self.containers(service)
        ]
        return "\n".join(shown)

    def compose(self, *arguments: str) -> str:
        return self._run(*self._compose(), *arguments)

    def _compose(self) -> list[str]:
        return [*self.command, "--project-name", self.project, "--env-file", str(self._env_file)]

    def _environment(self) -> dict[str, str]:
        # A variable of the environment would win against .env.
        ours = (*self.variables, "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "AIRFLOW_EXECUTOR")
        return {name: value for name, value in os.environ.items() if name not in ours}

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout


class DockerStack(ComposeStack):
    """Real images, where there is a Docker engine."""

    command = ("docker", "compose")
    engine = "docker"

    @staticmethod
    def is_possible() -> bool:
        probes = (["docker", "info"], ["docker", "compose", "version"])
        return bool(shutil.which("docker")) and all(
            subprocess.run(probe, capture_output=True, check=False).returncode == 0 for probe in probes
        )

    def up(self) -> None:
        self.compose("up", "--build", "--detach", "--wait")

    def is_healthy(self, container: str) -> bool:
        (state,) = json.loads(self._run("docker", "inspect", container))
        return bool(state["State"]["Health"]["Status"] == "healthy")
