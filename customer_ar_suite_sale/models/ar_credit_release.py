from odoo import fields, models


class ArCreditRelease(models.Model):
    """An order that was released is invoiced without asking again, up to its amount."""

    _inherit = "ar.credit.release"

    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced of It",
        readonly=True,
        help="Invoices of the released order that were posted on the strength of this "
        "release.",
    )

    def _document_fields(self):
        return [*super()._document_fields(), "order_id"]

    def _left(self):
        left = super()._left()
        return left - self.invoiced_amount if self.state == "used" else left

    def _draw(self, amount):
        """An invoice of the order has passed."""
        # sudo: whoever posts it uses the release of the order
        self.sudo()._set(invoiced_amount=self.sudo().invoiced_amount + amount)
        self._log_step("use")

    def _of_orders(self, orders):
        """{order: its release that was used, the newest}."""
        # sudo: whether an invoice may pass does not depend on who posts it
        releases = self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "=", "used")], order="id"
        )
        return {release.order_id: release for release in releases}
