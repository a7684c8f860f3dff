"""Setting off what a customer owes against what he is owed.

Both sides are positive here: what he owes us, what we owe him. Credits not applied yet are
negative and lower what can be set off, but nothing is taken from them: an offset settles
invoices, oldest first, never more than the balance of the smaller side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .errors import EngineError


class NettingError(EngineError):
    """What shall be set off is not there."""


class Side(NamedTuple):
    """One open item of one side, in minor units of the currency both sides share."""

    line_id: int
    account_id: int
    due: date
    residual: int


class Part(NamedTuple):
    """How much of an item is settled."""

    line_id: int
    account_id: int
    amount: int


@dataclass(frozen=True)
class Offset:
    """What is set off, and the items of both sides that it settles."""

    amount: int
    receivable: tuple[Part, ...]
    payable: tuple[Part, ...]

    def by_account(self) -> dict[int, int]:
        """{account: what the entry books on it}, debit positive; adds up to zero.

        >>> side = [Side(1, 7, date(2026, 1, 1), 100)]
        >>> propose(side, [Side(2, 8, date(2026, 1, 1), 30)]).by_account()
        {8: 30, 7: -30}
        """
        booked: dict[int, int] = {}
        for sign, parts in ((1, self.payable), (-1, self.receivable)):
            for part in parts:
                booked[part.account_id] = (
                    booked.get(part.account_id, 0) + sign * part.amount
                )
        return booked


def most(receivables: Iterable[Side], payables: Iterable[Side]) -> int:
    """The most that can be set off: the smaller of both balances, or nothing.

    >>> most([Side(1, 7, date(2026, 1, 1), 100), Side(2, 7, date(2026, 1, 1), -80)],
    ...      [Side(3, 8, date(2026, 1, 1), 50)])
    20
    """
    balances = (sum(one.residual for one in side) for side in (receivables, payables))
    return max(0, min(balances))


def propose(
    receivables: Sequence[Side], payables: Sequence[Side], wanted: int | None = None
) -> Offset:
    """What to set off, oldest due items first.

    :param wanted: less than the most that is possible; None: as much as possible
    :raises NettingError: ``offset_nothing``, ``offset_too_large``
    """
    limit = most(receivables, payables)
    if not limit or (wanted is not None and wanted <= 0):
        raise NettingError("offset_nothing")
    amount = limit if wanted is None else wanted
    if amount > limit:
        raise NettingError("offset_too_large", value=amount, limit=limit)
    return Offset(amount, _take(receivables, amount), _take(payables, amount))


def _take(items: Iterable[Side], amount: int) -> tuple[Part, ...]:
    taken = []
    for item in sorted(items, key=lambda one: (one.due, one.line_id)):
        part = min(amount, item.residual)
        if part > 0:
            taken.append(Part(item.line_id, item.account_id, part))
            amount -= part
    return tuple(taken)
