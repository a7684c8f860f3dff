"""Days as banks write them in lists: also with a short year or an English month.

>>> read_day("22.02.18", "dmy"), read_day("12-Dec-2019", "dmy")
(datetime.date(2018, 2, 22), datetime.date(2019, 12, 12))
>>> read_day("02/13/26", "dmy"), read_day("12/29", "mdy")
(None, None)
"""

from __future__ import annotations

import re
from datetime import date

from ..tabular.dates import read_date

_SHORT_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2})")
_NAMED_MONTH = re.compile(
    r"(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3})[a-z]*\.?[ -](?P<year>\d{4}|\d{2})"
)
_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
#: later short years belong to the last century
_CENTURY_ENDS = 79


def read_day(text: str, order: str) -> date | None:
    """The day ``text`` names in ``order``, a time after it left out; ``None`` if none."""
    text = text.strip().rstrip(".")
    if found := read_date(text, order, with_time=True):
        return found
    if short := _SHORT_YEAR.fullmatch(text):
        first, sign, second, year = short.groups()
        return read_date(f"{first}{sign}{second}{sign}{_full(year)}", order)
    if named := _NAMED_MONTH.fullmatch(text):
        month = named["month"].lower()
        if month in _MONTHS:
            number = _MONTHS.index(month) + 1
            return read_date(f"{_full(named['year'])}-{number}-{named['day']}")
    return None


def _full(year: str) -> str:
    if len(year) == 4:
        return year
    return f"{'19' if int(year) > _CENTURY_ENDS else '20'}{year}"


def day_orders(texts: list[str]) -> list[str]:
    """The orders in which all texts are days; those that give the same days count once.

    >>> day_orders(["13.02.26", "01.03.26"]), day_orders(["01.02.26"])
    (['dmy'], ['dmy', 'mdy'])
    """
    found: dict[tuple[date, ...], str] = {}
    for order in ("ymd", "dmy", "mdy"):
        days = [read_day(text, order) for text in texts if text.strip()]
        if days and all(days):
            found.setdefault(tuple(day for day in days if day), order)
    return list(found.values())
