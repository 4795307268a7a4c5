"""Drafts are written in buckets of contracts, side by side; the invoices do not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from invoicing.errors import RunStateError, WarehouseUnavailableError
from invoicing.process.buckets import SLOTS, Bucket, buckets_of, number_of_buckets
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.ledger import Run
from invoicing.settings import Settings
from invoicing.warehouse.connection import create_engine
from invoicing.warehouse.transactions import writing
from tests.process.outcome import RESULTS, dump
from tests.process.steps import Steps, steps
from tests.process.warehouse import Warehouse, october

DAYS = (october(5), october(12))
MOMENTS = ("created_at", "ran_at", "ran_by", "detected_at")


@pytest.fixture
def warehouse(emptied: Warehouse) -> Warehouse:
    """Twenty contracts with two lines, two customers and two run dates."""
    for number in range(20):
        contract_id = f"C{number:02d}"
        emptied.contract(contract_id)
        for line_id in ("work", "travel"):
            emptied.line(line_id, contract_id, percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
            emptied.schedule(*DAYS, line_id=line_id, contract_id=contract_id)
            for day in (1, 6):
                emptied.transaction(f"{line_id}{day}", october(day), "100.01", line_id=line_id, contract_id=contract_id)
    return emptied


def write(run: Steps, number: int, count: int) -> Run:
    with writing(run.engine, run.settings.wait_seconds, shared=True) as connection:
        return write_draft_invoices(
            connection, run_key=run.run_key, bucket=Bucket(number, count), settings=run.settings
        )


def ready(warehouse: Warehouse, buckets: int) -> Steps:
    """A run whose drafts are to be written in so many buckets."""
    warehouse.settings = Settings(buckets=buckets, wait_seconds=2)
    run = steps(warehouse, DAYS[0])
    run.find_due()
    run.filter_ready()
    return run


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 16, 63, 64])
def test_buckets_cover_every_slot_once(count: int) -> None:
    covered = [slot for bucket in buckets_of(count) for slot in range(bucket.first_slot, bucket.last_slot + 1)]
    assert covered == list(range(SLOTS))


@pytest.mark.parametrize(
    ("details", "buckets"), [(0, 1), (1, 1), (250_000, 1), (250_001, 2), (1_000_000, 4), (1_000_000_000, 16)]
)
def test_volume_calls_for_buckets(details: int, buckets: int) -> None:
    assert number_of_buckets(details, Settings()) == buckets


def test_setting_overrules_the_volume() -> None:
    assert number_of_buckets(1, Settings(buckets=8)) == 8


def test_invoices_do_not_depend_on_the_number_of_buckets(
    warehouse: Warehouse, new_database: Callable[[str], sa.URL]
) -> None:
    dumps = []
    for buckets in (1, 3, 8):
        copy = warehouse.at(create_engine(new_database(str(warehouse.engine.url.database))))
        copy.settings = Settings(buckets=buckets)
        for day in (*DAYS, DAYS[0]):
            copy.run(day)
        dumps.append(dump(copy, RESULTS, without=MOMENTS))
    assert dumps[0] == dumps[1] == dumps[2]


def test_bucket_writes_its_contracts_alone(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    write(run, 1, 3)
    (found,) = warehouse.read(
        "SELECT count(DISTINCT contract_id) AS n, min(abs(mod(hashtextextended(contract_id, 0), 64))) AS lowest,"
        " max(abs(mod(hashtextextended(contract_id, 0), 64))) AS highest FROM invoicing.invoice"
    )
    assert 0 < found.n < 20
    assert Bucket(1, 3).first_slot <= found.lowest <= found.highest <= Bucket(1, 3).last_slot


def test_run_is_written_with_its_last_bucket(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    assert [write(run, number, 3).step for number in (2, 0, 1)] == ["ready", "ready", "written"]


def test_run_without_all_of_its_buckets_fails(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    write(run, 0, 3)
    closed = run.close()
    assert closed is not None
    assert (closed.status, closed.failure) == ("failed", "stopped at step 'ready'")


def test_bucket_that_failed_can_be_written_alone(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    write(run, 0, 3)
    write(run, 2, 3)
    run.close()
    write(run, 1, 3)
    closed = run.close()
    assert closed is not None
    assert closed.status == "succeeded"


def test_bucket_that_is_written_twice_counts_once(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    write(run, 0, 3)
    assert write(run, 0, 3).written_buckets == [0]


def test_bucket_does_not_wait_for_another(warehouse: Warehouse) -> None:
    run = ready(warehouse, 2)
    with writing(run.engine, 2, shared=True):
        assert write(run, 1, 2).written_buckets == [1]


def test_buckets_written_at_once_are_all_written(warehouse: Warehouse) -> None:
    run = ready(warehouse, 8)
    with ThreadPoolExecutor(8) as threads:
        written = list(threads.map(lambda number: write(run, number, 8), range(8)))
    assert sorted(len(found.written_buckets) for found in written) == list(range(1, 9))


def test_another_run_waits_for_a_bucket(warehouse: Warehouse) -> None:
    run = ready(warehouse, 2)
    another = steps(warehouse, DAYS[1], "another")
    with (
        writing(run.engine, 2, shared=True),
        pytest.raises(WarehouseUnavailableError, match="somebody else is changing the warehouse"),
    ):
        another.find_due()


def test_selection_that_is_made_again_forgets_the_buckets_that_were_written(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    write(run, 0, 3)
    run.filter_ready()
    assert write(run, 1, 3).written_buckets == [1]


def test_bucket_of_another_division_is_refused(warehouse: Warehouse) -> None:
    run = ready(warehouse, 3)
    with pytest.raises(RunStateError, match="written in 3 buckets, and this is bucket 1 of 2; clear filter_ready"):
        write(run, 0, 2)
