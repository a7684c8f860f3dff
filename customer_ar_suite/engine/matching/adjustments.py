"""Deductions: the part of an item that no money comes for, each with its reason.

Whoever receives 980 for an invoice over 1,000 settles 1,000 and says where 20 went: a
discount, a bank's charge, tax withheld, a difference nobody argues about. What is deducted
stands in the currency of the item and has its sign: positive makes the customer pay less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ..errors import AllocationError
from ..ledger import Allocation, OpenItem, Receipt, check_allocations
from ..money import split


class Adjustment(NamedTuple):
    """Of an item, ``amount`` (minor units) is settled for a reason, not by money."""

    item_line_id: int
    type_id: int  #: row of ``ar.adjustment.type``
    amount: int


class Choice(NamedTuple):
    """What a user chose for an item: how much of it is settled, and by how much money."""

    item_line_id: int
    amount: int  #: settled, in the item's currency, deductions included
    paid: int | None = None  #: in the receipt's currency, where that is another


class Limit(NamedTuple):
    """What a role may deduct on its own: per customer and day, and of one item."""

    amount: int  #: minor units of the company's currency
    per_mille: int  #: of what is open on the item; 1000: no limit of its own
    is_unlimited: bool = False


class Asked(NamedTuple):
    """What somebody wants to deduct for one reason from one customer."""

    amount: int  #: minor units of the company's currency, whatever the sign
    open_amount: int  #: of the items it is deducted from
    today: int = 0  #: what he has deducted for this customer and reason today


def settle(
    receipt: Receipt,
    items: Iterable[OpenItem],
    choices: Iterable[Choice],
    adjustments: Sequence[Adjustment] = (),
) -> list[Allocation]:
    """The allocations of a choice, checked: nothing is settled twice or from nothing.

    :raises AllocationError: as ``check_allocations``; ``adjustment_zero``,
        ``adjustment_unknown``, ``adjustment_over_item`` or ``allocation_paid_missing``
    """
    by_id = {item.line_id: item for item in items}
    wanted = list(choices)
    deducted = _deducted(adjustments, {one.item_line_id: one for one in wanted})
    allocations = []
    for one in wanted:
        item = by_id.get(one.item_line_id)
        if not item:
            raise AllocationError(
                "allocation_unknown", receipt=receipt.line_id, item=one.item_line_id
            )
        less = deducted.get(one.item_line_id, 0)
        if item.currency_id == receipt.currency_id:
            paid = one.amount - less
        elif one.paid is None:
            raise AllocationError("allocation_paid_missing", item=one.item_line_id)
        else:
            paid = one.paid
        if paid and (paid > 0) != (one.amount > 0):
            raise AllocationError("adjustment_over_item", item=one.item_line_id)
        allocations.append(
            Allocation(receipt.line_id, one.item_line_id, one.amount, paid)
        )
    check_allocations([receipt], by_id.values(), allocations)
    return allocations


def _deducted(
    adjustments: Sequence[Adjustment], chosen: dict[int, Choice]
) -> dict[int, int]:
    """What is deducted from each item in all."""
    total: dict[int, int] = defaultdict(int)
    for one in adjustments:
        if not one.amount:
            raise AllocationError("adjustment_zero", item=one.item_line_id)
        choice = chosen.get(one.item_line_id)
        if not choice:
            raise AllocationError("adjustment_unknown", item=one.item_line_id)
        if abs(one.amount) > abs(choice.amount):
            raise AllocationError("adjustment_over_item", item=one.item_line_id)
        total[one.item_line_id] += one.amount
    return total


def is_within(asked: Asked, limits: Collection[Limit]) -> bool:
    """May somebody whose roles have these ``limits`` deduct it without another's consent?

    >>> twenty = Limit(amount=2000, per_mille=50)
    >>> is_within(Asked(1500, 100_000), [twenty]), is_within(Asked(1500, 10_000), [twenty])
    (True, False)
    >>> is_within(Asked(1500, 100_000, today=1000), [twenty])
    False
    >>> is_within(Asked(1, 100), []), is_within(Asked(10**9, 1), [Limit(0, 0, True)])
    (False, True)
    """
    return any(_fits(asked, limit) for limit in limits)


def _fits(asked: Asked, limit: Limit) -> bool:
    if limit.is_unlimited:
        return True
    share = abs(asked.open_amount) * limit.per_mille // 1000
    return asked.amount + asked.today <= limit.amount and (
        limit.per_mille >= 1000 or asked.amount <= share
    )


def net_and_taxes(amount: int, net: int, taxes: Sequence[int]) -> list[int]:
    """``amount`` of a document split as the document is: net first, then each tax.

    >>> net_and_taxes(121, 1000, [210]), net_and_taxes(-121, 1000, [210])
    ([100, 21], [-100, -21])
    >>> net_and_taxes(50, 1000, [])
    [50]
    """
    weights = [net, *taxes]
    if min(weights) < 0 or not sum(weights):
        return [amount, *(0 for _tax in taxes)]
    return split(amount, weights)
