from odoo import models
from odoo.exceptions import UserError

#: proposals one click may decide
MAX_DECIDED = 2_000


class ArDecisionMixin(models.AbstractModel):
    """Proposals for customers that are decided once, many at a time, by one user each."""

    _name = "ar.decision.mixin"
    _description = "Proposal to Decide"

    def _check_open(self):
        """Refuse what this user may not decide, too many at once, and what is decided."""
        self.check_access("read")
        self.partner_id.check_access("write")
        if len(self) > MAX_DECIDED:
            raise UserError(
                self.env._(
                    "%(count)s are selected; decide at most %(limit)s at once.",
                    count=len(self),
                    limit=MAX_DECIDED,
                )
            )
        # sudo: nobody decides on the same row at the same time
        self.sudo().lock_for_update()
        if self.filtered(lambda row: row.state != "open"):
            raise UserError(
                self.env._("Some of these are decided already. Refresh the list.")
            )
