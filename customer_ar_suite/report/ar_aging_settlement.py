from odoo import models


class ArAgingReport(models.Model):
    """From the list of open items: what of them settles each other."""

    _inherit = "ar.aging.report"

    def action_settle(self):
        """Match the payments, credit notes and invoices of the customers chosen."""
        self.env["ar.settlement.run"]._check_clerk()
        self.check_access("read")
        return self.env["ar.settlement.run"]._start_for(
            self.partner_id, self.company_id or self.env.company
        )
