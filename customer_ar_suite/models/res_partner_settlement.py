from odoo import models


class ResPartner(models.Model):
    """Matching of a customer's own items, from his form or the list of customers."""

    _inherit = "res.partner"

    def action_ar_settle(self):
        """Find out what of these customers' payments and credit notes pays what."""
        self.env["ar.settlement.run"]._check_clerk()
        self.check_access("read")
        return self.env["ar.settlement.run"]._start_for(self, self.env.company)
