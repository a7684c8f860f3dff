from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ar_posting_blocks(self):
        """Why these entries must not be posted now: {entry: [reason, …]}.

        The one seam for whatever may stop a posting (approvals, holds, credit). Extend it
        set-based: one call serves all entries of a batch.
        """
        return {}

    def write(self, vals):
        """Whatever posts an entry, and by whatever route, comes through here."""
        if vals.get("state") == "posted":
            self.filtered(lambda move: move.state != "posted")._ar_check_posting()
        return super().write(vals)

    def _ar_check_posting(self):
        """Tell all reasons at once."""
        if blocks := self._ar_posting_blocks():
            raise UserError(
                "\n".join(
                    f"{move.display_name}: {reason}"
                    for move, reasons in blocks.items()
                    for reason in reasons
                )
            )
