"""Rows that cannot stand side by side once they belong to one customer.

The customer keeps one of the two, the other stays with the archived customer: no row is
deleted, whatever is decided.

>>> pairs = [Pair(1, "own", "other", ""), Pair(2, "own", "third", KEEP_B)]
>>> settle(pairs).undecided
()
>>> sorted(settle(pairs).losing)
['own']
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

#: the survivor's row counts, the other's, or the two say the same
KEEP_A, KEEP_B, SAME = "a", "b", "same"


class Pair(NamedTuple):
    """Two rows that meet in a constraint; ``a`` is the survivor's where one of them is."""

    number: int
    a: Hashable
    b: Hashable
    verdict: str


@dataclass(frozen=True)
class Settlement:
    """``losing``: rows the surviving customer does not get (or gives away)."""

    losing: frozenset[Hashable]
    undecided: tuple[int, ...]


def settle(pairs: Iterable[Pair]) -> Settlement:
    """Each decided pair has a loser, so what wins cannot meet again.

    Taken in order: of two rows one of which has lost before, none has to give way, so that
    of rows that meet in a ring one is left. Such pairs need no decision either.

    >>> ring = [Pair(1, "a", "b", KEEP_B), Pair(2, "b", "c", KEEP_B), Pair(3, "a", "c", KEEP_A)]
    >>> sorted(settle(ring).losing)
    ['a', 'b']
    """
    pairs = list(pairs)
    losing: set[Hashable] = set()
    for pair in pairs:
        if pair.verdict and not losing & {pair.a, pair.b}:
            losing.add(pair.a if pair.verdict == KEEP_B else pair.b)
    return Settlement(
        frozenset(losing),
        tuple(
            pair.number
            for pair in pairs
            if not pair.verdict and pair.a not in losing and pair.b not in losing
        ),
    )
