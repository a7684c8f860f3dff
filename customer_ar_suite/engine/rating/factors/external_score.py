"""What agencies and insurers say, on one scale."""

from __future__ import annotations

from ..base import FACTORS, Factor, Inputs, Step


@FACTORS.register
class ExternalScore(Factor):
    """0 to 100, sources blended by their weights; expired scores do not count."""

    code, label, kind = "external_score", "External Score", "points"
    low_is_good = False
    weight = 10
    steps = tuple(Step(100 * bound, bound) for bound in range(100, 0, -5))

    def value(self, inputs: Inputs) -> int | None:
        return inputs.external_score
