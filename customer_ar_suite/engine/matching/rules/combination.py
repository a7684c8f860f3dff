"""Several open items of the payer make exactly the amount received.

Looked for only when nothing else of that amount was found (see ``index``). Items that add
up are a reason as far as they do not add up by chance: the more of them are open and the
rounder they are, the less it says. Who pays everything he owes needs no such proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, Found

#: coincidences to be expected, and the points that evidence has below them
_POINTS = ((0.001, 100), (0.01, 70), (0.1, 40))
_MOST_ODDS = 1_000_000


@RULES.register
class Combination:
    """Open items of one customer, credit notes among them, that add up exactly."""

    code = "combination"
    label = "Combination of open items"
    keys: tuple[str, ...] = ("combination",)

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        return None

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        if not found:
            return None
        count, known = len(items), found.open_count
        params: dict[str, str | int] = {"count": count, "open": known}
        if count == known:
            return Evidence("combination_all", 100, params)
        if found.is_oldest:
            chance = known / found.combined.spread  # as many ways to pay the oldest
            return self._judged("combination_oldest", chance, params)
        if not found.combined.is_complete:
            return Evidence("combination_partly", 10, params)
        return self._judged(self.code, found.combined.coincidences, params)

    def _judged(
        self, code: str, chance: float, params: dict[str, str | int]
    ) -> Evidence:
        points = next((points for most, points in _POINTS if chance < most), 0)
        odds = max(1, min(_MOST_ODDS, int(1 / chance)))
        return Evidence(code, points, {**params, "odds": odds})
