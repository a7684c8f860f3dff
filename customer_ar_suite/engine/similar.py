"""How alike two short texts are: slips of the pen between them.

A slip is a letter added, left out or exchanged, or two neighbours swapped (optimal string
alignment). rapidfuzz counts them faster where it is installed; what is counted is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache


def own_slips(one: str, other: str) -> int:
    """Count slips without a library.

    >>> own_slips("schmidt", "schmitd"), own_slips("abc", "abcd"), own_slips("", "ab")
    (1, 1, 2)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(
                last[column] + 1,
                now[column - 1] + 1,
                last[column - 1] + (char != wanted),
            )
            if (
                row > 1
                and column > 1
                and char == other[column - 2]
                and one[row - 2] == wanted
            ):
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


@lru_cache(maxsize=1)
def counter() -> Callable[[str, str], int]:
    """The function that counts slips here: rapidfuzz's, or our own without it."""
    try:
        from rapidfuzz.distance import OSA
    except ImportError:  # optional: slower without
        return own_slips
    distance: Callable[[str, str], int] = OSA.distance
    return distance


def slips(one: str, other: str) -> int:
    """Count the slips between two texts."""
    return 0 if one == other else counter()(one, other)


def alike(one: str, other: str) -> float:
    """Share of a text that is the same: 1.0 equal, 0.0 nothing in common.

    >>> alike("meier", "meyer"), alike("", "")
    (0.8, 1.0)
    """
    longest = max(len(one), len(other))
    return 1.0 - slips(one, other) / longest if longest else 1.0
