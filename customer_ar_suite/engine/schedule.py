"""When something is due that comes back week by week, month by month, quarter by quarter.

Days off are the caller's: a function that says whether people work on a day. Periods are
whole calendar months, quarters and years.

>>> month_end = Rhythm("monthly", "working_day", -1)
>>> monday_to_friday = lambda day: day.weekday() < 5
>>> next_day(month_end, date(2026, 5, 1), monday_to_friday)
datetime.date(2026, 5, 29)
>>> period("last_month", date(2026, 3, 15))
(datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
#: months from one occurrence to the next
STEPS = {"monthly": 1, "quarterly": 3}
PERIODS = (
    "today",
    "last_month",
    "last_quarter",
    "last_year",
    "this_quarter",
    "this_year",
)
#: further away there is no working day: a calendar without any
_FARTHEST = 366

WorkingDay = Callable[[date], bool]


class Rhythm(NamedTuple):
    """How often, and on which day.

    :param cadence: ``weekly``, ``monthly`` or ``quarterly``
    :param kind: ``day`` of the week, month or quarter, or its ``working_day``
    :param number: Monday is 1; of a month or quarter also from its end: -1 is the last one
    :param shift: where a ``day`` goes that is a day off: ``after``, ``before``, ``stay``
    """

    cadence: str
    kind: str
    number: int
    shift: str = "after"


def next_day(rhythm: Rhythm, start: date, works: WorkingDay) -> date:
    """The first day on or after ``start`` on which it is due."""
    return next(day for day in _days(rhythm, start, works) if day >= start)


def last_day(rhythm: Rhythm, until: date, works: WorkingDay) -> date | None:
    """The last day on or before ``until`` on which it was due; looks back one turn."""
    first = until - timedelta(days=7 if rhythm.cadence == "weekly" else 100)
    found = None
    for day in _days(rhythm, first, works):
        if day > until:
            break
        found = day
    return found


def period(preset: str, today: date) -> tuple[date, date]:
    """First and last day of the period named; of ``this_…`` the last day is today.

    ``today`` is the month so far: for statements that show a day, and no period.
    """
    if preset == "today":
        return today.replace(day=1), today
    months = {"month": 1, "quarter": 3, "year": 12}[preset.partition("_")[2]]
    first = _first_of(today, months)
    if preset.startswith("this_"):
        return first, today
    return _first_of(first - DAY, months), first - DAY


def _first_of(day: date, months: int) -> date:
    """First day of the month, quarter or year ``day`` is in."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _days(rhythm: Rhythm, start: date, works: WorkingDay) -> Iterator[date]:
    """Days it is due, in order, beginning before ``start``."""
    if rhythm.cadence == "weekly":
        # a week earlier: one that was moved may come after ``start``
        day = start + timedelta(days=rhythm.number - 1 - start.weekday() - 14)
        while True:
            yield _shifted(day, rhythm.shift, works)
            day += timedelta(days=7)
    step = STEPS[rhythm.cadence]
    month = _first_of(_first_of(start, step) - DAY, step)
    while True:
        following = _next_month(month, step)
        length = (following - month).days
        yield _within(rhythm, [month + timedelta(days=n) for n in range(length)], works)
        month = following


def _within(rhythm: Rhythm, days: list[date], works: WorkingDay) -> date:
    """The day among those of a month or quarter; too large a number: the last one."""
    if rhythm.kind == "working_day":
        # none at all: every day counts
        return _pick([day for day in days if works(day)] or days, rhythm.number)
    return _shifted(_pick(days, rhythm.number), rhythm.shift, works)


def _pick(days: list[date], number: int) -> date:
    index = number - 1 if number > 0 else len(days) + number
    return days[max(0, min(index, len(days) - 1))]


def _shifted(day: date, shift: str, works: WorkingDay) -> date:
    """``day`` or, if nobody works then, the next or last working day."""
    if shift == "stay":
        return day
    step = DAY if shift == "after" else -DAY
    candidate = day
    for _n in range(_FARTHEST):
        if works(candidate):
            return candidate
        candidate += step
    return day


def _next_month(month: date, step: int) -> date:
    years, index = divmod(month.month - 1 + step, 12)
    return date(month.year + years, index + 1, 1)
