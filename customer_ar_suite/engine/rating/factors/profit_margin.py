"""What the customer earned in his latest financial year."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class ProfitMargin(Factor):
    """Net profit in per cent of his revenue."""

    code, label, kind = "profit_margin", "Profit Margin", "percent"
    low_is_good = False
    weight = 2
    steps = (Step(800, 100), Step(400, 80), Step(0, 50), Step(-500, 20))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.profit_margin
