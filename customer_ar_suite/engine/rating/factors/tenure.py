"""How long the customer has been one."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class Tenure(Factor):
    """Whole months since his first invoice."""

    code, label, kind = "tenure", "Months as a Customer", "months"
    low_is_good = False
    weight = 5
    steps = (Step(60, 100), Step(36, 85), Step(24, 70), Step(12, 50), Step(6, 25))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.tenure_months
