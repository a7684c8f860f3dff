"""The difference is small enough for a reason that matching may propose."""

from __future__ import annotations

from ...ledger import Receipt
from ..base import RULES, DeductionRule, Evidence
from ..deductions import Deducted

#: per mille of what is open: below it a difference says full points, above it fewer
_FULL = 5


@RULES.register
class AmountTolerance(DeductionRule):
    """Amount within the tolerance; the smaller the difference, the more it says."""

    code = "tolerance"
    label = "Amount within tolerance"
    keys: tuple[str, ...] = ("tolerance",)

    def match_deducted(self, receipt: Receipt, deducted: Deducted) -> Evidence | None:
        if deducted.kind == "discount":
            return None
        share = abs(deducted.total) * 1000 // max(1, abs(deducted.owed))
        points = 100 if share <= _FULL else 70
        params: dict[str, str | int] = {"amount": abs(deducted.total)}
        if deducted.total < 0:
            return Evidence("tolerance_more", points, params)
        return Evidence(self.code, points, params)
