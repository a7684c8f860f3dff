"""The longest delay: of what fell due in the window, and of what is still unpaid."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class WorstDelay(Factor):
    """Days, of the single worst invoice."""

    code, label, kind = "worst_delay", "Worst Delay", "days"
    weight = 10
    steps = (Step(0, 100), Step(70, 85), Step(150, 70), Step(300, 45), Step(600, 20))

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.due_count:
            return None
        return (inputs.worst_days or 0) * 10
