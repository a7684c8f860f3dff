from odoo import api, models


class SaleOrderLine(models.Model):
    """A small order that is confirmed does not grow past the limit."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        orders = lines.order_id.filtered(lambda order: order.state == "sale")
        if orders:
            lines.filtered(
                lambda line: line.order_id in orders and line.price_total > 0
            ).order_id._ar_check_confirmation()
        return lines

    def write(self, vals):
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        before = {order: order.amount_total for order in orders}
        result = super().write(vals)
        grown = orders.filtered(lambda order: order.amount_total > before[order])
        if grown:
            grown._ar_check_confirmation()
        return result
