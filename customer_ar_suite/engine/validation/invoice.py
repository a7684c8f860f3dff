"""What is unusual about an invoice, seen beside the customer's others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from ..registry import Registry
from .base import Fault


@dataclass(frozen=True)
class Invoice:
    """What the conditions on invoices look at; amounts in minor units.

    :param default_dates: days that Odoo fills in by itself where nothing was agreed
    :param history: amounts of the customer's earlier invoices, in the same currency
    :param twins: numbers of other invoices of the customer with the same reference
    """

    amount: int = 0
    default_dates: frozenset[date] = frozenset()
    due_date: date | None = None
    has_term: bool = False
    reference: str = ""
    history: Sequence[int] = ()
    twins: Sequence[str] = ()


#: fewer invoices say nothing about what is usual
FEWEST = 8
#: makes the median deviation comparable with a standard deviation
_SCALE = 1.4826


class InvoiceCondition:
    """What an invoice is asked."""

    code: str
    label: str

    def fault(self, invoice: Invoice, limit: float) -> Fault | None:
        """(code, parameters) of what is unusual, or nothing."""
        raise NotImplementedError


INVOICE_CONDITIONS: Registry[InvoiceCondition] = Registry("condition on invoices")


@INVOICE_CONDITIONS.register
class DueDate(InvoiceCondition):
    """Somebody agreed when it is due: terms, or a date of its own."""

    code = "due_date"
    label = "Has a due date"

    def fault(self, invoice: Invoice, limit: float) -> Fault | None:
        """Neither terms nor a date other than those Odoo takes without them."""
        own = invoice.due_date and invoice.due_date not in invoice.default_dates
        return None if invoice.has_term or own else ("invoice_no_due_date", {})


@INVOICE_CONDITIONS.register
class Reference(InvoiceCondition):
    """No other invoice of the customer bears the same reference."""

    code = "reference"
    label = "Has a reference of its own"

    def fault(self, invoice: Invoice, limit: float) -> Fault | None:
        """The customer's reference was used before."""
        if not invoice.twins:
            return None
        return "invoice_reference_twice", {
            "value": invoice.reference,
            "others": ", ".join(invoice.twins[:5]),
        }


@INVOICE_CONDITIONS.register
class Amount(InvoiceCondition):
    """The amount is not far from what this customer is usually invoiced."""

    code = "amount"
    label = "Has a usual amount"

    def fault(self, invoice: Invoice, limit: float) -> Fault | None:
        """Beyond the limit, in robust deviations; the median is told for comparison."""
        if len(invoice.history) < FEWEST:
            return None
        distance = deviations(invoice.amount, invoice.history)
        if distance <= limit:
            return None
        return "invoice_amount_unusual", {
            "amount": invoice.amount,
            "median": int(median(invoice.history)),
            "count": len(invoice.history),
        }


def deviations(amount: int, history: Sequence[int]) -> float:
    """How far ``amount`` is from the middle of ``history``, in robust deviations.

    Median and median absolute deviation: a few strange invoices of the past do not move
    them. The deviation counts at least a tenth of the median, so that a customer who is
    always invoiced the same may be invoiced a little more.

    >>> usual = [100_00, 110_00, 95_00, 105_00, 102_00, 98_00, 9_000_00, 101_00]
    >>> deviations(120_00, usual) < 3.5 < deviations(1_000_00, usual)
    True
    """
    middle = median(history)
    spread = _SCALE * median(abs(value - middle) for value in history)
    floor = abs(middle) / 10 or 1
    return abs(amount - middle) / max(spread, floor)
