"""How much of the credit limit is used."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step, share


@FACTORS.register
class Utilisation(Factor):
    """Open items less unapplied cash, in per cent of the limit; no limit: no data."""

    code, label, kind = "utilisation", "Limit Used", "percent"
    weight = 8
    steps = (Step(5000, 100), Step(7500, 80), Step(9000, 60), Step(10_000, 40),
             Step(11_000, 15))  # fmt: skip

    def value(self, inputs: Inputs) -> int | None:
        if not inputs.limit_amount:
            return None
        return share(max(inputs.open_amount or 0, 0), inputs.limit_amount, 10_000)
