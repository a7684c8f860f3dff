from odoo import models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    """A customer who pays online is not confirmed past a hold; his payment is kept."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        confirmed = self.env["sale.order"]
        for transaction in self:
            try:
                with self.env.cr.savepoint():
                    confirmed |= super(
                        PaymentTransaction, transaction
                    )._check_amount_and_confirm_order()
            except UserError as error:
                # sudo: the visitor's payment, looked at by the system
                orders = transaction.sudo().sale_order_ids
                held = orders._ar_judge_credit(alone=True)
                if not any(
                    one.verdict in ("approve", "block") for one in held.values()
                ):
                    raise
                for order in orders:
                    order._message_log(
                        body=self.env._(
                            "Paid online, and held: %(reason)s", reason=str(error)
                        )
                    )
        return confirmed
