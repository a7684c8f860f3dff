"""Sample data: a file with several contacts per customer, and an import that was undone."""

from odoo import api, models
from odoo.tools import file_open

#: file, company
SEVERAL = ("customers_with_contacts.csv", "cn")
MISTAKE = ("customers_by_mistake.csv", "nl")
REASON = "Prospects of the fair; they are no customers yet."


class ArDemo(models.AbstractModel):
    """Rows that continue a customer, and an undo that leaves what somebody worked on."""

    _inherit = "ar.demo"

    @api.model
    def _load_more_imports(self):
        if self._sample("customer_import_several"):
            return
        several = self._imported(*SEVERAL)
        self._keep(several, ["customer_import_several"])
        mistake = self._imported(*MISTAKE)
        self._keep(mistake, ["customer_import_mistake"])
        kept = mistake.row_ids.partner_id.filtered(lambda one: one.ref == "C20302")
        # somebody has been there since: this one stays
        kept.phone = "+31 23 555 0102"
        undo = mistake.env["customer.import.undo"]._begin(mistake, REASON)
        self._keep(undo, ["customer_import_undo"])

    def _imported(self, filename, code):
        """A file, applied by the clerk who has compared its totals."""
        with file_open(f"customer_ar_suite/demo/files/{filename}", "rb") as file:
            content = file.read()
        batch = self._as("clerk", "customer.import.batch", code)._upload(
            filename, content
        )
        batch.action_check()
        batch.totals_confirmed = True
        batch.action_apply()
        return batch
