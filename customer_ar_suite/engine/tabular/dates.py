"""Dates by a declared order of day, month and year; ambiguous ones are asked about.

>>> read_date("31.12.2026", "dmy"), read_date("2026年1月5日", "ymd"), read_date("1/2/26", "dmy")
(datetime.date(2026, 12, 31), datetime.date(2026, 1, 5), None)
>>> orders(["01/02/2026", "13/02/2026"]), orders(["01/02/2026"])
(('dmy',), ('dmy', 'mdy'))
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

ORDERS = ("ymd", "dmy", "mdy")
MIN_YEAR, MAX_YEAR = 1900, 2200

_YMD = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日?"
    r"|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
_OTHER = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})"
)
_TIME = re.compile(r"[T ]\s*[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?")


def read_date(text: str, order: str = "ymd", *, with_time: bool = False) -> date | None:
    """The day ``text`` names in ``order``; ``None`` when it does not, fully.

    A year that comes first is read in every order: it cannot be mistaken.
    """
    text = text.strip()
    if with_time:
        text = _TIME.sub("", text) if _TIME.search(text[8:]) else text
    if match := _YMD.fullmatch(text):
        groups = match.groupdict()
        month = groups["m"] or groups["m2"] or groups["m3"]
        day = groups["d"] or groups["d2"] or groups["d3"]
        return _day(groups["y"], month, day)
    if order != "ymd" and (match := _OTHER.fullmatch(text)):
        first, second = match["a"], match["b"]
        day, month = (first, second) if order == "dmy" else (second, first)
        return _day(match["y"], month, day)
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if MIN_YEAR <= found.year <= MAX_YEAR else None


def from_serial(serial: int) -> date | None:
    """The day behind a number of the 1900 calendar of spreadsheets; day 60 does not exist.

    >>> from_serial(46023), from_serial(1), from_serial(60)
    (datetime.date(2026, 1, 1), datetime.date(1900, 1, 1), None)
    """
    if serial < 1 or serial == 60 or serial > 109_939:
        return None
    return date(1899, 12, 31) + timedelta(days=serial if serial < 60 else serial - 1)


def orders(texts: Iterable[str]) -> tuple[str, ...]:
    """The orders in which every one of ``texts`` is a date; several = ask the user."""
    filled = [text for text in texts if text.strip()]
    fitting = [o for o in ORDERS if all(read_date(text, o) for text in filled)]
    # what reads with the year first reads in every order: nothing to ask
    return ("ymd",) if "ymd" in fitting else tuple(fitting)
