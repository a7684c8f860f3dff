"""Aging: the one definition of buckets, overdue and unapplied, for Python and SQL alike.

A bucket set is a list of upper limits in days overdue. ``(0, 30, 60, 90, 120)`` means
*not due* (≤ 0 days), 1–30, 31–60, 61–90, 91–120 and *over 120*. Borders belong to the
bucket whose label names them: 30 days overdue is in "1–30".

Only what the customer owes has an age. A residual below zero, a payment or credit note
not applied yet, is *unapplied*: it is in no bucket and makes nothing less overdue.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Aged(NamedTuple):
    """Residuals by age, all in one currency's minor units; the sum is the balance."""

    buckets: tuple[int, ...]
    unapplied: int = 0  #: never above zero
    overdue: int = 0  #: part of the buckets that was due before the day


@dataclass(frozen=True)
class BucketSet:
    """Upper limits in days overdue, strictly rising; the last bucket is open-ended.

    >>> buckets = BucketSet((0, 30, 60))
    >>> [buckets.index(days) for days in (-5, 0, 1, 30, 31, 60, 61, 4000)]
    [0, 0, 1, 1, 2, 2, 3, 3]
    >>> buckets.ranges()
    [(None, 0), (1, 30), (31, 60), (61, None)]
    """

    limits: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.limits or list(self.limits) != sorted(set(self.limits)):
            raise ValueError(f"bucket limits must rise: {self.limits}")

    def __len__(self) -> int:
        return len(self.limits) + 1

    def index(self, days_overdue: int) -> int:
        """Number of the bucket, 0 = the youngest."""
        return bisect_left(self.limits, days_overdue)

    def index_on(self, due_date: date, as_of: date) -> int:
        """Number of the bucket of something due on ``due_date`` seen on ``as_of``."""
        return self.index((as_of - due_date).days)

    def ranges(self) -> list[tuple[int | None, int | None]]:
        """First and last day overdue of each bucket; ``None`` = unbounded."""
        lower = [None, *(limit + 1 for limit in self.limits)]
        return list(zip(lower, [*self.limits, None], strict=True))

    def age(self, residuals: Iterable[tuple[date, int]], as_of: date) -> Aged:
        """Sort pairs (due date, residual in minor units) by their age on ``as_of``.

        >>> from datetime import date
        >>> BucketSet((0, 30)).age(
        ...     [(date(2026, 1, 31), 500), (date(2026, 1, 1), 700), (date(2026, 1, 2), -9)],
        ...     date(2026, 1, 31))
        Aged(buckets=(500, 700, 0), unapplied=-9, overdue=700)
        """
        limits = self.limits
        sums = [0] * (len(limits) + 1)
        unapplied = overdue = 0
        for due_date, residual in residuals:
            if residual < 0:
                unapplied += residual
                continue
            days_overdue = (as_of - due_date).days
            sums[bisect_left(limits, days_overdue)] += residual
            if days_overdue > 0:
                overdue += residual
        return Aged(tuple(sums), unapplied, overdue)


#: what reports have columns for: as many buckets as a set may have
MAX_BUCKETS = 9

#: the buckets of a database in which nobody has defined any
STANDARD = BucketSet((0, 30, 60, 90, 120))
