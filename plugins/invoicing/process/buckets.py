"""The parts of a day: buckets of contracts, filtered and written by tasks side by side, each in one transaction.

A bucket is a range of the 64 slots that contracts fall into (`invoicing.warehouse.locks`); so a contract is written whole by one
bucket, and the invoices do not depend on how many buckets there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from invoicing.settings import Settings
from invoicing.warehouse.locks import SLOTS


@dataclass(frozen=True)
class Bucket:
    """Bucket `number` (from 0) of `count`, and the slots that it covers, both ends included."""

    number: int
    count: int
    first_slot: int
    last_slot: int

    @property
    def slots(self) -> range:
        """The slots that it covers."""
        return range(self.first_slot, self.last_slot + 1)

    def __str__(self) -> str:
        return f"bucket {self.number + 1} of {self.count}"


def plan_buckets(open_by_slot: Mapping[int, int], settings: Settings) -> list[Bucket]:
    """The buckets of a day, one at least: as many as the setting says, or as many as keep each below `rows_per_bucket`.

    Args:
        open_by_slot: how much is open of the due lines of each slot; slots without due lines may be left out.
    """
    first_slots = _evenly(settings.buckets) if settings.buckets else _by_volume(open_by_slot, settings.rows_per_bucket)
    last_slots = [*(slot - 1 for slot in first_slots[1:]), SLOTS - 1]
    return [
        Bucket(number, len(first_slots), first, last)
        for number, (first, last) in enumerate(zip(first_slots, last_slots, strict=True))
    ]


def _evenly(count: int) -> list[int]:
    return [number * SLOTS // count for number in range(count)]


def _by_volume(open_by_slot: Mapping[int, int], most: int) -> list[int]:
    """The first slots of buckets that hold at most so many rows, unless a single slot has more."""
    first_slots, rows = [0], 0
    for slot in range(SLOTS):
        rows += open_by_slot.get(slot, 0)
        if rows > most and slot > first_slots[-1]:
            first_slots.append(slot)
            rows = open_by_slot.get(slot, 0)
    return first_slots
