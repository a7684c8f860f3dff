"""Open disputes; no data until disputes are kept."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class Disputes(Factor):
    """How many are open."""

    code, label, kind = "disputes", "Open Disputes", "count"
    weight = 3
    steps = (Step(0, 100), Step(1, 70), Step(3, 30))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.dispute_count
