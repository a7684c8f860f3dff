"""How much customers use what they bought: reading counts, levels, and what has changed.

Counts come by month. A customer's last month is compared with the average of the months
before it, and with the last months of the other customers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .errors import EngineError, FileError, RowError
from .kpi import WHOLE, rounded
from .tabular.columns import Code, Date, Money, as_text
from .tabular.reader import read_table
from .tabular.table import Cell, RawRow
from .text import fold

#: counts are kept as integers of a hundredth
SCALE = 100
#: months before the last one that make the usual level
USUAL_MONTHS = 3
MAX_ROWS = 100_000
_SEARCHED = 20
#: quarters of the customers: the best is high, the last is low
_PARTS = 4

_HEADINGS = {
    "customer": "customer, customer no., customer code, customer number, code, "
    "客户, 客户编号, 客户代码, 客户编码",
    "month": "month, period, date, 月份, 期间, 日期, 统计月份",
    "kind": "kind, metric, measure, indicator, 指标, 类型, 统计项",
    "value": "value, count, number, quantity, 数值, 数量, 值, 用量",
}
_NAMES = {
    fold(word.strip()): field
    for field, words in _HEADINGS.items()
    for word in words.split(",")
}


class Count(NamedTuple):
    """One count of a file or call: text as written, the month as its first day."""

    row: int
    customer: str
    month: date
    kind: str
    value: int  #: hundredths


class UsageFile(NamedTuple):
    """What could be read, and what could not."""

    counts: list[Count]
    faults: list[EngineError]


# -- reading: runs in the child process -----------------------------------------------------


def read_usage(data: bytes, filename: str, today: date) -> UsageFile:
    """Counts of a csv, xls, xlsx or ods file with one count per row.

    :raises FileError: ``usage_headings``, ``usage_too_many`` or the reader's own
    """
    rows = read_table(data, filename).sheet().rows
    start, places = _find_headings(rows)
    if len(rows) - start > MAX_ROWS:
        raise FileError("usage_too_many", limit=MAX_ROWS)
    found = UsageFile([], [])
    for raw in rows[start:]:
        cells = {name: _cell(raw, place) for name, place in places.items()}
        try:
            found.counts.append(read_count(raw.number, cells, today))
        except RowError as error:
            found.faults.append(error)
    return found


def read_count(row: int, cells: Mapping[str, Cell], today: date) -> Count:
    """One count from the cells of a row, or from the values of a call.

    :raises RowError: ``usage_negative``, ``usage_future`` or the column's own
    """
    customer = Code("customer", required=True).read(cells.get("customer", ""), row)
    kind = Code("kind", required=True).read(cells.get("kind", ""), row)
    month = _month(cells.get("month", ""), row)
    if month > today:
        raise RowError(
            "usage_future", row=row, column="month", value=month.isoformat()[:7]
        )
    value = Money("value", digits=2, required=True).read(cells.get("value", ""), row)
    if value < 0:
        raise RowError("usage_negative", row=row, column="value", value=str(value))
    return Count(row, customer, month, kind, int(value * SCALE))


def _month(cell: Cell, row: int) -> date:
    """The first day of a month written as ``2026-10``, ``2026年10月`` or as any day of it."""
    text = as_text(cell).strip()
    for mark in "年/.":
        text = text.replace(mark, "-")
    text = text.rstrip("月")
    parts = text.split("-")
    if len(parts) == 2 and all(part.isdecimal() for part in parts):
        cell = f"{parts[0]}-{parts[1].zfill(2)}-01"
    day: date = Date("month", required=True).read(cell, row)
    return day.replace(day=1)


def _find_headings(rows: Sequence[RawRow]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    for index, raw in enumerate(rows[:_SEARCHED]):
        places: dict[str, int] = {}
        for place, cell in enumerate(raw.cells):
            if name := _NAMES.get(fold(as_text(cell))):
                places.setdefault(name, place)
        if len(places) == len(_HEADINGS):
            return index + 1, places
        best = max(best, places, key=len)
    missing = [name for name in _HEADINGS if name not in best]
    raise FileError("usage_headings", missing=", ".join(missing))


def _cell(raw: RawRow, place: int) -> Cell:
    return raw.cells[place] if place < len(raw.cells) else ""


# -- levels and changes ---------------------------------------------------------------------


@dataclass(frozen=True)
class Trend:
    """The last month of a customer against the months before it; values in hundredths."""

    month: date
    value: int
    usual: int | None  #: average of the months before; None: there are none
    change: int | None  #: hundredths of a per cent against the usual


def trend(counts: Mapping[date, int]) -> Trend:
    """How a customer's last count compares with his usual ones.

    >>> trend({date(2026, 8, 1): 100, date(2026, 9, 1): 300, date(2026, 10, 1): 100})
    Trend(month=datetime.date(2026, 10, 1), value=100, usual=200, change=-5000)
    """
    *before, last = sorted(counts)
    earlier = [counts[month] for month in before[-USUAL_MONTHS:]]
    value = counts[last]
    if not earlier:
        return Trend(last, value, None, None)
    usual = Fraction(sum(earlier), len(earlier))
    change = rounded((value - usual) * WHOLE / usual) if usual else None
    return Trend(last, value, rounded(usual), change)


def levels(values: Mapping[int, int]) -> dict[int, str]:
    """{customer: high, medium or low}: the best and the last quarter of those who count.

    Nobody is high or low among fewer than four, or where all are alike; nothing used is
    always low.

    >>> levels({1: 10, 2: 20, 3: 30, 4: 40, 5: 0})  # fewer than a quarter are better
    {1: 'low', 2: 'medium', 3: 'high', 4: 'high', 5: 'low'}
    """
    ordered, total = sorted(values.values()), len(values)
    found = {}
    for partner_id, value in values.items():
        worse = bisect_left(ordered, value)
        better = total - bisect_right(ordered, value)
        if not value:
            found[partner_id] = "low"
        elif total >= _PARTS and worse and better * _PARTS < total:
            found[partner_id] = "high"
        elif total >= _PARTS and better and worse * _PARTS < total:
            found[partner_id] = "low"
        else:
            found[partner_id] = "medium"
    return found


def is_alarming(change: int | None, percent: int) -> bool:
    """Has usage changed by at least so many per cent, up or down?

    >>> is_alarming(-5000, 50), is_alarming(4999, 50), is_alarming(None, 1)
    (True, False, False)
    """
    return change is not None and percent > 0 and abs(change) >= percent * 100


def as_number(hundredths: int) -> Decimal:
    """A count as people write it."""
    return Decimal(hundredths) / SCALE
