"""Whether the customer buys more or less: the later half of the window against the earlier."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class PurchaseTrend(Factor):
    """Change of what was invoiced, in per cent."""

    code, label, kind = "purchase_trend", "Purchase Trend", "percent"
    low_is_good = False
    weight = 5
    steps = (Step(0, 100), Step(-1000, 80), Step(-2500, 55), Step(-5000, 25))

    def value(self, inputs: Inputs) -> int | None:
        before = inputs.invoiced_earlier_amount
        if not before:
            return None
        return share((inputs.invoiced_later_amount or 0) - before, before, 10_000)
