"""What not-to-exceed limits cost: `python -m benchmarks.limits [--transactions N]`.

The Process of one large day where every contract has limits on all four levels, against the same day without any, interleaved; and the
evaluation of everything that is open, in seconds for a million shares.
"""

from __future__ import annotations

import argparse
import statistics
import time

import sqlalchemy as sa

from benchmarks.process import DAY, forget_day
from benchmarks.warehouse import administer, copied, generated
from invoicing.ledger.changes import Request
from invoicing.limits.evaluation import reevaluate
from invoicing.process.day import run_day
from invoicing.settings import read_settings
from invoicing.warehouse.transactions import writing

# Most of what is open fits; the last of each contract does not.
_LIMIT = "(SELECT 0.98 * sum(b.amount) FROM invoicing.billable AS b WHERE b.contract_id = capped.contract_id {})"
_LIMITS = (
    f"UPDATE invoicing.project_contract AS capped SET not_to_exceed_limit = {_LIMIT.format('')}",
    "INSERT INTO invoicing.contract_customer (contract_id, customer_id, is_primary, not_to_exceed_limit)"
    " SELECT DISTINCT contract_id, customer_id, TRUE, 1000000000 FROM invoicing.billable",
    "UPDATE invoicing.contract_line SET not_to_exceed_limit = 1000000000",
    "UPDATE invoicing.contract_line_customer SET not_to_exceed_limit = 1000000000",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=3_160_000, help="a third of them are due")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with (
        generated(contracts=arguments.contracts, transactions=arguments.transactions) as engine,
        copied(engine) as limited,
    ):
        _evaluate(limited, arguments.transactions)
        _measure({"without limits": engine, "with limits": limited}, arguments.rounds)


def _evaluate(engine: sa.Engine, transactions: int) -> None:
    administer(engine, *_LIMITS, "VACUUM ANALYZE")
    settings = read_settings()
    started = time.perf_counter()
    with writing(engine, settings.wait_seconds) as connection:
        contracts = list(connection.scalars(sa.text("SELECT contract_id FROM invoicing.project_contract")))
        reevaluate(connection, contracts, request=Request("benchmark", "benchmark/limits"))
    seconds = time.perf_counter() - started
    administer(engine, "VACUUM ANALYZE")
    print(
        f"{transactions:,} open shares evaluated in {seconds:.2f} s, {seconds / transactions * 1_000_000:.2f} s a million"
    )


def _measure(engines: dict[str, sa.Engine], rounds: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            forget_day(engine)
            started = time.perf_counter()
            run_day(engine, DAY, run_key=f"benchmark/{started}", settings=read_settings())
            seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"the Process, median of {rounds} rounds")
    for name, median in medians.items():
        print(f"  {name:14} {median:8.2f} s   {median / medians['without limits']:.2f} x")


if __name__ == "__main__":
    main()
