"""Where the warehouse is said to be: a URL, an Airflow connection as URI or JSON, or nothing."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest
import sqlalchemy as sa

from invoicing.errors import InvoicingError, UsageError
from invoicing.settings import CONNECTION_VARIABLE, Settings
from invoicing.warehouse import embedded
from invoicing.warehouse.connection import connection_url, create_engine, parse_url, warehouse_url
from invoicing.warehouse.transactions import reading

FULL = "postgresql+psycopg://ada:secret@db.example:5433/billing"


def text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def as_json(**fields: Any) -> str:
    return json.dumps({"conn_type": "postgres", **fields})


# URLs


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_name_of_postgres_means_the_one_driver(scheme: str) -> None:
    assert text(parse_url(f"{scheme}://ada:secret@db.example:5433/billing")) == FULL


def test_percent_escapes_of_user_and_password_are_resolved() -> None:
    url = parse_url("postgres://ada%40corp:s%2Fcr%3At%40@db.example/billing")
    assert (url.username, url.password) == ("ada@corp", "s/cr:t@")


def test_percent_escapes_of_the_database_are_resolved() -> None:
    assert parse_url("postgres://db.example/my%20billing").database == "my billing"


def test_parts_that_are_left_out_are_left_to_the_driver() -> None:
    url = parse_url("postgresql://")
    assert (url.username, url.password, url.host, url.port, url.database) == (None,) * 5


def test_host_may_be_an_ipv6_address() -> None:
    url = parse_url("postgres://ada@[::1]:5433/billing")
    assert (url.host, url.port) == ("::1", 5433)


def test_socket_folder_may_stand_for_the_host() -> None:
    url = parse_url("postgres://ada@%2Fvar%2Frun%2Fpostgresql/billing")
    assert (url.host, dict(url.query)) == (None, {"host": "/var/run/postgresql"})


def test_socket_folder_may_be_a_parameter() -> None:
    url = parse_url("postgresql:///billing?host=/var/run/postgresql")
    assert (url.host, dict(url.query)) == (None, {"host": "/var/run/postgresql"})


def test_socket_may_have_a_port() -> None:
    url = parse_url("postgres://ada@%2Fvar%2Frun:5433/billing")
    assert (url.port, dict(url.query)) == (5433, {"host": "/var/run"})


def test_parameters_are_passed_on() -> None:
    assert dict(parse_url(f"{FULL}?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem").query) == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
    }


def test_extras_that_airflow_nests_in_a_uri_are_passed_on() -> None:
    """So Airflow writes extras that are not all text: `Connection(extra={"sslmode": …, "connect_timeout": 5}).get_uri()`."""
    url = parse_url(
        "postgres://ada:secret@db.example/billing?__extra__=%7B%22sslmode%22%3A+%22require%22%2C+%22keepalives%22%3A+1%7D"
    )
    assert dict(url.query) == {"sslmode": "require", "keepalives": "1"}


# JSON


def test_json_means_what_the_url_means() -> None:
    fields = {"host": "db.example", "port": 5433, "login": "ada", "password": "secret", "schema": "billing"}
    assert text(parse_url(as_json(**fields))) == FULL


def test_json_may_begin_with_blanks() -> None:
    assert parse_url("\n " + as_json(host="db.example")).host == "db.example"


def test_port_in_json_may_be_text() -> None:
    assert parse_url(as_json(host="db.example", port="5433")).port == 5433


def test_socket_folder_may_stand_for_the_host_in_json() -> None:
    assert dict(parse_url(as_json(host="/var/run/postgresql")).query) == {"host": "/var/run/postgresql"}


@pytest.mark.parametrize("extra", [{"sslmode": "require"}, '{"sslmode": "require"}'], ids=["object", "text"])
def test_extras_in_json_are_passed_on(extra: object) -> None:
    assert dict(parse_url(as_json(host="db.example", extra=extra)).query) == {"sslmode": "require"}


@pytest.mark.parametrize("extra", [None, "", {}])
def test_json_may_have_no_extras(extra: object) -> None:
    assert dict(parse_url(as_json(host="db.example", extra=extra)).query) == {}


# Connections of Airflow


def test_extras_that_are_not_text_are_written_as_text() -> None:
    url = connection_url("postgres", "ada", None, "db.example", 5433, "billing", {"connect_timeout": 5})
    assert dict(url.query) == {"connect_timeout": "5"}


def test_extras_that_are_no_single_value_are_left_out() -> None:
    url = connection_url("postgres", "ada", None, "db.example", None, "billing", {"a": [1], "b": {"c": 1}})
    assert dict(url.query) == {}


def test_extras_that_the_driver_does_not_know_are_left_out() -> None:
    """Airflow's own Postgres hook takes extras of its own, such as `iam` and `cursor`."""
    extras = {"sslmode": "require", "iam": False, "cursor": "dictcursor"}
    url = connection_url("postgres", "ada", None, "db.example", None, "billing", extras)
    assert dict(url.query) == {"sslmode": "require"}


# What is refused


@pytest.mark.parametrize(
    "named",
    ["mysql://ada:secret@db.example/billing", "sqlite:///billing.db", as_json(conn_type="mysql"), "{}"],
)
def test_other_kinds_of_database_are_refused(named: str) -> None:
    with pytest.raises(UsageError, match="the warehouse must be Postgres, and the connection says"):
        parse_url(named)


def test_text_that_is_no_url_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match="write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"):
        parse_url("db.example/billing")


WRONG = {
    "no URL": "ada:secret@db.example/billing",
    "other database": "mysql://ada:secret@db.example/billing",
    "port that is no number": "postgres://ada:secret@db.example:http/billing",
    "password that was not escaped": "postgres://ada:p@ss:secret@db.example/billing",
    "broken JSON": '{"conn_type": "postgres", "password": "secret"',
    "port in JSON that is no number": as_json(password="secret", port="http"),
    "extras in JSON that are no object": as_json(password="secret", extra="[1]"),
    "extras in JSON that are broken": as_json(password="secret", extra="{secret"),
    "kind in JSON that is no text": as_json(password="secret", conn_type=None),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_usage_error_is_raised_for(wrong: str) -> None:
    with pytest.raises(UsageError):
        parse_url(WRONG[wrong])


@pytest.mark.parametrize("wrong", WRONG)
def test_message_keeps_the_password_to_itself_for(wrong: str) -> None:
    with pytest.raises(Exception) as refusal:  # noqa: PT011  (which one is the test above)
        parse_url(WRONG[wrong])
    assert "secret" not in "".join(traceback.format_exception_only(refusal.value))


def test_failure_to_connect_keeps_the_password_to_itself(server_url: sa.URL) -> None:
    engine = create_engine(server_url.set(password="secret", database="no_such_database"))
    with pytest.raises(InvoicingError) as refusal, reading(engine):
        pass
    assert "no_such_database" in str(refusal.value)
    assert "secret" not in "".join(traceback.format_exception(refusal.value))


def test_engine_shows_no_password() -> None:
    assert "secret" not in repr(create_engine(parse_url(FULL)))


# Which one is used


@pytest.fixture
def embedded_url(monkeypatch: pytest.MonkeyPatch) -> sa.URL:
    """What stands for the embedded warehouse, which is not started here."""
    url = sa.make_url("postgresql+psycopg:///embedded")
    monkeypatch.setattr(embedded, "ensure_running", lambda _: url)
    return url


def test_url_that_is_given_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONNECTION_VARIABLE, "postgres://of.the.environment/billing")
    assert warehouse_url(Settings(), "postgres://given/billing").host == "given"


def test_environment_comes_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONNECTION_VARIABLE, "postgres://of.the.environment/billing")
    assert warehouse_url(Settings()).host == "of.the.environment"


@pytest.mark.parametrize("named", [None, ""])
def test_embedded_warehouse_comes_last(
    monkeypatch: pytest.MonkeyPatch, embedded_url: sa.URL, named: str | None
) -> None:
    monkeypatch.delenv(CONNECTION_VARIABLE, raising=False)
    if named is not None:
        monkeypatch.setenv(CONNECTION_VARIABLE, named)
    assert warehouse_url(Settings()) == embedded_url


# Sessions


def test_sessions_think_in_utc(server_url: sa.URL) -> None:
    with create_engine(server_url).connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"


def test_sessions_say_whose_they_are(server_url: sa.URL) -> None:
    with create_engine(server_url).connect() as connection:
        assert connection.exec_driver_sql("SHOW application_name").scalar_one() == "invoicing"


def test_sessions_end_when_they_are_closed(server_url: sa.URL) -> None:
    with create_engine(server_url).connect() as connection:
        pid: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with create_engine(server_url).connect() as connection:
        gone = connection.exec_driver_sql("SELECT FROM pg_stat_activity WHERE pid = %(pid)s", {"pid": pid})
        assert gone.first() is None


def test_client_notices_within_a_minute_that_a_line_is_broken(server_url: sa.URL) -> None:
    with create_engine(server_url).connect() as connection:
        driver: Any = connection.connection.driver_connection
        told = driver.info.get_parameters()
    assert int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"]) <= 60
    assert int(told["tcp_user_timeout"]) <= 60_000


def test_url_may_say_when_a_line_is_broken(server_url: sa.URL) -> None:
    url = server_url.update_query_dict({"keepalives_idle": "7"})
    with create_engine(url).connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver.info.get_parameters()["keepalives_idle"] == "7"


def test_server_notices_within_a_minute_that_a_line_is_broken(server_url: sa.URL) -> None:
    # What it was told: a socket of this machine, which cannot break, has no such figures of its own.
    query = "SELECT name, reset_val FROM pg_settings WHERE name LIKE 'tcp%%'"
    with create_engine(server_url).connect() as connection:
        told = {row.name: int(row.reset_val) for row in connection.exec_driver_sql(query)}
    assert told["tcp_keepalives_idle"] + told["tcp_keepalives_interval"] * told["tcp_keepalives_count"] <= 60
    assert 0 < told["tcp_user_timeout"] <= 60_000
