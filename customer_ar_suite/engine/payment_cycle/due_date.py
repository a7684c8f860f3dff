"""Due dates of payment cycles: the arithmetic behind "month end + 30" and its kin.

>>> from datetime import date
>>> month_end_30 = Cycle("monthly", days=30)
>>> month_end_30.due_date(date(2026, 1, 10))
datetime.date(2026, 3, 2)
>>> Cycle("quarterly", days=60).due_date(date(2026, 2, 3))
datetime.date(2026, 5, 30)
>>> Cycle("monthly", months=1, day=25).due_date(date(2026, 1, 31))
datetime.date(2026, 2, 25)
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ..errors import TermError

#: months of one period; 0: every invoice for itself
PERIODS = {"one_off": 0, "monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
SHIFTS = ("none", "next", "previous", "month")
MAX_DAYS = 366
MAX_MONTHS = 24
#: no company closes longer; a calendar without a working day moves nothing
_LONGEST_BREAK = 60
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Days on which banks and the company work: weekdays from 0 (Monday), less holidays."""

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Is ``day`` a working day?"""
        return day.weekday() in self.weekdays and day not in self.holidays

    def following(self, day: date) -> date | None:
        """The first working day from ``day`` on; None when there is none for long."""
        return self._seek(day, _DAY)

    def preceding(self, day: date) -> date | None:
        """The last working day up to ``day``."""
        return self._seek(day, -_DAY)

    def _seek(self, day: date, step: timedelta) -> date | None:
        for _ in range(_LONGEST_BREAK):
            if self.works(day):
                return day
            day += step
        return None


@dataclass(frozen=True)
class Cycle:
    """When invoices of a period are paid.

    Invoices of a period (month, quarter, half-year, year; invoices up to the cut-off day of
    the period's last month) are due together: ``days`` after the end of the month that is
    ``months`` after the period, or on the ``day`` of that month. *One-off* counts from the
    invoice date instead.

    :param cut_off: day of the month up to which an invoice still counts in it; 0: all of it
    :param day: day of the month on which it is due, 31 = the last; 0: not a fixed day
    :param shift: what happens on days off: ``none``, ``next`` or ``previous`` working day,
        ``month``: the next one unless that is in the next month
    """

    period: str
    cut_off: int = 0
    months: int = 0
    days: int = 0
    day: int = 0
    shift: str = "none"

    def __post_init__(self) -> None:
        if self.period not in PERIODS or self.shift not in SHIFTS:
            raise TermError("cycle_not_known", value=f"{self.period}/{self.shift}")
        for name, value, limit in (
            ("cut_off", self.cut_off, 31),
            ("months", self.months, MAX_MONTHS),
            ("days", self.days, MAX_DAYS),
            ("day", self.day, 31),
        ):
            if not 0 <= value <= limit:
                raise TermError(
                    "cycle_out_of_range", field=name, value=value, limit=limit
                )
        if self.day and not self.months:
            raise TermError("cycle_day_needs_month", value=self.day)
        if self.day and self.days:
            raise TermError("cycle_day_or_days", value=self.day, days=self.days)

    def due_date(self, invoiced: date, calendar: WorkCalendar | None = None) -> date:
        """When an invoice of the day ``invoiced`` is due; never before that day."""
        if self.day:
            due = in_month(self.period_end(invoiced), self.months, self.day)
        else:
            due = self._counted_from(invoiced) + timedelta(days=self.days)
        return self._shifted(due, invoiced, calendar) if calendar else due

    def period_end(self, invoiced: date) -> date:
        """Last day of the period the invoice counts in; one-off: of its month."""
        counted = self._accounted(invoiced)
        length = PERIODS[self.period] or 1
        return in_month(counted, (length - counted.month % length) % length, 31)

    def next_due_date(
        self, after: date, calendar: WorkCalendar | None = None
    ) -> date | None:
        """The first date from ``after`` on at which invoices of the cycle fall due.

        One-off has no dates of its own: None.
        """
        if not PERIODS[self.period]:
            return None
        # due dates rise with the invoice date: begin with a period whose date has passed
        span = self.months * 31 + self.days + 31 * (PERIODS[self.period] + 1)
        invoiced = after - timedelta(days=span + _LONGEST_BREAK)
        while (due := self.due_date(invoiced, calendar)) < after:
            invoiced = self._next_period(invoiced)
        return due

    def _accounted(self, invoiced: date) -> date:
        """A day of the month the invoice counts in: after the cut-off, the next one."""
        if PERIODS[self.period] and self.cut_off and invoiced.day > self.cut_off:
            return in_month(invoiced, 1, 1)
        return invoiced

    def _counted_from(self, invoiced: date) -> date:
        if not PERIODS[self.period]:
            return in_month(invoiced, self.months, invoiced.day)
        return in_month(self.period_end(invoiced), self.months, 31)

    def _next_period(self, invoiced: date) -> date:
        """The first day that counts in the period after that of ``invoiced``."""
        end = self.period_end(invoiced)
        return max(
            invoiced + _DAY,
            in_month(end, 0, self.cut_off) + _DAY if self.cut_off else end + _DAY,
        )

    def _shifted(self, due: date, invoiced: date, calendar: WorkCalendar) -> date:
        if self.shift == "none" or calendar.works(due):
            return due
        later, earlier = calendar.following(due), calendar.preceding(due)
        if later is None:
            return due
        back = self.shift == "previous" or (
            self.shift == "month" and later.month != due.month
        )
        # nothing is due before it was invoiced
        return earlier if back and earlier and earlier >= invoiced else later


def in_month(day: date, months: int, number: int) -> date:
    """Day ``number`` of the month that is ``months`` after that of ``day``, or its last.

    >>> in_month(date(2027, 11, 5), 3, 31), in_month(date(2026, 1, 31), 0, 25)
    (datetime.date(2028, 2, 29), datetime.date(2026, 1, 25))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(number, monthrange(year, month + 1)[1]))
