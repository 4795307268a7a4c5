"""The steps of a run one by one, each in a transaction of its own, as the tasks of the DAG call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.ledger.runs import BucketRecord, Figures, Run, find_attempt, list_buckets
from invoicing.process.closing import close_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import Due, find_due_contract_lines
from invoicing.process.ready_transactions import Filtered, filter_ready_transactions
from invoicing.vocabulary import Trigger
from invoicing.warehouse.transactions import reading, writing
from tests.world.place import Place


@dataclass(frozen=True)
class Steps:
    """A run of the scheduler's. Steps that are there for each bucket are taken for all of them where none is named."""

    place: Place
    run_date: date
    run_key: str = "scheduled"
    contract_ids: Sequence[str] | None = None
    trigger: Trigger = Trigger.SCHEDULED

    def find_due(self) -> Due:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return find_due_contract_lines(
                connection,
                run_key=self.run_key,
                run_date=self.run_date,
                trigger=self.trigger,
                settings=self.place.settings,
                contract_ids=self.contract_ids,
            )

    def filter_bucket(self, bucket: int) -> Filtered:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return filter_ready_transactions(
                connection, run_key=self.run_key, bucket=bucket, settings=self.place.settings
            )

    def filter_ready(self) -> list[Filtered]:
        return [self.filter_bucket(bucket) for bucket in self._buckets()]

    def write_bucket(self, bucket: int) -> tuple[Run, BucketRecord]:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return write_draft_invoices(connection, run_key=self.run_key, bucket=bucket, settings=self.place.settings)

    def write_drafts(self) -> list[tuple[Run, BucketRecord]]:
        return [self.write_bucket(bucket) for bucket in self._buckets()]

    def close(self) -> tuple[Run, Figures] | None:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return close_run(connection, run_key=self.run_key, settings=self.place.settings)

    @property
    def in_order(self) -> tuple[Callable[[], object], ...]:
        return self.find_due, self.filter_ready, self.write_drafts, self.close

    def up_to(self, last: str) -> Steps:
        """Takes the steps up to the one of that name."""
        for step in self.in_order:
            step()
            if step.__name__ == last:
                return self
        raise ValueError(last)

    def latest(self) -> Run:
        """The latest attempt as the ledger has it."""
        with reading(self.place.engine) as connection:
            found = find_attempt(connection, self.run_key)
        assert found is not None
        return found

    def records(self) -> list[BucketRecord]:
        """The buckets of the latest attempt as the ledger has them."""
        with reading(self.place.engine) as connection:
            run = find_attempt(connection, self.run_key)
            return list_buckets(connection, run) if run else []

    def _buckets(self) -> Iterator[int]:
        """The numbers of the buckets; of a run that never began, the first that it would have."""
        yield from [record.bucket for record in self.records()] or [0]
