"""Is a comparison worth its while? The most that two customers can still score.

Most pairs that share keys have little in common. What the cheap fields say, and the numbers
in the names, tells of nearly all of them that they stay below the threshold; only the others
are compared word by word.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, log2
from typing import NamedTuple

from .identity import Identity, weight
from .likeness import NUMBER
from .score import (
    EVEN,
    EXACT,
    FIELDS,
    LEVELS,
    REACH,
    REACH_LIMIT,
    WITHIN,
    CompareField,
    Points,
    has_street,
    in_order,
    may_be_exact,
    share_of_way,
)

#: what is compared after the name's numbers: the fields that are often empty, or tell most for
#: what their comparison costs, before the others. A code or account is the same or says nothing
_CHEAP = ("born", "tax_id", "email", "phone", "zip", "state", "country", "city")
#: points of a field, and scores, are rounded
_ROUNDED_POINTS, _ROUNDED_SCORE = 0.01, 0.1


class _Step(NamedTuple):
    """A field to compare, and the most that those after it can give."""

    compare: CompareField
    is_reach: bool  #: does it say where somebody is reached?
    reach_after: float
    rest_after: float


class _Words(NamedTuple):
    """What counts of the words of a name when only its numbers are compared."""

    numbers: frozenset[str]
    digits: str  #: all that stand in the name, one after the other
    weight: float  #: of the other words


class Bound:
    """What pairs must reach to be worth a comparison.

    :param points: by code of :data:`~.score.LEVELS`
    :param threshold: the score from which a pair is wanted
    :param hidden: fields that must not count
    """

    def __init__(
        self, points: Points, threshold: float, hidden: frozenset[str] = frozenset()
    ) -> None:
        self._points, self._hidden = points, hidden
        self._needed = _points_needed(threshold) - _ROUNDED_POINTS
        steps: list[_Step] = []
        reach = rest = 0.0
        for field in reversed([name for name in _CHEAP if name not in hidden]):
            is_reach = field in REACH
            steps.append(_Step(FIELDS[field], is_reach, reach, rest))
            if is_reach:
                reach += _most_of(field, points)
            else:
                rest += _most_of(field, points)
        self._steps = steps[::-1]
        self._reach, self._rest = reach, rest

    def may_reach(self, one: Identity, other: Identity) -> bool:
        """Whether a comparison can reach the threshold, or find something exact.

        False is certain: :func:`~.score.compare` gives less, and nothing exact.
        """
        first, second = in_order(one, other)
        if may_be_exact(first, second, self._hidden):
            return True
        name = reach = rest = 0.0
        if "name" not in self._hidden:
            name = _most_of_name(first, second, self._points)
        if "street" not in self._hidden:
            reach = _most_of_street(first, second, self._points)
        needed = self._needed
        if min(reach + self._reach, REACH_LIMIT) + self._rest + name < needed:
            return False
        for compare, is_reach, reach_after, rest_after in self._steps:
            for reason in compare(first, second, self._points):
                if is_reach:
                    reach += reason.points
                else:
                    rest += reason.points
            most = min(reach + reach_after, REACH_LIMIT) + rest + rest_after
            if most + name < needed:
                return False
        if "name" not in self._hidden:
            names = FIELDS["name"](first, second, self._points)
            name = sum(reason.points for reason in names)
        return min(reach, REACH_LIMIT) + rest + name >= needed


def _points_needed(threshold: float) -> float:
    """The least sum of points whose score is not below the threshold."""
    score = threshold - _ROUNDED_SCORE
    if not 0 < score < 100:
        return -inf if score <= 0 else inf
    return EVEN + 2 * log2(score / (100 - score))


def _most_of(field: str, points: Points) -> float:
    """The most a field can give where nothing is exact; nothing if it is not known."""
    levels = (level for level in LEVELS.values() if level.field == field)
    return max(0.0, *(points[one.code] for one in levels if one.code not in EXACT))


def _most_of_street(one: Identity, other: Identity, points: Points) -> float:
    if not has_street(one) or not has_street(other):
        return 0.0
    most = points["street_different"]
    numbers = one.street_numbers, other.street_numbers
    if all(numbers) and numbers[0].isdisjoint(numbers[1]):
        return max(most, points["street_number"])
    return max(most, points["street_same"], 0.6 * points["street_same"])


def _most_of_name(one: Identity, other: Identity, points: Points) -> float:
    if not one.name or not other.name:
        return 0.0
    same, different = points["name_same"], points["name_different"]
    # how much of it counts depends on the words, see ``_told`` of the score
    same = max(same, 0.5 * same)
    if one.chinese and other.chinese:
        alike = 1.0
    else:
        alike = _most_alike(_words(one.words), _words(other.words))
    return max(different, different + (same - different) * share_of_way(alike)) + max(
        0.0, points["form_different"]
    )


def _most_alike(one: _Words, other: _Words) -> float:
    """The most that ``name_alike`` can find: other numbers make another name."""
    if one.digits == other.digits:
        return 1.0
    apart = len(one.numbers ^ other.numbers)
    if not apart:
        return 1.0
    agreed = one.weight + other.weight + 2.0 * len(one.numbers & other.numbers)
    most = agreed / (agreed + NUMBER * apart)
    if one.numbers <= other.numbers or other.numbers <= one.numbers:
        return max(most, WITHIN)
    return most


@lru_cache(maxsize=65_536)
def _words(words: tuple[str, ...]) -> _Words:
    numbers = [word for word in words if word.isdigit()]
    return _Words(
        frozenset(numbers),
        "".join(filter(str.isdigit, "".join(words))),
        sum(weight(word) for word in words if not word.isdigit()),
    )
