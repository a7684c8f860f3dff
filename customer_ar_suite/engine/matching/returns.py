"""Which earlier receipt goes back, and what of it when the bank takes only a part back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..ledger import Receipt
from ..party_name import name_key
from .combine import combine
from .quotes import quotations

#: per cent by which a bank charge may move the amount
NEAR = 10
#: what may speak for a receipt, the strongest first
GROUNDS = ("amount", "reference", "account", "customer", "name", "part", "near")


class Earlier(NamedTuple):
    """A receipt that may have come back; money in minor units."""

    amount: int
    account: str  #: as it is compared, empty: not known
    partner_id: int
    payer_name: str
    numbers: tuple[str, ...]  #: of the documents it has paid
    brought: tuple[int, ...]  #: the money each of them got


def grounds(out: Receipt, earlier: Earlier) -> tuple[str, ...]:
    """What says that ``out`` gives that receipt back; nothing: nobody would think so.

    ``amount`` the same, ``reference`` a document it has paid is quoted, ``account`` and
    ``customer`` and ``name`` the same payer, ``part`` what one or some of its documents
    got, ``near`` the amount but for a charge.

    >>> from datetime import date
    >>> out = Receipt(1, 1, 1, 1, 2, date(2026, 6, 1), -200, "return INV/2026/00017")
    >>> grounds(out, Earlier(300, "", 0, "", ("INV/2026/00017",), (100, 200)))
    ('reference', 'part')
    >>> grounds(out, Earlier(900, "", 0, "", ("INV/2026/00018",), (900,)))
    ()
    """
    money = -out.amount
    said = name_key(out.payer_name)
    known = {
        "amount": earlier.amount == money,
        "reference": any(quotations(out, number) for number in earlier.numbers),
        "account": bool(out.payer_account) and out.payer_account == earlier.account,
        "customer": bool(out.partner_id) and out.partner_id == earlier.partner_id,
        "name": bool(said) and said == name_key(earlier.payer_name),
        "part": money < earlier.amount and _exactly(money, earlier.brought) is not None,
        "near": 0 < abs(earlier.amount - money) * 100 <= NEAR * money,
    }
    return tuple(code for code, holds in known.items() if holds)


def taken_back(amount: int, brought: Sequence[int]) -> list[int]:
    """Propose how much of each payment of a receipt is taken back; the user decides.

    Everything, when the money is enough for it. Else the payments that make exactly the
    amount, if only one selection does. Else the last payment first: what was paid with the
    end of the money lacks it first.

    >>> taken_back(300, [100, 200]), taken_back(200, [100, 200]), taken_back(50, [100, 200])
    ([100, 200], [0, 200], [0, 50])
    >>> taken_back(250, [100, 200]), taken_back(100, [100, 100, 50, 50])
    ([50, 200], [0, 0, 50, 50])

    :param amount: what goes back, minor units, positive
    :param brought: the money each document got, in the order in which they were paid
    """
    if amount >= sum(brought):
        return list(brought)
    chosen = _exactly(amount, brought)
    if chosen is not None:
        return [one if place in chosen else 0 for place, one in enumerate(brought)]
    result = [0] * len(brought)
    left = amount
    for place in reversed(range(len(brought))):
        result[place] = min(left, brought[place])
        left -= result[place]
    return result


def _exactly(amount: int, brought: Sequence[int]) -> tuple[int, ...] | None:
    """The only selection of whole payments that makes the amount."""
    found = [(place,) for place, one in enumerate(brought) if one == amount]
    selections = [*found, *combine(brought, amount).found]
    return selections[0] if len(selections) == 1 else None
