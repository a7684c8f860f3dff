"""Which part of what fell due was paid on time."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class OnTimeShare(Factor):
    """Per cent of the amount, with the scorecard's days of grace."""

    code, label, kind = "on_time_share", "Paid on Time", "percent"
    low_is_good = False
    weight = 15
    steps = (Step(9500, 100), Step(9000, 85), Step(7500, 65), Step(5000, 40),
             Step(2500, 20))  # fmt: skip

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.judged_amount:
            return None
        return share(inputs.on_time_amount or 0, inputs.judged_amount, 10_000)
