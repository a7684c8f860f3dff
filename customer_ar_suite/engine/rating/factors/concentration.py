"""How much of the company's business hangs on this customer."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class Concentration(Factor):
    """His part of what was invoiced to all customers, in per cent."""

    code, label, kind = "concentration", "Share of Our Turnover", "percent"
    weight = 2
    steps = (Step(500, 100), Step(1000, 80), Step(2000, 55), Step(3500, 25))

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.company_invoiced_amount or inputs.invoiced_amount is None:
            return None
        return share(inputs.invoiced_amount, inputs.company_invoiced_amount, 10_000)
