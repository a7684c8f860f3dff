"""The oldest items of the payer, paid until the money is used up.

A custom, not evidence: it is proposed only when somebody asks for it, and never with much
confidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ledger import OpenItem, Receipt
from ..base import RULES, CustomRule, Evidence


@RULES.register
class OldestFirst(CustomRule):
    """Speaks for nothing by itself; its candidates are used when no other is found."""

    code = "oldest_first"
    label = "Oldest first (on request)"
    keys: tuple[str, ...] = ("oldest",)

    def match_custom(
        self, receipt: Receipt, items: Sequence[OpenItem]
    ) -> Evidence | None:
        if not receipt.partner_id:
            return None
        return Evidence(self.code, 100, {"count": len(items)})
