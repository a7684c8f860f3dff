"""Text, amount and date are like those of the item, though nothing is quoted.

For lists of the same payments kept by two sides: clearing accounts, card settlements,
transfers between companies. Switched off as shipped.
"""

from __future__ import annotations

from ...ledger import Receipt
from ..base import RULES, Evidence, LikenessRule
from ..words import Likeness

#: points per bit of likeness
_PER_BIT = 2.5


@RULES.register
class SimilarText(LikenessRule):
    """Rare words in common, a near amount, a near date."""

    code = "similar_text"
    label = "Text like the reference of the item"
    keys: tuple[str, ...] = ("words",)

    def match_likeness(self, receipt: Receipt, likeness: Likeness) -> Evidence | None:
        if not likeness.words or likeness.bits <= 0:
            return None
        points = min(100, int(likeness.bits * _PER_BIT))
        return Evidence(self.code, points, {"count": likeness.words})
