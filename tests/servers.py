"""The server that tests make their databases on: one Postgres, or a cluster of Citus, of which every node has each database."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from invoicing.warehouse.connection import create_engine

CLUSTER_VARIABLE = "INVOICING_TEST_CITUS"

# Fewer than the 32 of Citus, since each is a table of its own, and every database is made of a few hundred.
_SHARDS = 4


def not_on_citus(reason: str) -> pytest.MarkDecorator:
    """Marks what a cluster does not do, and need not."""
    return pytest.mark.skipif(bool(os.environ.get(CLUSTER_VARIABLE)), reason=f"on Citus: {reason}")


@dataclass(frozen=True)
class Server:
    """One Postgres; or a cluster, its coordinator and then its workers."""

    nodes: tuple[sa.URL, ...]

    @property
    def url(self) -> sa.URL:
        return self.nodes[0]

    @property
    def is_cluster(self) -> bool:
        return len(self.nodes) > 1

    def administer(self, *statements: str) -> None:
        """Runs statements such as CREATE DATABASE, on every node."""
        for node in self.nodes:
            _run(node, *statements)

    def copy(self, copy_of: str, name: str) -> None:
        """Makes a database as a copy of another. Of a cluster each node copies its own part: its shards, and where the others are."""
        daemon = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{copy_of}'"
        copying = f"CREATE DATABASE {name} TEMPLATE {copy_of}"
        self.administer(*([daemon, copying] if self.is_cluster else [copying]))

    def make_bare(self, name: str) -> None:
        """Makes a database without a schema; of a cluster, one in which its nodes know each other."""
        self.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        if not self.is_cluster:
            return
        coordinator, *workers = (node.set(database=name) for node in self.nodes)
        for node in (coordinator, *workers):
            _run(node, "CREATE EXTENSION citus")
        _run(
            coordinator,
            f"ALTER DATABASE {name} SET citus.shard_count = {_SHARDS}",
            f"SELECT citus_set_coordinator_host('{coordinator.host}', {coordinator.port})",
            *(f"SELECT citus_add_node('{worker.host}', {worker.port})" for worker in workers),
        )


def cluster(coordinator: sa.URL) -> Server:
    """The cluster that a coordinator belongs to: the URL names a database in which it knows its workers."""
    with create_engine(coordinator).connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT node_name, node_port FROM citus_get_active_worker_nodes() ORDER BY 1, 2"
        )
        workers = [coordinator.set(host=row.node_name, port=row.node_port) for row in rows]
    assert workers, f"{coordinator!r} knows no workers"
    return Server((coordinator, *workers))


def _run(url: sa.URL, *statements: str) -> None:
    with create_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
