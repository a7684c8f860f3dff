"""Payments that came back: debits the bank returned, bills and cheques not honoured."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class ReturnedPayments(Factor):
    """How many came back in the window; no data of a customer of whom nothing fell due."""

    code, label, kind = "returned_payments", "Returned Payments", "count"
    weight = 5
    steps = (Step(0, 100), Step(1, 40), Step(2, 10))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.returned_count
