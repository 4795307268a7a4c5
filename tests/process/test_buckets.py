"""A day is filtered and written in buckets of contracts, side by side; the invoices do not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from invoicing.errors import RunStateError
from invoicing.process.buckets import Bucket, plan_buckets
from invoicing.settings import Settings
from invoicing.warehouse.locks import SLOTS, lock_slots
from tests.world.names import october
from tests.world.reads import count, shown
from tests.world.steps import Steps
from tests.world.verdict import differences
from tests.world.world import World

DAYS = (october(5), october(12))

# As much open in each slot as in any other.
EVEN = dict.fromkeys(range(SLOTS), 1_000)


@pytest.fixture(scope="module")
def built(new_world: Callable[[], World]) -> World:
    """Twenty contracts with two lines, two customers and two run dates."""
    world = new_world()
    for number in range(20):
        contract_id = f"C{number:02d}"
        world.contract(contract_id)
        for line_id in ("work", "travel"):
            world.line(line_id, contract_id, percents={"Fabrikam": "33.3333", "Northwind": "66.6667"})
            world.schedule(*DAYS, line_id=line_id, contract_id=contract_id)
            for day in (1, 6):
                world.transaction(f"{line_id}{day}", october(day), "100.01", line_id=line_id, contract_id=contract_id)
    world.load()
    return world


@pytest.fixture
def twenty(built: World, lend_world: Callable[[World], World]) -> World:
    """A copy of `built` that a test may do with as it likes."""
    return lend_world(built)


def begun(world: World, buckets: int) -> Steps:
    """A run that has found its due lines, in so many buckets."""
    world.settings = Settings(buckets=buckets, wait_seconds=2)
    run = Steps(world, DAYS[0])
    run.find_due()
    return run


def invoiced_contracts(world: World) -> set[str]:
    return {row.contract_id for row in world.read("SELECT contract_id FROM analytics.invoices")}


# How many there are


def planned(open_by_slot: dict[int, int], **settings: int) -> list[Bucket]:
    return plan_buckets(open_by_slot, Settings.model_validate(settings))


@pytest.mark.parametrize("buckets", [1, 2, 3, 7, 8, 16, 63, 64])
def test_buckets_cover_every_slot_once(buckets: int) -> None:
    covered = [slot for bucket in planned({}, buckets=buckets) for slot in bucket.slots]
    assert covered == list(range(SLOTS))


@pytest.mark.parametrize("rows_per_bucket", [1_000, 3_000, 10_000, 64_000])
def test_buckets_planned_by_volume_cover_every_slot_once(rows_per_bucket: int) -> None:
    covered = [slot for bucket in planned(EVEN, rows_per_bucket=rows_per_bucket) for slot in bucket.slots]
    assert covered == list(range(SLOTS))


@pytest.mark.parametrize("buckets", [2, 3, 7, 8])
def test_buckets_of_the_setting_are_of_nearly_the_same_size(buckets: int) -> None:
    sizes = [len(bucket.slots) for bucket in planned({}, buckets=buckets)]
    assert max(sizes) - min(sizes) <= 1


def test_nothing_open_is_one_bucket() -> None:
    assert planned({}) == [Bucket(0, 1, 0, SLOTS - 1)]


@pytest.mark.parametrize(
    ("rows_per_bucket", "buckets"), [(64_000, 1), (63_999, 2), (32_000, 2), (16_000, 4), (1_000, 64)]
)
def test_volume_calls_for_buckets(rows_per_bucket: int, buckets: int) -> None:
    assert len(planned(EVEN, rows_per_bucket=rows_per_bucket)) == buckets


def test_bucket_holds_no_more_than_it_may() -> None:
    uneven = {slot: slot * 100 for slot in range(SLOTS)}
    assert all(
        sum(uneven[slot] for slot in bucket.slots) <= 10_000 for bucket in planned(uneven, rows_per_bucket=10_000)
    )


def test_two_buckets_side_by_side_hold_more_than_one_may() -> None:
    found = planned(EVEN, rows_per_bucket=10_000)
    assert all(1_000 * (len(first.slots) + len(second.slots)) > 10_000 for first, second in pairwise(found))


def test_slot_that_holds_more_than_a_bucket_may_is_a_bucket_of_its_own() -> None:
    found = planned({7: 5, 8: 1_000_000, 9: 5}, rows_per_bucket=1_000)
    assert [bucket.slots for bucket in found if 8 in bucket.slots] == [range(8, 9)]


def test_setting_overrules_the_volume() -> None:
    assert len(planned(EVEN, buckets=8, rows_per_bucket=1_000)) == 8


def test_run_plans_by_what_is_open_of_its_due_lines(twenty: World) -> None:
    twenty.settings = Settings(rows_per_bucket=100)
    assert len(Steps(twenty, DAYS[0]).find_due().buckets) == 2


# What they write


def test_invoices_do_not_depend_on_the_number_of_buckets(built: World, lend_world: Callable[[World], World]) -> None:
    found = []
    for buckets in (1, 3, 8):
        copy = lend_world(built)
        copy.settings = Settings(buckets=buckets)
        for day in (*DAYS, DAYS[0]):
            copy.run(day)
        assert differences(copy) == []
        found.append(shown(copy, moments=False))
    assert found[0] == found[1] == found[2]


def test_counts_do_not_depend_on_the_number_of_buckets(built: World, lend_world: Callable[[World], World]) -> None:
    found = []
    for buckets in (1, 8):
        copy = lend_world(built)
        copy.settings = Settings(buckets=buckets)
        copy.run(DAYS[0])
        found.append(shown(copy, ["invoice_runs", "run_amounts", "run_accounting"], moments=False))
    assert found[0] == found[1]


def test_buckets_share_the_contracts_among_them(twenty: World) -> None:
    run = begun(twenty, 3)
    seen: set[str] = set()
    for bucket in range(3):
        run.write_bucket(bucket)
        now = invoiced_contracts(twenty)
        assert seen < now
        seen = now
    assert len(seen) == 20


def test_bucket_says_what_is_ready_in_it(twenty: World) -> None:
    run = begun(twenty, 3)
    found = [run.filter_bucket(bucket) for bucket in range(3)]
    assert all(0 < each.ready_transactions < 80 for each in found)
    assert sum(each.ready_transactions for each in found) == 80


def test_bucket_is_written_before_another_is_filtered(twenty: World) -> None:
    run = begun(twenty, 2)
    run.filter_bucket(0)
    run.write_bucket(0)
    run.filter_bucket(1)
    run.write_bucket(1)
    assert len(invoiced_contracts(twenty)) == 20


def test_bucket_that_was_not_filtered_is_written_all_the_same(twenty: World) -> None:
    run = begun(twenty, 2)
    assert run.write_bucket(0)[1].details
    assert run.records()[0].ready_transactions


def test_bucket_that_is_written_twice_counts_once(twenty: World) -> None:
    run = begun(twenty, 3)
    (_, first), (_, second) = run.write_bucket(0), run.write_bucket(0)
    assert (second.invoices, second.details) == (first.invoices, first.details)


def test_bucket_that_is_tried_again_has_written_what_it_wrote_at_first(twenty: World) -> None:
    run = begun(twenty, 3)
    (_, first), (_, second) = run.write_bucket(0), run.write_bucket(0)
    assert first.invoices_written == second.invoices_written == first.invoices


def test_bucket_that_is_not_planned_is_refused(twenty: World) -> None:
    run = begun(twenty, 3)
    with pytest.raises(RunStateError, match=r"has 3 buckets and none of number 3; clear find_due_contract_lines"):
        run.write_bucket(3)


# Later attempts


def test_buckets_of_a_later_attempt_are_those_of_the_first(twenty: World) -> None:
    first = begun(twenty, 3).find_due().buckets
    twenty.settings = Settings(buckets=8)
    assert Steps(twenty, DAYS[0]).find_due().buckets == first


def test_attempt_without_all_of_its_buckets_fails(twenty: World) -> None:
    run = begun(twenty, 3)
    run.write_bucket(0)
    run.close()
    ended = run.latest()
    assert (ended.status, ended.failure) == ("failed", "stopped with 2 of 3 buckets unwritten")


def test_bucket_that_failed_can_be_written_alone(twenty: World) -> None:
    run = begun(twenty, 3)
    run.write_bucket(0)
    run.write_bucket(2)
    run.close()
    run.write_bucket(1)
    run.close()
    assert (run.latest().status, len(invoiced_contracts(twenty))) == ("succeeded", 20)


def test_buckets_that_failed_can_be_written_at_once_and_make_one_attempt(twenty: World) -> None:
    run = begun(twenty, 8)
    run.write_bucket(0)
    run.close()
    with ThreadPoolExecutor(7) as threads:
        list(threads.map(run.write_bucket, range(1, 8)))
    run.close()
    ended = run.latest()
    assert (ended.attempt, ended.status, len(invoiced_contracts(twenty))) == (2, "succeeded", 20)


# Side by side


def test_bucket_does_not_wait_for_another(twenty: World) -> None:
    run = begun(twenty, 2)
    with twenty.engine.begin() as other:
        lock_slots(other, range(SLOTS // 2))
        assert run.write_bucket(1)[1].written_at


def test_buckets_written_at_once_are_all_written(twenty: World) -> None:
    run = begun(twenty, 8)
    run.filter_ready()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run.write_bucket, range(8)))
    run.close()
    assert (run.latest().status, count(twenty, "invoice_line_details")) == ("succeeded", 80)
