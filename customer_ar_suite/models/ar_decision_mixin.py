from odoo import fields, models
from odoo.exceptions import UserError

#: proposals one click may decide
MAX_DECIDED = 2_000


class ArDecisionMixin(models.AbstractModel):
    """Proposals for customers that are decided once, many at a time, by one user each."""

    _name = "ar.decision.mixin"
    _description = "Proposal to Decide"

    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

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

    def _decide(self, state):
        # sudo: the decision of the user, whose right was checked; he writes nothing else
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _decided_notice(self):
        """Tells how many were decided, and how many of them wait for approval."""
        waiting = len(self.filtered(lambda row: row.state == "requested"))
        text = self.env._("%(count)s decided.", count=len(self))
        if waiting:
            text = self.env._(
                "%(count)s decided, %(waiting)s of them await approval.",
                count=len(self),
                waiting=waiting,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
