"""The difference is exactly the discount the payment terms allow on that day."""

from __future__ import annotations

from ...ledger import Receipt
from ..base import RULES, DeductionRule, Evidence
from ..deductions import Deducted


@RULES.register
class Discount(DeductionRule):
    """Early payment discount taken in time."""

    code = "discount"
    label = "Discount of the payment terms"
    keys: tuple[str, ...] = ("discount",)

    def match_deducted(self, receipt: Receipt, deducted: Deducted) -> Evidence | None:
        if deducted.kind != "discount":
            return None
        return Evidence(self.code, 100, {"amount": deducted.total})
