"""Equity in the latest balance sheet."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class EquityShare(Factor):
    """Per cent of the total assets."""

    code, label, kind = "equity_share", "Equity Ratio", "percent"
    low_is_good = False
    weight = 5
    steps = (Step(4000, 100), Step(3000, 80), Step(2000, 60), Step(1000, 30))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.equity_share
