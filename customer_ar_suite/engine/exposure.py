"""Exposure: what may be lost with a customer, and how much of his limit that leaves.

All amounts are minor units of the company's currency. Money received and not yet applied
lowers the exposure; insurance and guarantees raise what may be risked.

>>> parts = Parts(open_items=900_00, unapplied=-150_00, draft_invoices=100_00)
>>> parts.total
85000
>>> position(parts, Ceiling(limit=800_00, cover=100_00)).headroom
5000
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Parts(NamedTuple):
    """The components of an exposure, in the order in which screens show them."""

    open_items: int = 0  #: invoices and entries not paid
    unapplied: int = 0  #: payments, advances and credit notes not used; negative
    bills: int = 0  #: bills and cheques in hand or with recourse
    draft_invoices: int = 0
    orders: int = 0  #: confirmed and not invoiced

    @property
    def total(self) -> int:
        """What may be lost."""
        return sum(self)

    def without_drafts(self) -> Parts:
        """The same before anybody has entered a draft."""
        return self._replace(draft_invoices=0)


class Ceiling(NamedTuple):
    """What may be risked; ``limit`` None: nobody has set a limit."""

    limit: int | None = None
    temporary: int = 0  #: granted for a time, on top of the limit
    cover: int = 0  #: what an insurer or guarantor would pay

    @property
    def allowed(self) -> int | None:
        """The highest exposure; None: any."""
        if self.limit is None:
            return None
        return self.limit + self.temporary + self.cover


@dataclass(frozen=True)
class Position:
    """Where a customer stands with his limit."""

    exposure: int
    allowed: int | None
    headroom: int | None  #: what is left, negative: exceeded; None: no limit
    used_percent: int  #: of what is allowed, rounded up; 0 without a limit

    @property
    def is_breached(self) -> bool:
        """Is more at risk than may be?"""
        return self.headroom is not None and self.headroom < 0


def together(many: Iterable[Parts]) -> Parts:
    """The exposure of a family of customers.

    >>> together([Parts(100, -20), Parts(50)])
    Parts(open_items=150, unapplied=-20, bills=0, draft_invoices=0, orders=0)
    """
    columns = list(zip(*many, strict=True))
    return Parts(*map(sum, columns)) if columns else Parts()


def position(parts: Parts, ceiling: Ceiling) -> Position:
    """Compare an exposure with what may be risked.

    >>> position(Parts(1200), Ceiling(1000))
    Position(exposure=1200, allowed=1000, headroom=-200, used_percent=120)
    >>> position(Parts(1200), Ceiling()).headroom is None
    True
    """
    total, allowed = parts.total, ceiling.allowed
    if allowed is None:
        return Position(total, None, None, 0)
    return Position(total, allowed, allowed - total, used_percent(total, allowed))


def used_percent(total: int, allowed: int) -> int:
    """How much of what is allowed is used, in percent, rounded up.

    >>> used_percent(1, 1000), used_percent(-5, 1000), used_percent(5, 0)
    (1, 0, 100)
    """
    if total <= 0:
        return 0
    return -(-total * 100 // allowed) if allowed > 0 else 100


def covered(amount: int, share: int) -> int:
    """What a cover of ``amount`` is worth of which ``share`` percent is paid.

    >>> covered(100_01, 90)
    9000
    """
    return amount * share // 100
