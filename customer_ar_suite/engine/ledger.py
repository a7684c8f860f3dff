"""The rows everything is built on: open items, receipts, allocations.

Signs: what the customer owes is positive. An invoice has a positive amount and residual, a
credit note or an unapplied payment a negative one. Amounts are minor units of the item's
document currency (``amount``, ``residual``) and of the company's currency
(``amount_company``, ``residual_company``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date as Date
from functools import partial
from itertools import repeat
from operator import add
from typing import Any, NamedTuple, TypeVar

from .errors import AllocationError

#: kinds of open item, as ``ar.ledger`` names them
KINDS = ("invoice", "credit_note", "payment", "entry")


class OpenItem(NamedTuple):
    """One receivable journal item as it stood on a date.

    The order of the columns is the order of ``ar.ledger._open_item_sql``, which leaves out
    those after ``is_advance``.
    """

    line_id: int
    move_id: int  #: negative: the document is gone, see ``known_on``
    company_id: int
    partner_id: int  #: commercial partner
    account_id: int
    currency_id: int
    digits: int  #: minor-unit digits of the document currency
    company_digits: int
    date: Date  #: accounting date
    due_date: Date
    invoice_date: Date | None
    number: str
    reference: str  #: customer reference and payment reference, joined by a space
    kind: str  #: one of :data:`KINDS`
    amount: int
    residual: int
    amount_company: int
    residual_company: int
    #: on an account of customer advances: unapplied, whatever its sign
    is_advance: bool = False
    disputed: int = (
        0  #: parts of the residual, document currency; 0 until claims are built
    )
    promised: int = 0
    planned: int = 0
    #: what the payment terms allow to be deducted until that day; only matching loads it
    discount: int = 0
    discount_until: Date | None = None


class Movement(NamedTuple):
    """One receivable journal item of a period, for activity statements and ledgers.

    ``is_exchange`` marks entries that only adjust the company-currency value: customers
    never see them.
    """

    line_id: int
    move_id: int  #: negative: the document is gone, see ``known_on``
    partner_id: int
    currency_id: int
    date: Date
    due_date: Date
    number: str
    reference: str
    kind: str
    amount: int
    is_exchange: bool = False
    amount_company: int = 0


class Balance(NamedTuple):
    """What a customer owed a company in one document currency, by the general ledger."""

    partner_id: int  #: commercial partner, 0: none
    company_id: int
    currency_id: int
    digits: int
    company_digits: int
    amount: int
    amount_company: int


class Receipt(NamedTuple):
    """Money in from a bank line, not yet applied. Amounts in minor units of ``currency_id``."""

    line_id: int  #: id of the bank statement line
    company_id: int
    journal_id: int
    currency_id: int
    digits: int
    date: Date
    amount: int  #: positive: money in; negative: money out (refund, return)
    text: str  #: everything the bank says about it: payment reference, remittance information
    payer_name: str = ""
    payer_account: str = ""
    partner_id: int = 0  #: commercial partner when the line already has one, else 0
    payer_code: str = "payer"  #: what says so: evidence of ``matching.identify``


class Allocation(NamedTuple):
    """Apply ``amount`` (minor units of the receipt's currency) of a receipt to an item.

    It has the sign of the item: a credit note the payer has deducted is used up by a
    negative amount, so that the allocations of a receipt add up to what was received.
    """

    receipt_line_id: int
    item_line_id: int
    amount: int
    #: what it uses of the receipt where that is not ``amount``: less what is deducted, or
    #: in the receipt's currency where the item has another
    paid: int | None = None

    @property
    def used(self) -> int:
        """What it takes of the receipt, in the receipt's currency."""
        return self.amount if self.paid is None else self.paid


N = TypeVar("N", bound=tuple[Any, ...])


def named(kind: type[N], rows: Sequence[tuple[Any, ...]]) -> list[N]:
    """Rows of a query as ``kind``, a named tuple whose fields are the columns of the query.

    Its last fields may be missing where they have a default. The columns are counted once,
    not per row, which takes a third of the time.

    >>> named(Balance, [(7, 1, 2, 2, 2, 100, 100)])[0].amount
    100
    """
    if not rows:
        return []
    fields: tuple[str, ...] = getattr(kind, "_fields", ())
    defaults: dict[str, Any] = getattr(kind, "_field_defaults", {})
    given = len(rows[0])
    if given > len(fields) or not defaults.keys() >= set(fields[given:]):
        raise TypeError(f"{kind.__name__}: {len(fields)} columns wanted, {given} given")
    rest = tuple(defaults[name] for name in fields[given:])
    whole = map(add, rows, repeat(rest)) if rest else rows
    return list(map(partial(tuple.__new__, kind), whole))


def fifo(amount: int, items: Sequence[OpenItem]) -> list[tuple[OpenItem, int]]:
    """Pay the oldest due items first; what is left over stays unapplied.

    :param amount: minor units, positive
    :param items: open invoices of one customer and currency (residual > 0 is used)
    :return: pairs (item, part of ``amount``); their sum is at most ``amount``
    """
    applied: list[tuple[OpenItem, int]] = []
    for item in sorted(items, key=lambda i: (i.due_date, i.date, i.line_id)):
        if amount <= 0:
            break
        if item.residual > 0:
            part = min(amount, item.residual)
            applied.append((item, part))
            amount -= part
    return applied


def is_part(amount: int, whole: int) -> bool:
    """Is ``amount`` something of ``whole``, on its side of zero?

    >>> is_part(3, 5), is_part(-3, -5), is_part(6, 5), is_part(-3, 5), is_part(0, 5)
    (True, True, False, False, False)
    """
    return 0 < amount <= whole or whole <= amount < 0


def check_allocations(
    receipts: Iterable[Receipt],
    items: Iterable[OpenItem],
    allocations: Iterable[Allocation],
) -> None:
    """Refuse allocations that apply more than there is, on either side.

    :raises AllocationError: ``allocation_zero``, ``allocation_unknown``,
        ``receipt_over_applied`` or ``item_over_applied`` with the ids and amounts
    """
    money = {receipt.line_id: receipt.amount for receipt in receipts}
    used: dict[int, int] = defaultdict(int)
    owed = {item.line_id: item.residual for item in items}
    for allocation in allocations:
        receipt_id, item_id, amount, _paid = allocation
        if not amount:
            raise AllocationError("allocation_zero", amount=amount)
        if receipt_id not in money or item_id not in owed:
            raise AllocationError(
                "allocation_unknown", receipt=receipt_id, item=item_id
            )
        used[receipt_id] += allocation.used
        if not is_part(amount, owed[item_id]):
            raise AllocationError(
                "item_over_applied", item=item_id, amount=amount - owed[item_id]
            )
        owed[item_id] -= amount
    for receipt_id, amount in used.items():
        if amount and not is_part(amount, money[receipt_id]):
            raise AllocationError(
                "receipt_over_applied",
                receipt=receipt_id,
                amount=amount - money[receipt_id],
            )
