"""Who paid is the customer of the item, or is not; as sure as the payer was identified."""

from __future__ import annotations

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, ItemRule
from ..identify import POINTS


@RULES.register
class Payer(ItemRule):
    """Judges what other rules propose; a payer who is not known says nothing."""

    code = "payer"
    label = "Payer is the customer"
    keys: tuple[str, ...] = ()

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        if not receipt.partner_id:
            return None
        points = POINTS[receipt.payer_code]
        if receipt.partner_id == item.partner_id:
            return Evidence(receipt.payer_code, points)
        return Evidence("payer_differs", -points)
