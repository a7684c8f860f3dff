"""Recency, frequency, monetary: how customers trade, compared with one another.

Each of the three gets 1 to 5 points by fifths of the customers who bought in the window: 5
for a customer who is among the best fifth, that is, fewer than a fifth of them are better.
Who is level with somebody gets the same points. Who bought nothing has no points at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

GROUPS = 5
#: points of the three together from which a level begins
HIGH, MEDIUM = 12, 7
LEVELS = ("high", "medium", "low", "none")


class Trade(NamedTuple):
    """What a customer bought in the window; amounts in minor units."""

    partner_id: int
    recency: int  #: days since the last invoice
    frequency: int  #: invoices
    monetary: int  #: revenue


class Score(NamedTuple):
    """Points of the three, each 1 to 5; all zero: nothing was bought."""

    recency: int
    frequency: int
    monetary: int

    @property
    def level(self) -> str:
        """One of :data:`LEVELS`.

        >>> Score(5, 4, 3).level, Score(3, 2, 2).level, Score(1, 1, 4).level
        ('high', 'medium', 'low')
        """
        total = sum(self)
        if not total:
            return "none"
        return "high" if total >= HIGH else "medium" if total >= MEDIUM else "low"


NOTHING = Score(0, 0, 0)


def score(trades: Sequence[Trade]) -> dict[int, Score]:
    """{customer: points} of all who bought in the window."""
    recency = points([-one.recency for one in trades])
    frequency = points([one.frequency for one in trades])
    monetary = points([one.monetary for one in trades])
    return {
        one.partner_id: Score(recency[index], frequency[index], monetary[index])
        for index, one in enumerate(trades)
    }


def points(values: Sequence[int], groups: int = GROUPS) -> list[int]:
    """Points of each value: ``groups`` for the best part, 1 for the last.

    >>> points([10, 20, 30, 40, 50])
    [1, 2, 3, 4, 5]
    >>> points([7, 7, 7, 1])
    [5, 5, 5, 2]
    """
    ordered = sorted(-value for value in values)
    return [
        groups - groups * bisect_left(ordered, -value) // len(ordered)
        for value in values
    ]
