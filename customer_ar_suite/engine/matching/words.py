"""How much a text says of an item's reference, where neither quotes a number.

Two lists of the same payments, kept by two sides, agree in words, roughly in amount and in
date. What they share is counted in bits: a word that one reference in a thousand has is worth
ten. A last word may be cut off, as banks do; words that only one side has speak against.

The way of counting follows Fellegi and Sunter, *A Theory for Record Linkage*, JASA 64 (1969).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from math import log, log2
from typing import NamedTuple

from ..ledger import OpenItem, Receipt

#: amounts this much apart are not the same payment
NEAR_LOW, NEAR_HIGH = 0.87, 1.15
#: a word is worth no more, a missing one costs this much, in bits
MOST, MISSING = 12.0, 3.0
#: items of a near amount that are compared, and those that are offered
COMPARED, OFFERED = 1_500, 6
_WORD = re.compile(r"\w+")
_SPREAD = 0.033  #: usual relative difference of two amounts of one payment


class Likeness(NamedTuple):
    """What speaks for an item, in bits; below zero: against."""

    bits: float
    words: int  #: shared by both


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in capitals.

    >>> words_of("A. Dürer, money")
    ('A', 'DÜRER', 'MONEY')
    """
    return tuple(_WORD.findall(text.upper()))


class WordIndex:
    """Items with a reference, by amount, and how rare the words of references are."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self._by_place: dict[tuple[int, int], list[OpenItem]] = defaultdict(list)
        count: Counter[str] = Counter()
        known = 0
        for item in items:
            if item.reference and item.residual > 0:
                known += 1
                count.update(set(words_of(item.reference)))
                self._by_place[item.company_id, item.currency_id].append(item)
        self._worth = {
            word: min(MOST, log2((known + 1) / times)) for word, times in count.items()
        }
        for found in self._by_place.values():
            found.sort(key=lambda item: (item.residual, item.line_id))

    def nearest(self, receipt: Receipt) -> list[OpenItem]:
        """The items most like a receipt, best first."""
        items = self._by_place.get((receipt.company_id, receipt.currency_id), [])
        low = bisect_left(items, receipt.amount * NEAR_LOW, key=_residual)
        high = bisect_right(items, receipt.amount * NEAR_HIGH, key=_residual)
        ranked = sorted(
            (
                (-self.likeness(receipt, item).bits, item.line_id, item)
                for item in items[low : min(high, low + COMPARED)]
            ),
            key=lambda one: one[:2],
        )
        return [item for bits, _id, item in ranked[:OFFERED] if bits < 0]

    def likeness(self, receipt: Receipt, item: OpenItem) -> Likeness:
        """What text, amount and date together say of an item."""
        shared, bits = self._text(words_of(receipt.text), words_of(item.reference))
        bits += 0.7 * _common_start(receipt.text, item.reference)
        bits += _by_amount(receipt.amount, item.residual)
        bits += 2.0 if abs((receipt.date - item.date).days) <= 2 else -2.0
        return Likeness(bits, shared)

    def _text(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, float]:
        left = Counter(other)
        shared, bits = 0, 0.0
        for word in one:
            if left[word]:
                left[word] -= 1
                shared += 1
                bits += self._worth.get(word, MOST)
            elif cut := next((w for w in other if _is_cut(word, w)), ""):
                bits += min(MISSING, len(word), len(cut))
            else:
                bits -= MISSING
        own = set(one)
        missing = [
            w for w, n in left.items() if n and not any(_is_cut(w, o) for o in own)
        ]
        return shared, bits - 2.0 * len(missing)


def _residual(item: OpenItem) -> int:
    return item.residual


def _is_cut(one: str, other: str) -> bool:
    return one != other and (one.startswith(other) or other.startswith(one))


def _common_start(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _by_amount(paid: int, owed: int) -> float:
    """Exact amounts meet rarely by chance; others are the less likely the further off."""
    if paid == owed:
        return 9.0
    steps = log(paid / owed) / _SPREAD
    return 4.0 - 0.72 * steps * steps
