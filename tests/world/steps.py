"""The steps of a run one by one, each in a transaction of its own, as the tasks of the DAG call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.process.buckets import Bucket, buckets_of
from invoicing.process.closing import close_run
from invoicing.process.draft_invoices import write_draft_invoices
from invoicing.process.due_lines import find_due_contract_lines
from invoicing.process.ledger import Run, find_run
from invoicing.process.ready_transactions import filter_ready_transactions
from invoicing.warehouse.transactions import reading, writing
from tests.world.place import Place


@dataclass(frozen=True)
class Steps:
    """A run of the scheduler's, which shows no sign of life but its lease."""

    place: Place
    run_date: date
    run_key: str = "scheduled"
    contract_ids: Sequence[str] | None = None

    def find_due(self) -> Run:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return find_due_contract_lines(
                connection,
                run_key=self.run_key,
                run_date=self.run_date,
                trigger="scheduled",
                settings=self.place.settings,
                contract_ids=self.contract_ids,
            )

    def filter_ready(self) -> Run:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return filter_ready_transactions(connection, run_key=self.run_key, settings=self.place.settings)

    def write_drafts(self) -> Run:
        with reading(self.place.engine) as connection:
            found = find_run(connection, self.run_key)
        return [self.write_bucket(bucket) for bucket in buckets_of(found.buckets if found else 1)][-1]

    def write_bucket(self, bucket: Bucket) -> Run:
        with writing(self.place.engine, self.place.settings.wait_seconds, shared=True) as connection:
            return write_draft_invoices(connection, run_key=self.run_key, bucket=bucket, settings=self.place.settings)

    def close(self) -> Run | None:
        with writing(self.place.engine, self.place.settings.wait_seconds) as connection:
            return close_run(connection, run_key=self.run_key, settings=self.place.settings)

    @property
    def in_order(self) -> tuple[Callable[[], Run | None], ...]:
        return self.find_due, self.filter_ready, self.write_drafts, self.close
