from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ar_only_order(self):
        """The order this invoice is for, if every line with an amount comes from it."""
        # sudo: whoever posts an invoice need not see its order
        lines = self.sudo().invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        orders = lines.sale_line_ids.order_id
        whole = all(line.sale_line_ids for line in lines if line.price_total > 0)
        return orders if len(orders) == 1 and whole else orders.browse()

    def _ar_check_posting(self):
        result = super()._ar_check_posting()
        for move, found in self.sorted("id")._ar_judge_credit().items():
            release = found.release
            if found.verdict == "released" and release.order_id:
                # sudo: an amount of the release
                release._draw(move.sudo().amount_total_signed)
        return result
