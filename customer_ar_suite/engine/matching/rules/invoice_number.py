"""The payer quotes our invoice number.

>>> from datetime import date
>>> day = date(2026, 3, 31)
>>> item = OpenItem(
...     1, 1, 1, 7, 1, 1, 2, 2, day, day, day, "INV/2026/00017", "", "invoice",
...     5000, 5000, 5000, 5000,
... )
>>> receipt = Receipt(9, 1, 1, 1, 2, day, 5000, "pmt INV/2026/00017")
>>> InvoiceNumber().match(receipt, item)
Evidence(code='invoice_number', points=100, params={'numbers': 'INV/2026/00017'})
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, Found, ItemRule, numbers_param
from ..quotes import quotations


@RULES.register
class InvoiceNumber(ItemRule):
    """Number in the payment text, however it is written; digits alone count less."""

    code = "invoice_number"
    label = "Invoice number in the payment text"
    keys: tuple[str, ...] = ("reference_token",)

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        points = max((s.points for s in quotations(receipt, item.number)), default=0)
        if not points:
            return None
        return Evidence(self.code, points, {"numbers": item.number})

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        named = [item for item in items if item.residual > 0]
        named += [i for i in items if i.residual < 0 and self.match(receipt, i)]
        weakest = super().match_all(receipt, named)
        if not weakest:
            return None
        numbers = numbers_param(list(dict.fromkeys(item.number for item in named)))
        if len(named) == len(items):
            return Evidence(self.code, weakest.points, {"numbers": numbers})
        credits = numbers_param([i.number for i in items if i not in named])
        return Evidence(
            "invoice_less_credit",
            weakest.points,
            {"numbers": numbers, "credits": credits},
        )
