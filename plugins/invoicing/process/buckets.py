"""The parts in which a run writes its drafts: buckets of contracts, written by tasks side by side.

A contract falls into one of 64 slots by the hash of its id, and a bucket is a range of slots; so a contract is written
whole by one bucket, and the invoices do not depend on how many buckets there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from invoicing.settings import MOST_BUCKETS, Settings

SLOTS = MOST_BUCKETS  # as in the tables of migration 0002
_MOST_BY_VOLUME = 16  # each costs a task's second or two


@dataclass(frozen=True)
class Bucket:
    """Bucket `number` (from 0) of `count`, and the slots that it covers, both ends included."""

    number: int
    count: int

    @property
    def first_slot(self) -> int:
        return self.number * SLOTS // self.count

    @property
    def last_slot(self) -> int:
        return (self.number + 1) * SLOTS // self.count - 1

    def __str__(self) -> str:
        return f"bucket {self.number + 1} of {self.count}"


def number_of_buckets(details: int, settings: Settings) -> int:
    """How many buckets a run of so many details is written in: the setting, or what the volume calls for."""
    return settings.buckets or min(max(ceil(details / settings.rows_per_bucket), 1), _MOST_BY_VOLUME)


def buckets_of(count: int) -> list[Bucket]:
    """All buckets of a run that has `count` of them."""
    return [Bucket(number, count) for number in range(count)]
