"""Strategies that sources and scenarios are drawn with.

Making a strategy takes Hypothesis longer than drawing from it, so those made before are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.model.shares import rounded

# Ids that collide when joined, read as a number or as null, fold to one another, or break quoting.
IDS = (
    *("a", "a/b", "b", "b/c", "c", "a|b", "b|c", "A", "a b", "a:b", "a,b", 'a"b', "a'b", "a''b", "a;b", "a\\b"),
    *("007", "7", "1.0", "1e5", "NA", "null", "nan", "true", "2024-02-29", "%s", ":id", "{}", "$1", "--", "'; --"),
    *("é", "e\u0301", "ß", "Å", "日本", "😀", "_", "%", "0", "=1+1", "x" * 100),
)

T = TypeVar("T")

_known = lru_cache(maxsize=1024)


@_known
def one_of(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@_known
def some_of(
    values: tuple[Any, ...], at_least: int, at_most: int, *, unique: bool = False
) -> st.SearchStrategy[list[Any]]:
    return st.lists(one_of(values), min_size=at_least, max_size=at_most, unique=unique)


@_known
def kept_or(value: Any, others: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.just(value) | one_of(others)


@_known
def in_any_order(values: tuple[str, ...]) -> st.SearchStrategy[Sequence[str]]:
    return st.just(values) | st.permutations(values)


def in_part(rows: tuple[T, ...]) -> st.SearchStrategy[list[T]]:
    return some_of(rows, 0, len(rows), unique=True) if rows else st.just([])


def ids(at_least: int, at_most: int) -> st.SearchStrategy[list[str]]:
    return some_of(IDS, at_least, at_most, unique=True)


@_known
def around(anchors: tuple[date, ...], offsets: tuple[int, ...]) -> st.SearchStrategy[date]:
    return st.sampled_from([anchor + timedelta(days=offset) for offset in offsets for anchor in anchors])


@_known
def numbers(favourites: tuple[str, ...], places: int) -> st.SearchStrategy[Decimal]:
    favourite = one_of(favourites).map(lambda text: rounded(Decimal(text), places))
    return favourite | st.decimals(0, 10_000, places=places)


@_known
def numbers_or_none(favourites: tuple[str, ...], places: int) -> st.SearchStrategy[Decimal | None]:
    return st.none() | numbers(favourites, places)
