"""The amount received is exactly what is open.

Equal amounts propose candidates only for a known payer, or when no other open item of the
company has that amount (see ``index``).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, Found


@RULES.register
class ExactAmount:
    """Open amount equals the receipt, for one item or for several together."""

    code = "exact_amount"
    label = "Exact amount"
    keys: tuple[str, ...] = ("amount",)

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        return self.match_all(receipt, (item,))

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        if sum(item.residual for item in items) != receipt.amount:
            return None
        if len(items) == 1:
            return Evidence(self.code, 100, {"amount": receipt.amount})
        return Evidence(
            "exact_total", 100, {"amount": receipt.amount, "count": len(items)}
        )
