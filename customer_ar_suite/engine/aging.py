"""Aging buckets: the one definition, for Python and for the SQL ``CASE``.

A bucket set is a list of upper limits in days overdue. ``(0, 30, 60, 90, 120)`` means
*not due* (≤ 0 days), 1–30, 31–60, 61–90, 91–120 and *over 120*. Borders belong to the
bucket whose label names them: 30 days overdue is in "1–30".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


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

    def totals(self, rows: Iterable[tuple[date, int]], as_of: date) -> list[int]:
        """Amounts per bucket of pairs (due date, amount in minor units).

        >>> from datetime import date
        >>> BucketSet((0, 30)).totals(
        ...     [(date(2026, 1, 31), 500), (date(2026, 1, 1), 700)], date(2026, 1, 31))
        [500, 700, 0]
        """
        sums = [0] * len(self)
        for due_date, amount in rows:
            sums[self.index_on(due_date, as_of)] += amount
        return sums


#: what reports have columns for: as many buckets as a set may have
MAX_BUCKETS = 9

#: the buckets of a database in which nobody has defined any
STANDARD = BucketSet((0, 30, 60, 90, 120))
