"""Whether what is due soon is covered by what comes in soon, in the latest balance sheet."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class CurrentRatio(Factor):
    """Current assets per current liabilities."""

    code, label, kind = "current_ratio", "Current Ratio", "ratio"
    low_is_good = False
    weight = 3
    steps = (Step(200, 100), Step(150, 80), Step(120, 60), Step(100, 30))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.current_ratio
