"""The payer quotes the customer's own reference: order number or structured reference.

>>> from datetime import date
>>> day = date(2026, 3, 31)
>>> item = OpenItem(
...     1, 1, 1, 7, 1, 1, 2, 2, day, day, day, "INV/2026/00017", "PO-448821", "invoice",
...     5000, 5000, 5000, 5000,
... )
>>> OrderNumber().match(Receipt(9, 1, 1, 1, 2, day, 5000, "order PO-448821"), item)
Evidence(code='order_number', points=100, params={'numbers': 'PO-448821'})
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, Found, ItemRule, numbers_param
from ..quotes import quotations, references


@RULES.register
class OrderNumber(ItemRule):
    """Order number or structured payment reference in the payment text."""

    code = "order_number"
    label = "Order number or payment reference in the text"
    keys: tuple[str, ...] = ("reference_token",)

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        found = [
            (max(span.points for span in spans), reference)
            for reference in references(item)
            if (spans := quotations(receipt, reference))
        ]
        if not found:
            return None
        points, reference = max(found)
        return Evidence(self.code, points, {"numbers": reference})

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        weakest = super().match_all(receipt, items)
        if not weakest:
            return None
        quoted = [self.match(receipt, item) for item in items]
        numbers = dict.fromkeys(str(one.params["numbers"]) for one in quoted if one)
        return Evidence(
            self.code, weakest.points, {"numbers": numbers_param(list(numbers))}
        )
