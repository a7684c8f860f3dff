"""What a payer may have deducted: the discount of the terms, or a tolerated difference.

A candidate whose items are worth more than the receipt is short. If the terms allow exactly
that discount on that day, or if the difference is small enough for a reason that the company
lets matching propose, the items are settled in full and the difference says why. Nothing is
ever deducted on the word of the matcher alone: such proposals wait for a human.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from ..money import Tolerance
from .adjustments import Adjustment


class Reason(NamedTuple):
    """A reason that matching may propose, in minor units of one currency."""

    type_id: int
    kind: str  #: ``discount`` as the payment terms say; others within ``tolerance``
    tolerance: Tolerance = Tolerance()


#: currency -> the reasons that may be proposed in it
Reasons = Mapping[int, Sequence[Reason]]


class Deducted(NamedTuple):
    """What a solution deducts, and why."""

    adjustments: tuple[Adjustment, ...]
    kind: str
    total: int  #: below zero: the payer gave more
    owed: int  #: what is open on the items


def discount_on(item: OpenItem, receipt: Receipt) -> int:
    """The discount the terms allow on the day of the receipt; 0 when part is paid."""
    if not item.discount or not item.discount_until or item.residual != item.amount:
        return 0
    return item.discount if receipt.date <= item.discount_until else 0


def deduct(
    receipt: Receipt, items: Sequence[OpenItem], reasons: Sequence[Reason]
) -> Deducted | None:
    """What makes the receipt settle all ``items`` in full, if a reason allows it.

    :param items: as they are open now
    """
    owed = sum(item.residual for item in items)
    missing = owed - receipt.amount
    if not missing or not items:
        return None
    for reason in reasons:
        if reason.kind == "discount":
            found = _as_terms_say(receipt, items, missing, reason)
        else:
            found = _tolerated(items, owed, missing, reason)
        if found:
            return Deducted(found, reason.kind, missing, owed)
    return None


def _as_terms_say(
    receipt: Receipt, items: Sequence[OpenItem], missing: int, reason: Reason
) -> tuple[Adjustment, ...]:
    discounts = [(item, discount_on(item, receipt)) for item in items]
    if missing <= 0 or sum(discount for _item, discount in discounts) != missing:
        return ()
    return tuple(
        Adjustment(item.line_id, reason.type_id, discount)
        for item, discount in discounts
        if discount
    )


def _tolerated(
    items: Sequence[OpenItem], owed: int, missing: int, reason: Reason
) -> tuple[Adjustment, ...]:
    """The whole difference, on the largest item."""
    if abs(missing) > reason.tolerance.limit(owed):
        return ()
    largest = max(items, key=lambda item: (item.residual, -item.line_id))
    if abs(missing) >= largest.residual:
        return ()
    return (Adjustment(largest.line_id, reason.type_id, missing),)
