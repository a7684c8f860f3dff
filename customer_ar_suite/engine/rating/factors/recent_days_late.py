"""Where payment behaviour is heading: the lateness of what fell due most recently.

Comparing it with the time before would reward who was worse then; the sentence names both.
"""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class RecentDaysLate(Factor):
    """Average days late in the last months, weighted by amount."""

    code, label, kind = "recent_days_late", "Recent Days Late", "days"
    weight = 10
    steps = (Step(0, 100), Step(30, 90), Step(70, 75), Step(150, 55), Step(300, 30),
             Step(600, 10))  # fmt: skip

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.recent_due_amount:
            return None
        return share(inputs.recent_late_amount_days or 0, inputs.recent_due_amount, 10)
