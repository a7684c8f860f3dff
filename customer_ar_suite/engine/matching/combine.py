"""Which open items of a customer make exactly the amount received.

Subset sum in whole minor units, credit notes included. Every selection is looked at while
the items are few; of many items only the selections people pay by: everything, everything
due by a day, few, all but few. The result says which of the two it was, because "the only
one found" is no reason if not all were tried.

Method: Horowitz and Sahni, *Computing Partitions with Applications to the Knapsack
Problem*, J. ACM 21 (1974): the sums of two halves instead of those of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import combinations, islice
from math import gcd
from typing import NamedTuple

#: items of which every selection is tried: two halves of at most 2 ** 11 sums
MOST_TRIED = 22
#: items that are looked at in any way
MOST_ITEMS = 200
#: solutions returned; a second one already tells that the first is not sure
MOST_FOUND = 4

#: positions in the list of amounts, rising
Selection = tuple[int, ...]


class Combined(NamedTuple):
    """The selections found, and how hard it was looked."""

    found: tuple[Selection, ...]  #: most convincing first, at most :data:`MOST_FOUND`
    tried: int  #: selections looked at
    spread: int  #: different totals these amounts could make, at most
    is_complete: bool  #: no selection was left out

    @property
    def coincidences(self) -> float:
        """How many selections would make any given total by chance alone.

        Totals are taken as evenly spread over what the amounts can make, in steps of their
        common divisor: round amounts meet by chance more often.
        """
        return self.tried / self.spread


def combine(amounts: Sequence[int], total: int) -> Combined:
    """Selections of two or more of ``amounts`` that make ``total``.

    >>> combine([500, 300, -100, 700], 700).found
    ((0, 1, 2),)
    >>> combine([100, 200, 300, 400], 500).found
    ((0, 3), (1, 2))

    :param amounts: minor units in the order in which they would be paid, none zero;
        negative: credit notes
    :param total: minor units, positive
    """
    places = _possible(amounts, total)
    values = [amounts[place] for place in places]
    is_complete = len(values) <= MOST_TRIED
    search = _halves if is_complete else _usual
    found: dict[Selection, None] = {}
    for selection in search(values, total):
        if len(selection) > 1:
            found.setdefault(tuple(places[i] for i in sorted(selection)))
        if len(found) >= MOST_FOUND:
            break
    count = len(values)
    tried = 2**count if is_complete else 2 * count**2
    return Combined(
        tuple(sorted(found, key=_simple_first(amounts))),
        tried,
        _spread(values),
        is_complete and len(places) == len(_possible(amounts, total, None)),
    )


def _possible(
    amounts: Sequence[int], total: int, most: int | None = MOST_ITEMS
) -> list[int]:
    """Places of the amounts that can be part of ``total`` at all."""
    highest = total - sum([amount for amount in amounts if amount < 0])
    lowest = total - sum([amount for amount in amounts if amount > 0])
    places = [i for i, amount in enumerate(amounts) if lowest <= amount <= highest]
    return places[:most]


def _spread(values: Sequence[int]) -> int:
    step = reduce(gcd, values, 0) or 1
    return sum(map(abs, values)) // step + 1


def _simple_first(amounts: Sequence[int]) -> Callable[[Selection], tuple[object, ...]]:
    """Order of solutions: those without credit notes, then small ones, then oldest first."""
    return lambda found: (any(amounts[i] < 0 for i in found), len(found), found)


# -- few items: all selections ---------------------------------------------------------------


def _halves(values: Sequence[int], total: int) -> Iterator[Selection]:
    """All selections that make ``total``, by the sums of two halves."""
    middle = len(values) // 2
    left = _sums(values, range(middle))
    right = _sums(values, range(middle, len(values)))
    for value, ones in left.items():
        for other in right.get(total - value, ()):
            for one in ones:
                yield one + other


def _sums(values: Sequence[int], places: Iterable[int]) -> dict[int, list[Selection]]:
    """Every sum of a half with the selections that make it."""
    sums: list[tuple[int, Selection]] = [(0, ())]
    for place in places:
        value = values[place]
        sums += [(known + value, (*chosen, place)) for known, chosen in sums]
    by_sum: dict[int, list[Selection]] = defaultdict(list)
    for known, chosen in sums:
        by_sum[known].append(chosen)
    return by_sum


# -- many items: the selections people pay by ------------------------------------------------


def _usual(values: Sequence[int], total: int) -> Iterator[Selection]:
    """The oldest up to some place, two or three items, all but one, two or three."""
    everything = range(len(values))
    yield from _oldest(values, total)
    yield from _few(values, total)
    for left_out in _few(values, sum(values) - total, least=1):
        yield tuple(i for i in everything if i not in left_out)


def _oldest(values: Sequence[int], total: int) -> Iterator[Selection]:
    known = 0
    for place, value in enumerate(values):
        known += value
        if known == total:
            yield tuple(range(place + 1))


def _few(values: Sequence[int], total: int, least: int = 2) -> Iterator[Selection]:
    """Selections of ``least`` to three places that make ``total``."""
    if least == 1:
        yield from ((i,) for i, value in enumerate(values) if value == total)
    by_value: dict[int, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        by_value[value].append(place)
    for first, value in enumerate(values):
        for last in by_value.get(total - value, ()):
            if last > first:
                yield first, last
    for first, second in islice(combinations(range(len(values)), 2), MOST_ITEMS**2):
        for last in by_value.get(total - values[first] - values[second], ()):
            if last > second:
                yield first, second, last
