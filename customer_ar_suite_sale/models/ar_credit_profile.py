from odoo import models


class ArCreditProfile(models.Model):
    _inherit = "ar.credit.profile"

    def action_view_orders(self):
        """Confirmed orders not yet invoiced."""
        self.check_access("read")
        return self._part_action("orders")

    def _part_records(self, component):
        if component != "orders":
            return super()._part_records(component)
        return (
            "sale.order",
            self.env._("Orders not Invoiced"),
            [
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
                ("partner_invoice_id", "child_of", self.partner_id.ids),
            ],
        )
