from odoo import models

from ..engine.matching.identify import Directory, Party
from ..engine.party_name import likeness


class ArMatchRun(models.Model):
    """Finds out who paid, where neither bank line nor bank account says so."""

    _inherit = "ar.match.run"

    def _identify(self, receipts, items):
        """The receipts with the customers they come from, as far as these are known.

        Customers are those with open items: nobody else has anything to pay.
        """
        if all(receipt.partner_id for receipt in receipts):
            return receipts
        directory = self._load_directory(items)
        identified = []
        for receipt in receipts:
            if payer := directory.identify(receipt):
                receipt = receipt._replace(
                    partner_id=payer.partner_id, payer_code=payer.code
                )
            identified.append(receipt)
        return identified

    def _load_directory(self, items):
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners.search_fetch(
            [("id", "in", list({item.partner_id for item in items}))], ["name", "vat"]
        )
        hidden = self.env["customer.sensitive.field"]._rules_of_user()
        if not {("res.partner", "name"), ("res.partner", "vat")} & hidden.keys():
            # sudo: the reader may read all these values, and asking for each takes long
            partners = partners.sudo()
        return Directory(
            [Party(one.id, one.name or "", one.vat or "") for one in partners],
            self.env["ar.payer.alias"]._load_aliases(self.company_id),
            likeness(),
        )
