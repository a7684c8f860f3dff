from odoo import models

NEW_BUSINESS = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ar_posting_blocks(self):
        """No new business with a closed customer; credit and money are booked as ever."""
        blocks = super()._ar_posting_blocks()
        invoices = self.filtered(lambda move: move.move_type in NEW_BUSINESS)
        for move in invoices:
            if move.commercial_partner_id.ar_is_closed:
                blocks.setdefault(move, []).append(
                    self.env._(
                        "%(customer)s is closed. Request its reopening first.",
                        customer=move.commercial_partner_id.display_name,
                    )
                )
        return blocks
