"""What is overdue, beside what was invoiced in the window.

Beside the open items it would get better when invoices that are not due yet stay open.
"""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share

_WHOLE = 10_000


@FACTORS.register
class OverdueShare(Factor):
    """Per cent of what was invoiced; all of it, if nothing was."""

    code, label, kind = "overdue_share", "Overdue Share", "percent"
    weight = 15
    steps = (Step(0, 100), Step(100, 85), Step(300, 65), Step(800, 40), Step(2000, 15))

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.due_count:
            return None
        overdue = inputs.overdue_amount or 0
        if not inputs.invoiced_amount:
            return _WHOLE if overdue else 0
        return min(share(overdue, inputs.invoiced_amount, _WHOLE), _WHOLE)
