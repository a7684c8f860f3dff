from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ar_posting_blocks(self):
        """Why these entries must not be posted now: {entry: [reason, …]}.

        The one seam for whatever may stop a posting (approvals, holds, credit). Extend it
        set-based: one call serves all entries of a batch.
        """
        return {}

    def _post(self, soft=True):
        today = fields.Date.context_today(self)
        # soft: core leaves entries of the future as drafts, there is nothing to stop yet
        posting = self.filtered(lambda move: move.date <= today) if soft else self
        blocks = posting._ar_posting_blocks()
        if blocks:
            raise UserError(
                "\n".join(
                    f"{move.display_name}: {reason}"
                    for move, reasons in blocks.items()
                    for reason in reasons
                )
            )
        return super()._post(soft)
