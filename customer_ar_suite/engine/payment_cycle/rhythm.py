"""Which payment cycle a customer really keeps: read from when invoices were paid.

>>> from datetime import date
>>> cycles = {1: Cycle("one_off", days=30), 2: Cycle("monthly", months=1, day=25)}
>>> paid = [Paid(date(2026, m, 3), date(2026, m, 3), date(2026, m + 1, 25), 100)
...         for m in range(1, 9)]
>>> rhythm = read_rhythm(paid)
>>> rhythm.cadence, rhythm.day, rhythm.delay
('monthly', 25, 53)
>>> decide(paid, rhythm, cycles, current=1).cycle_id
2
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .due_date import Cycle, WorkCalendar

#: median days between payments → what people call it: (name, from, to)
_CADENCES = (
    ("weekly", 5, 9),
    ("fortnightly", 12, 17),
    ("monthly", 25, 36),
    ("quarterly", 80, 102),
    ("half_yearly", 165, 200),
    ("yearly", 340, 390),
)


class Paid(NamedTuple):
    """An invoice, or the part of it that one payment settled."""

    invoiced: date
    due: date
    paid: date
    amount: int  #: minor units of the company's currency, positive


class Rhythm(NamedTuple):
    """What the payments show, whatever was agreed."""

    payments: int  #: days on which the customer paid
    invoices: int
    cadence: str  #: one of the names above, ``irregular``
    day: (
        int  #: day of the month most payments are on, 31 = the last; 0: none stands out
    )
    day_share: int  #: per cent of the payments near that day
    delay: int  #: median days from invoice to payment
    lateness: int  #: median days from due date to payment


@dataclass(frozen=True)
class Limits:
    """From when on a difference is worth a proposal."""

    min_payments: int = 5  #: days with payments
    tolerance: int = 3  #: days around the due date that still count as kept
    min_share: int = 60  #: per cent of the invoices the proposed cycle must explain
    min_gain: int = 25  #: per cent points more than what is agreed now


@dataclass(frozen=True)
class Decision:
    """What to do about one customer.

    ``finding`` is ``proposal``, ``fits`` (keeps what is agreed), ``too_few`` (payments),
    ``irregular`` or ``no_cycle`` (a clear rhythm that no cycle describes).
    """

    finding: str
    cycle_id: int = 0
    share: int = 0  #: per cent of the invoices the proposed cycle explains
    current_share: int = 0  #: per cent that what is agreed now explains


def read_rhythm(paid: Sequence[Paid]) -> Rhythm:
    """Cadence, usual day and usual delay of a customer's payments."""
    days = sorted({one.paid for one in paid})
    day, share = _usual_day(days)
    return Rhythm(
        payments=len(days),
        invoices=len(paid),
        cadence=_cadence(days),
        day=day,
        day_share=share,
        delay=median([(one.paid - one.invoiced).days for one in paid]),
        lateness=median([(one.paid - one.due).days for one in paid]),
    )


def decide(
    paid: Sequence[Paid],
    rhythm: Rhythm,
    cycles: Mapping[int, Cycle],
    current: int = 0,
    refused: frozenset[int] = frozenset(),
    limits: Limits | None = None,
    calendar: WorkCalendar | None = None,
) -> Decision:
    """Does another cycle describe the customer better than what is agreed?

    :param cycles: those that may be proposed, the preferred ones first
    :param current: the customer's cycle, 0: terms that are no cycle
    :param refused: cycles somebody has already said no to for this customer
    """
    limits = limits or Limits()
    if rhythm.payments < limits.min_payments:
        return Decision("too_few")
    now = _share([(one.paid - one.due).days for one in paid], limits.tolerance)
    best = _best(paid, cycles, limits.tolerance, calendar)
    if best is None or best[0] < limits.min_share:
        return Decision(_without_cycle(rhythm, now, limits), current_share=now)
    share, cycle_id = best
    if cycle_id == current or share < now + limits.min_gain:
        return Decision("fits", share=share, current_share=now)
    if cycle_id in refused:
        return Decision("fits", share=share, current_share=now)
    return Decision("proposal", cycle_id, share, now)


def expected_payment(
    due: date,
    lateness: int,
    as_of: date,
    cycle: Cycle | None = None,
    calendar: WorkCalendar | None = None,
) -> date:
    """When an open item will probably be paid, seen on ``as_of``; never in the past.

    What should have come already is expected on the customer's next payment day, or today.

    >>> from datetime import date
    >>> expected_payment(date(2026, 3, 31), 5, date(2026, 3, 1))
    datetime.date(2026, 4, 5)
    >>> on_the_25th = Cycle("monthly", months=1, day=25)
    >>> expected_payment(date(2026, 1, 31), 5, date(2026, 3, 1), on_the_25th)
    datetime.date(2026, 3, 25)
    """
    expected = date.fromordinal(due.toordinal() + max(lateness, 0))
    if expected >= as_of:
        return expected
    return (cycle and cycle.next_due_date(as_of, calendar)) or as_of


def median(values: Sequence[int]) -> int:
    """The middle value, the lower of two.

    >>> median([5, 1, 9]), median([4, 2]), median([])
    (5, 2, 0)
    """
    return sorted(values)[(len(values) - 1) // 2] if values else 0


def _best(
    paid: Sequence[Paid],
    cycles: Mapping[int, Cycle],
    tolerance: int,
    calendar: WorkCalendar | None,
) -> tuple[int, int] | None:
    """(share, id) of the cycle that explains most; of equals the closer, then the first."""
    ranked = []
    for order, (cycle_id, cycle) in enumerate(cycles.items()):
        off = [(one.paid - cycle.due_date(one.invoiced, calendar)).days for one in paid]
        missed = sum(min(abs(days), 60) for days in off)
        ranked.append((-_share(off, tolerance), missed, order, cycle_id))
    if not ranked:
        return None
    share, _missed, _order, cycle_id = min(ranked)
    return -share, cycle_id


def _share(off: Sequence[int], tolerance: int) -> int:
    """Per cent of ``off`` (days) within the tolerance."""
    return 100 * sum(abs(days) <= tolerance for days in off) // len(off)


def _without_cycle(rhythm: Rhythm, now: int, limits: Limits) -> str:
    if now >= limits.min_share:
        return "fits"
    clear = rhythm.cadence != "irregular" and rhythm.day_share >= limits.min_share
    return "no_cycle" if clear else "irregular"


def _cadence(days: Sequence[date]) -> str:
    gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
    usual = median(gaps)
    return next(
        (name for name, low, high in _CADENCES if low <= usual <= high), "irregular"
    )


def _usual_day(days: Sequence[date]) -> tuple[int, int]:
    """The day of the month with most payments within two days of it, and their per cent.

    The last day of a month counts as 31, whatever its number.
    """
    if not days:
        return 0, 0
    numbers = Counter(
        31 if day.day == monthrange(day.year, day.month)[1] else day.day for day in days
    )
    near = {
        day: sum(n for other, n in numbers.items() if abs(other - day) <= 2)
        for day in numbers
    }
    day = max(numbers, key=lambda d: (near[d], numbers[d], -d))
    share = 100 * near[day] // len(days)
    return (day, share) if share >= 40 else (0, share)
