from odoo import models


class AccountMove(models.Model):
    """Where a company says so, only approved customers are invoiced."""

    _inherit = "account.move"

    def _ar_posting_blocks(self):
        blocks = super()._ar_posting_blocks()
        approving = self.env["res.company"]._ar_approving()
        for move in self if approving else ():
            # sudo: who posts need not see the customer's card
            customer = move.sudo().commercial_partner_id
            if (
                move.company_id.id in approving
                and move.is_sale_document(include_receipts=True)
                and customer.ar_approval_state != "approved"
            ):
                blocks.setdefault(move, []).append(
                    self.env._(
                        "%(customer)s has not been approved as a customer yet. Ask for it "
                        "on the customer's card.",
                        customer=customer.display_name,
                    )
                )
        return blocks
