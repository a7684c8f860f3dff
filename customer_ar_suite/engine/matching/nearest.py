"""What a receipt that matched nothing comes nearest to, and in what the two differ.

A proposal needs reasons; a worklist needs something to begin with. For each receipt the
open items nearest to it by reference, payer and amount are named with their differences.
Nothing here is a proposal: who works the list decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from ..text import clean
from .index import by_age
from .quotes import number_keys, text_keys

#: candidates named per receipt
MOST_NAMED = 3
#: items of one customer, and of one currency, that are looked at by amount
MOST_OF_PAYER, MOST_BY_AMOUNT = 12, 4
#: of all amounts, those that differ by less than this (per thousand) are near
NEAR = 50
#: digits a reference needs so that one of them may be wrong
MIN_DIGITS = 5
_DIGITS = re.compile(r"\d+")
#: digits with the signs that part a number into groups
_GROUPED = re.compile(r"\d+(?:[-/._]\d+)*")

#: points of 100 that each agreement is worth
REFERENCE = {"quoted": 50, "mistyped": 35, "none": 0}
PAYER = {"same": 25, "unknown": 5, "other": 0}


class Near(NamedTuple):
    """An open item near a receipt, and how the two differ."""

    item: OpenItem
    difference: int  #: received less open, minor units; below zero: too little
    reference: str  #: a key of :data:`REFERENCE`
    payer: str  #: a key of :data:`PAYER`
    quoted: str  #: the digits of the text that nearly make the number
    points: int  #: of 100

    @property
    def amount(self) -> str:
        """``equal``, ``less`` or ``more`` than is open."""
        if not self.difference:
            return "equal"
        return "more" if self.difference > 0 else "less"


def nearest(
    receipts: Iterable[Receipt], items: Iterable[OpenItem], most: int = MOST_NAMED
) -> dict[int, tuple[Near, ...]]:
    """The items nearest to each receipt, nearest first; nothing for those near none.

    The result depends on the rows alone, not on their order.

    :return: receipt line id -> at most ``most`` candidates
    """
    index = _NearIndex(items)
    return {
        receipt.line_id: tuple(index.nearest(receipt, most))
        for receipt in receipts
        if receipt.amount > 0
    }


class _NearIndex:
    """Open invoices by what may nearly lead to them."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self._by_number: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_blurred: dict[str, list[tuple[OpenItem, str]]] = defaultdict(list)
        self._by_payer: dict[tuple[int, int, int], list[OpenItem]] = defaultdict(list)
        self._by_amount: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(
            list
        )
        self._items: dict[int, OpenItem] = {}
        for item in sorted(items, key=by_age):
            if item.residual > 0:
                self._add(item)
        for amounts in self._by_amount.values():
            amounts.sort()

    def _add(self, item: OpenItem) -> None:
        self._items[item.line_id] = item
        owner = (item.company_id, item.currency_id)
        for key, _points in number_keys(item.number):
            self._by_number[key].append(item)
        digits = _tail(item.number)
        for blurred in _blurred(digits):
            self._by_blurred[blurred].append((item, digits))
        self._by_payer[(*owner, item.partner_id)].append(item)
        self._by_amount[owner].append((item.residual, item.line_id))

    def nearest(self, receipt: Receipt, most: int) -> list[Near]:
        mistyped = dict(self._mistyped(receipt))
        quoted = {item.line_id: item for item in self._quoted(receipt)}
        found = {
            item.line_id: item
            for item in (
                *quoted.values(),
                *(self._items[line_id] for line_id in mistyped),
                *self._of_payer(receipt),
                *self._of_amount(receipt),
            )
            if (item.company_id, item.currency_id)
            == (receipt.company_id, receipt.currency_id)
        }
        near = [
            _judge(
                receipt, item, item.line_id in quoted, mistyped.get(item.line_id, "")
            )
            for item in found.values()
        ]
        near.sort(
            key=lambda one: (
                one.reference != "quoted",
                -one.points,
                abs(one.difference),
                by_age(one.item),
            )
        )
        return near[:most]

    def _quoted(self, receipt: Receipt) -> Iterator[OpenItem]:
        for key in text_keys(receipt):
            yield from self._by_number.get(key, ())

    def _mistyped(self, receipt: Receipt) -> Iterator[tuple[int, str]]:
        """Items whose number stands in the text but for one digit: (line id, digits)."""
        for run in _GROUPED.findall(clean(receipt.text)):
            quoted = _tail(run)
            for blurred in _blurred(quoted):
                for item, digits in self._by_blurred.get(blurred, ()):
                    if digits != quoted:
                        yield item.line_id, run

    def _of_payer(self, receipt: Receipt) -> list[OpenItem]:
        """The payer's items, those of the nearest amounts if he has many."""
        if not receipt.partner_id:
            return []
        place = (receipt.company_id, receipt.currency_id, receipt.partner_id)
        own = self._by_payer.get(place, [])
        return sorted(own, key=lambda i: (abs(i.residual - receipt.amount), by_age(i)))[
            :MOST_OF_PAYER
        ]

    def _of_amount(self, receipt: Receipt) -> Iterator[OpenItem]:
        """Whoever's items of nearly this amount."""
        amounts = self._by_amount.get((receipt.company_id, receipt.currency_id), [])
        place = bisect_left(amounts, (receipt.amount, 0))
        around = amounts[max(0, place - MOST_BY_AMOUNT) : place + MOST_BY_AMOUNT]
        for amount, line_id in around:
            if 1000 * abs(amount - receipt.amount) <= NEAR * receipt.amount:
                yield self._items[line_id]


def _judge(receipt: Receipt, item: OpenItem, is_quoted: bool, mistyped: str) -> Near:
    difference = receipt.amount - item.residual
    if is_quoted:
        reference, mistyped = "quoted", ""
    else:
        reference = "mistyped" if mistyped else "none"
    payer = "unknown"
    if receipt.partner_id:
        payer = "same" if receipt.partner_id == item.partner_id else "other"
    points = REFERENCE[reference] + PAYER[payer] + _closeness(difference, receipt)
    return Near(item, difference, reference, payer, mistyped, points)


def _closeness(difference: int, receipt: Receipt) -> int:
    """Up to 25 points for the amount: all for equal ones, none from a half on.

    >>> from datetime import date
    >>> paid = Receipt(1, 1, 1, 1, 2, date(2026, 1, 1), 1000, "")
    >>> _closeness(0, paid), _closeness(-100, paid), _closeness(600, paid)
    (25, 16, 0)
    """
    if not difference:
        return 25
    return max(0, 20 - 40 * abs(difference) // receipt.amount)


def _tail(number: str) -> str:
    """The digits of a number, without leading zeros; nothing if they are few.

    >>> _tail("INV/2026/00017"), _tail("100234"), _tail("A-7")
    ('202600017', '100234', '')
    """
    digits = "".join(_DIGITS.findall(clean(number))).lstrip("0")
    return digits if len(digits) >= MIN_DIGITS else ""


def _blurred(digits: str) -> Iterator[str]:
    """``digits`` with one of them left open, for each of them.

    >>> list(_blurred("12345"))[:2]
    ['?2345', '1?345']
    """
    if MIN_DIGITS <= len(digits) <= 20:
        for place in range(len(digits)):
            yield f"{digits[:place]}?{digits[place + 1 :]}"
