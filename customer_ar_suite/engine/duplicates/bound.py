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
    REACH,
    REACH_LIMIT,
    WITHIN,
    Points,
    has_street,
    in_order,
    share_of_way,
)

#: fields whose comparison costs more than that of all the others
_COSTLY = frozenset(("name", "street"))
#: (field, does it say where somebody is reached?, how it is compared): the others
_CHEAP = tuple(
    (field, field in REACH, compare_field)
    for field, compare_field in FIELDS.items()
    if field not in _COSTLY
)
#: points of a field, and scores, are rounded
_ROUNDED_POINTS, _ROUNDED_SCORE = 0.01, 0.1


class _Words(NamedTuple):
    """What counts of the words of a name when only its numbers are compared."""

    numbers: frozenset[str]
    digits: str  #: all that stand in the name, one after the other
    weight: float  #: of the other words


def points_needed(threshold: float) -> float:
    """The least sum of points whose score is not below the threshold."""
    score = threshold - _ROUNDED_SCORE
    if not 0 < score < 100:
        return -inf if score <= 0 else inf
    return EVEN + 2 * log2(score / (100 - score))


def may_reach(
    one: Identity,
    other: Identity,
    points: Points,
    needed: float,
    hidden: frozenset[str] = frozenset(),
) -> bool:
    """Whether a comparison can give so many points, or find something exact.

    False is certain: :func:`~.score.compare` gives less, and nothing exact.

    :param needed: see :func:`points_needed`
    """
    first, second = in_order(one, other)
    reach = rest = 0.0
    for field, is_reach, compare_field in _CHEAP:
        if field in hidden:
            continue
        for reason in compare_field(first, second, points):
            if reason.code in EXACT:
                return True
            if is_reach:
                reach += reason.points
            else:
                rest += reason.points
    if "street" not in hidden:
        reach += _most_of_street(first, second, points)
    others = min(reach, REACH_LIMIT) + rest + _ROUNDED_POINTS
    if "name" in hidden:
        return others >= needed
    if others + _most_of_name(first, second, points) < needed:
        return False
    names = FIELDS["name"](first, second, points)
    return others + sum(reason.points for reason in names) >= needed


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


@lru_cache(maxsize=16_384)
def _words(words: tuple[str, ...]) -> _Words:
    numbers = [word for word in words if word.isdigit()]
    return _Words(
        frozenset(numbers),
        "".join(filter(str.isdigit, "".join(words))),
        sum(weight(word) for word in words if not word.isdigit()),
    )
