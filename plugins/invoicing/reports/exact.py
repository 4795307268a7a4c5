"""Exact JSON for programs."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pandas as pd
import simplejson

from invoicing.escapes import printable


def to_json(value: Any) -> str:
    """`value` as JSON: tables as lists of objects, dates as ISO text, decimals as numbers with all their digits.

    Only line ends between values are there as such: what else is not seen is written out, which a reader of JSON takes back.
    """
    lines = simplejson.dumps(_plain(value), use_decimal=True, ensure_ascii=False, indent=2).split("\n")
    return "\n".join(map(printable, lines))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({key: getattr(value, key) for key in value.__dataclass_fields__})
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return None if value is pd.NaT or value is pd.NA else value
