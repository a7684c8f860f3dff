"""Promises to pay that were not kept; no data until promises are kept."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class BrokenPromises(Factor):
    """How many were broken in the window."""

    code, label, kind = "broken_promises", "Broken Promises", "count"
    weight = 5
    steps = (Step(0, 100), Step(1, 60), Step(2, 30))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.broken_promise_count
