"""How a customer pays: days between due date and payment, counted with fading weights.

Customers pay on certain days of the week and by certain terms. What is like an invoice in
both counts in full; what is like it in one respect, and everything, stand for a few invoices
each, so that an invoice without its like leans on the others.

>>> habit = Habit(half_life=100)
>>> for days_late in (3, 3, 8):
...     habit.count(Slot(weekday=2, term=30), days_late, day=740_000)
>>> habit.days(Slot(weekday=2, term=30), 740_000).median()
3
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from .base import Invoice

#: days are counted within these; what lies outside says no more than the border
EARLIEST, LATEST = -90, 180
#: invoices that each of the wider groups stands for beside what is alike in both: of the
#: share of late ones, and of the days, which few invoices of one kind say little about
WIDER, WIDER_DAYS = 2.0, 4.0
#: the middle of a distribution is the mean of these: less jumpy than the median of a few
MIDDLE_OF = (0.4, 0.5, 0.6)
#: weights grow from this day on instead of fading, so that nothing need be counted anew
_ORIGIN = 735_000


class Slot(NamedTuple):
    """What makes invoices alike: the day of the week of the due date, and the days to pay."""

    weekday: int
    term: int


def slot_of(invoice: Invoice) -> Slot:
    """Tell what an invoice is like."""
    return Slot(invoice.due.weekday(), (invoice.due - invoice.invoiced).days)


class Days(NamedTuple):
    """A distribution of days late: distinct days, ascending, and the weight of each."""

    days: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()

    def median(self) -> int:
        """The middle one; 0 when nothing is known."""
        return self.quantile(0.5)

    def middle(self) -> int:
        """What is expected: the mean of the middle fifth; 0 when nothing is known.

        >>> Days((0, 3, 4, 60), (2.0, 1.0, 2.0, 1.0)).middle()
        3
        """
        return round(sum(map(self.quantile, MIDDLE_OF)) / len(MIDDLE_OF))

    def quantile(self, share: float) -> int:
        """The first day by which this share has been paid."""
        if not self.days:
            return 0
        sums = list(accumulate(self.weights))
        return self.days[min(bisect_left(sums, share * sums[-1]), len(sums) - 1)]

    def after(self, day: int) -> Days:
        """What is left when nothing has come until this day (itself included)."""
        split = bisect_left(self.days, day + 1)
        return Days(self.days[split:], self.weights[split:])

    def split(self, day: int = 0) -> tuple[float, float]:
        """The weight until a day, and after it."""
        place = bisect_left(self.days, day + 1)
        return sum(self.weights[:place]), sum(self.weights[place:])

    def with_late_share(self, share: float) -> Days:
        """The same with a share of late ones half way to this one.

        What was counted and what was learned both know something the other does not.

        >>> Days((-2, 5), (1.0, 1.0)).with_late_share(0.9).weights
        (0.30000000000000004, 0.7)
        """
        on_time, late = self.split()
        if not on_time or not late:
            return self
        share = (share + late / (on_time + late)) / 2
        factors = (1 - share) / on_time, share / late
        pairs = zip(self.days, self.weights, strict=True)
        return Days(self.days, tuple(w * factors[day > 0] for day, w in pairs))


class Sums(NamedTuple):
    """How many were counted, how many of them late, and their days together."""

    total: float = 0.0
    late: float = 0.0
    days: float = 0.0

    def share(self, prior: float, strength: float) -> float:
        """The late share, leaning on a prior that counts as so many."""
        return (self.late + strength * prior) / (self.total + strength)

    def mean(self, prior: float, strength: float) -> float:
        """The mean days, leaning on a prior that counts as so many."""
        return (self.days + strength * prior) / (self.total + strength)


class Habit:
    """The payments of one customer, or of all customers of a company."""

    __slots__ = ("_sums", "_tallies", "half_life")

    def __init__(self, half_life: float) -> None:
        self.half_life = half_life
        self._sums: dict[object, list[float]] = {}
        self._tallies: defaultdict[object, dict[int, float]] = defaultdict(dict)

    def _growth(self, day: int) -> float:
        return float(2.0 ** ((day - _ORIGIN) / self.half_life))

    def count(self, slot: Slot, days_late: int, day: int) -> None:
        """Count an invoice whose payment became known on this day."""
        weight = self._growth(day)
        days = max(EARLIEST, min(LATEST, days_late))
        for key in (None, ("weekday", slot.weekday), ("term", slot.term), slot):
            tally = self._tallies[key]
            tally[days] = tally.get(days, 0.0) + weight
            sums = self._sums.setdefault(key, [0.0, 0.0, 0.0])
            sums[0] += weight
            sums[1] += weight * (days > 0)
            sums[2] += weight * days

    def all(self, day: int) -> Sums:
        """Everything counted, as it weighs on a day."""
        scale = 1 / self._growth(day)
        return Sums(*(value * scale for value in self._sums.get(None, ())))

    def like(self, slot: Slot, day: int) -> Sums:
        """What is like this, as it weighs on a day."""
        found = [0.0] * 3
        for key, share in self._mixture(slot, day, WIDER):
            for place, value in enumerate(self._sums[key]):
                found[place] += value * share
        return Sums(*found)

    def _mixture(
        self, slot: Slot, day: int, wider: float
    ) -> Iterator[tuple[object, float]]:
        """Tallies and the weight of each."""
        scale = 1 / self._growth(day)
        for key in (slot, ("weekday", slot.weekday), ("term", slot.term), None):
            sums = self._sums.get(key)
            if sums and sums[0] > 0:
                share = 1.0 if key is slot else min(1.0, wider / (sums[0] * scale))
                yield key, scale * share

    def days(self, slot: Slot, day: int) -> Days:
        """The distribution of what is like this."""
        into: dict[int, float] = {}
        for key, share in self._mixture(slot, day, WIDER_DAYS):
            for days, weight in self._tallies[key].items():
                into[days] = into.get(days, 0.0) + weight * share
        return Days(tuple(sorted(into)), tuple(into[key] for key in sorted(into)))


def together(own: Days, others: Days, share: float) -> Days:
    """One's own distribution, with that of others added at a weight of ``share``."""
    into = dict(zip(*own, strict=True))
    scale = share / (sum(others.weights) or 1.0)
    for days, weight in zip(*others, strict=True):
        into[days] = into.get(days, 0.0) + weight * scale
    return Days(tuple(sorted(into)), tuple(into[key] for key in sorted(into)))
