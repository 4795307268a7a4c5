"""How `make test` spreads the tests over processes: file by file, all that need the one Airflow in one of them and first."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import NodeManager

_AIRFLOW = "tests/e2e/"

# Of seconds, when somebody interrupts the tests: to take down Airflow and the servers, which would go on for ever.
NodeManager.EXIT_TIMEOUT = 120


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process that is done with a file takes the next, so that whatever a module shares is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return _AIRFLOW if nodeid.startswith(_AIRFLOW) else nodeid.partition("::")[0]


def airflow_first(items: list[pytest.Item]) -> None:
    """They take longest, and mostly wait: whatever else there is gets done beside them."""
    items.sort(key=lambda item: not item.nodeid.startswith(_AIRFLOW))
