"""How late what fell due is paid, weighted by amount; what is not paid yet counts to date."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class AverageDaysLate(Factor):
    """Days after the due date; early payments count as on time."""

    code, label, kind = "average_days_late", "Average Days Late", "days"
    weight = 20
    steps = (Step(0, 100), Step(30, 90), Step(70, 75), Step(150, 55), Step(300, 30),
             Step(600, 10))  # fmt: skip

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.due_amount:
            return None
        return share(inputs.late_amount_days or 0, inputs.due_amount, 10)
