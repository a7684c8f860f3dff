"""The customer of the bank line is the customer of the item, or is not."""

from __future__ import annotations

from ...ledger import OpenItem, Receipt
from ..base import RULES, Evidence, ItemRule


@RULES.register
class Payer(ItemRule):
    """Judges what other rules propose; a payer who is not known says nothing."""

    code = "payer"
    label = "Payer is the customer"
    keys: tuple[str, ...] = ()

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        if not receipt.partner_id:
            return None
        if receipt.partner_id == item.partner_id:
            return Evidence(self.code, 100)
        return Evidence("payer_differs", -100)
