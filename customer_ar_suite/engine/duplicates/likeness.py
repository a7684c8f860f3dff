"""How alike two sets of words are: names and streets in languages that part words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from ..similar import alike

#: from here on two words may be one with slips
MAYBE = 0.7
#: an initial for a whole word
INITIAL = 0.8
#: people seldom mistake the first letter
FIRST = 0.05
#: numbers in names tell series apart (Fund 1, Fund 2): one that differs weighs as much
NUMBER = 2.5


def words_alike(
    one: Sequence[str], other: Sequence[str], weight: Callable[[str], float]
) -> float:
    """Share of two word lists that agrees, from 0 to 1; slips and initials allowed.

    >>> words_alike(["siemens"], ["siemens"], len)
    1.0
    """
    if one == other:
        return 1.0 if one else 0.0
    left, right, agreed = _without_equal(one, other, weight)
    total = agreed
    for found, first, second in _best_pairs(left, right):
        left.remove(first)
        right.remove(second)
        both = weight(first) + weight(second)
        agreed += found * both
        total += both
    total += sum(_alone(word, weight) for word in (*left, *right))
    return agreed / total if total else 0.0


def _without_equal(
    one: Sequence[str], other: Sequence[str], weight: Callable[[str], float]
) -> tuple[list[str], list[str], float]:
    left, right, agreed = [], list(other), 0.0
    for word in one:
        if word in right:
            right.remove(word)
            agreed += 2 * weight(word)
        else:
            left.append(word)
    return left, right, agreed


def _best_pairs(left: list[str], right: list[str]) -> list[tuple[float, str, str]]:
    """Words that may be one, best first, each word once; the order of sides is no matter."""
    if not left or not right:
        return []
    found = [
        (score, min(a, b), max(a, b), a, b)
        for a in left
        for b in right
        if (score := word_alike(a, b)) > 0
    ]
    chosen = []
    free_left, free_right = list(left), list(right)
    for score, _low, _high, a, b in sorted(found, key=lambda row: (-row[0], *row[1:3])):
        if a in free_left and b in free_right:
            free_left.remove(a)
            free_right.remove(b)
            chosen.append((score, a, b))
    return chosen


@lru_cache(maxsize=65_536)
def word_alike(one: str, other: str) -> float:
    """How likely two words are one word: 0 where it is not worth a thought.

    >>> word_alike("schwarz", "schwartz") > 0.8, word_alike("oil", "gas")
    (True, 0)
    """
    if one.isdigit() or other.isdigit():
        return 0
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] else 0
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and long.startswith(short) and len(long) - len(short) > 1:
        return max(MAYBE, len(short) / len(long))
    found = alike(one, other) - (FIRST if one[0] != other[0] else 0)
    return found if found >= MAYBE else 0


def _alone(word: str, weight: Callable[[str], float]) -> float:
    return weight(word) * (NUMBER if word.isdigit() else 1.0)
