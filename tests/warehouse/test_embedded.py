"""The embedded warehouse: shared, started on demand, stopped only when asked to."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from invoicing.errors import EmbeddedWarehouseError, WarehouseUnavailableError
from invoicing.settings import PROJECT_ROOT, Settings
from invoicing.warehouse import embedded
from invoicing.warehouse.connection import create_engine
from tests.places import server_home

START = "from invoicing.warehouse import embedded; from invoicing.settings import read_settings; "
START += "print(embedded.ensure_running(read_settings()))"


@pytest.fixture
def settings() -> Iterator[Settings]:
    made = Settings(warehouse_dir=server_home("embedded"))
    yield made
    embedded.remove(made)


def _start_elsewhere(settings: Settings) -> subprocess.Popen[str]:
    environment = {**os.environ, "INVOICING_WAREHOUSE_DIR": str(settings.warehouse_dir)}
    return subprocess.Popen(
        [sys.executable, "-c", START],
        env=environment,
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _answers(settings: Settings) -> bool:
    try:
        with create_engine(embedded.server_of(settings).url()).connect() as connection:
            return connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    except Exception:  # any failure to answer is the answer
        return False


def session_of(settings: Settings, user: str = "postgres") -> psycopg.Connection:
    url = embedded.ensure_running(settings)
    return psycopg.connect(host=str(url.query["host"]), user=user, dbname=embedded.DATABASE)


def kill_postmaster(settings: Settings) -> None:
    pid = int((embedded.server_of(settings).data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)


def test_processes_that_start_it_at_once_share_one_server(settings: Settings) -> None:
    starters = [_start_elsewhere(settings) for _ in range(4)]
    outcomes = [starter.communicate(timeout=120) for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 4, outcomes
    assert len({url for url, _ in outcomes}) == 1


def test_it_outlives_the_process_that_started_it(settings: Settings) -> None:
    _start_elsewhere(settings).communicate(timeout=120)
    assert _answers(settings)


def test_it_keeps_its_data_over_a_stop(settings: Settings) -> None:
    engine = create_engine(embedded.ensure_running(settings))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(settings)
    embedded.ensure_running(settings)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT number FROM kept").scalar_one() == 7


def test_stopping_it_stops_it(settings: Settings) -> None:
    embedded.ensure_running(settings)
    assert embedded.stop(settings)
    assert not _answers(settings)


def test_stopping_what_does_not_run_says_so(settings: Settings) -> None:
    assert not embedded.stop(settings)


def test_it_starts_again_after_it_was_killed(settings: Settings) -> None:
    embedded.ensure_running(settings)
    kill_postmaster(settings)
    embedded.ensure_running(settings)
    assert _answers(settings)


def test_while_a_session_outlives_a_killed_server_it_is_not_available(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_PATIENCE_SECONDS", 1)
    with closing(session_of(settings)) as session:
        session.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
        kill_postmaster(settings)
        with pytest.raises(WarehouseUnavailableError, match="has not ended yet"):
            embedded.ensure_running(settings)
        os.kill(session.info.backend_pid, signal.SIGKILL)
    embedded.ensure_running(settings)
    assert _answers(settings)


def test_it_is_found_while_it_recovers_from_the_death_of_a_session(settings: Settings) -> None:
    with closing(session_of(settings)) as session:
        os.kill(session.info.backend_pid, signal.SIGKILL)
    while _answers(settings):
        pass
    embedded.ensure_running(settings)
    assert _answers(settings)


def test_a_set_up_that_was_broken_off_starts_anew(settings: Settings) -> None:
    server = embedded.server_of(settings)
    unfinished = server.home / "pgdata.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "junk").write_text("half a database")
    embedded.ensure_running(settings)
    assert _answers(settings)


def test_it_does_not_listen_on_the_network(settings: Settings) -> None:
    with create_engine(embedded.ensure_running(settings)).connect() as connection:
        assert connection.exec_driver_sql("SHOW listen_addresses").scalar_one() == ""


def test_nobody_else_can_enter_the_folder_of_its_socket(settings: Settings) -> None:
    embedded.ensure_running(settings)
    assert embedded.server_of(settings).socket_folder.stat().st_mode & 0o077 == 0


def test_socket_is_its_users_alone(settings: Settings) -> None:
    embedded.ensure_running(settings)
    socket = embedded.server_of(settings).socket_folder / ".s.PGSQL.5432"
    assert socket.stat().st_mode & 0o777 == 0o600


def test_empty_folder_that_others_can_enter_is_closed(settings: Settings) -> None:
    home = embedded.server_of(settings).home
    home.mkdir(parents=True)
    home.chmod(0o777)
    embedded.ensure_running(settings)
    assert home.stat().st_mode & 0o777 == 0o700


def test_folder_that_was_opened_is_closed_at_the_next_start(settings: Settings) -> None:
    embedded.ensure_running(settings)
    embedded.stop(settings)
    home = embedded.server_of(settings).home
    home.chmod(0o755)
    embedded.ensure_running(settings)
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("held", ["letter.txt", "pgdata/postgresql.conf"])
@pytest.mark.parametrize("act", [embedded.ensure_running, embedded.remove])
def test_folder_that_holds_something_else_is_left_as_it_is(
    tmp_path: Path, held: str, act: Callable[[Settings], object]
) -> None:
    (tmp_path / held).parent.mkdir(exist_ok=True)
    (tmp_path / held).write_text("cluster_name = 'of somebody else'")
    tmp_path.chmod(0o755)
    with pytest.raises(EmbeddedWarehouseError, match="holds something else than an embedded warehouse"):
        act(Settings(warehouse_dir=tmp_path))
    assert (tmp_path / held).read_text() == "cluster_name = 'of somebody else'"
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedWarehouseError, match="cannot be used: Not a directory; name another folder"):
        embedded.ensure_running(Settings(warehouse_dir=tmp_path / "file" / "warehouse"))


def test_removing_it_leaves_what_somebody_keeps_beside_it(settings: Settings) -> None:
    embedded.ensure_running(settings)
    home = embedded.server_of(settings).home
    (home / "letter.txt").write_text("mine")
    embedded.remove(settings)
    assert [path.name for path in home.iterdir()] == ["letter.txt"]
    shutil.rmtree(home)


def test_removing_it_leaves_nothing_of_it(settings: Settings) -> None:
    embedded.ensure_running(settings)
    embedded.remove(settings)
    assert not embedded.server_of(settings).home.exists()
    assert embedded.find(settings) is None


def test_its_user_may_be_any_of_its_roles(settings: Settings) -> None:
    with closing(session_of(settings)) as session:
        session.execute("CREATE ROLE ann LOGIN")
        session.commit()
    session_of(settings, "ann").close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_somebody_else_is_not_let_in_even_where_everything_is_open(settings: Settings) -> None:
    embedded.ensure_running(settings)
    server = embedded.server_of(settings)
    server.home.chmod(0o711)
    (server.home / ".s.PGSQL.5432").chmod(0o666)
    psql = [str(server.binaries / "psql"), "-h", str(server.home), "-U", "postgres", "-d", "postgres", "-c", "SELECT 1"]
    tried = subprocess.run(
        psql, check=False, user="nobody", group="nogroup", extra_groups=[], capture_output=True, text=True, cwd="/"
    )
    assert 'Peer authentication failed for user "postgres"' in tried.stderr


def test_a_caller_makes_sure_who_answers(settings: Settings) -> None:
    url = embedded.ensure_running(settings)
    with pytest.raises(sa.exc.OperationalError, match="requirepeer"):
        create_engine(url.update_query_dict({"requirepeer": "somebody else"})).connect()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    server = embedded.server_of(Settings(warehouse_dir=tmp_path / ("long" * 40)))
    assert len(str(server.socket_folder / ".s.PGSQL.5432")) < 104


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a system user")
def test_root_changes_no_permission_above_the_project(settings: Settings) -> None:
    above = [PROJECT_ROOT, *PROJECT_ROOT.parents, Path("/root")]
    before = {folder: folder.stat().st_mode for folder in above}
    embedded.ensure_running(settings)
    assert {folder: folder.stat().st_mode for folder in above} == before


def test_connecting_needs_no_password(settings: Settings) -> None:
    session_of(settings).close()
