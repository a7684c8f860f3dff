from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine.matching.adjustments import Asked, is_within
from ..engine.money import to_minor

#: how long a request waits for its decision
WAIT_DAYS = 30


class ArAdjustmentRelease(models.Model):
    """A deduction beyond what its author may decide: granted by somebody who may.

    It covers one proposal, whose allocations and adjustments never change, so that what
    is granted is what was seen.
    """

    _name = "ar.adjustment.release"
    _inherit = ["ar.credit.grant.mixin"]
    _description = "Adjustment Approval"
    _grant_event = "adjustment"
    _order = "id desc"
    _rec_name = "partner_id"

    proposal_id = fields.Many2one(
        "ar.match.proposal",
        string="Receipt",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        readonly=True, help="Deducted in all, in the company's currency."
    )
    adjustment_ids = fields.One2many(related="proposal_id.adjustment_ids")

    # -- asking -----------------------------------------------------------------------------

    @api.model
    def _request(self, proposals, note=""):
        """Ask for the adjustments of accepted proposals; one request each."""
        until = fields.Date.context_today(self) + timedelta(days=WAIT_DAYS)
        return self._ask(
            [
                {
                    "proposal_id": proposal.id,
                    "partner_id": proposal.adjustment_ids[:1].partner_id.id,
                    "company_id": proposal.company_id.id,
                    "amount": sum(
                        abs(one.company_amount) for one in proposal.adjustment_ids
                    ),
                    "reason": self._reason(proposal, note),
                    "valid_to": until,
                }
                for proposal in proposals
            ]
        )

    def _reason(self, proposal, note):
        told = [one.note for one in proposal.adjustment_ids if one.note]
        names = proposal.adjustment_ids.type_id.mapped("name")
        return note or " · ".join(dict.fromkeys([*names, *told]))

    # -- deciding ---------------------------------------------------------------------------

    def _check_approver(self):
        """As for credit; besides, his own limits cover what is deducted."""
        result = super()._check_approver()
        # sudo: limits are compared, not shown
        for release in self.sudo():
            for type_, asked in release._asked_by_type():
                # sudo: roles are compared, not shown
                user = self.env["res.users"].sudo().browse(self.env.uid)
                if not is_within(asked, type_._limits_of(user)):
                    raise AccessError(
                        self.env._(
                            "Your own limit for “%(reason)s” does not cover this.",
                            reason=type_.name,
                        )
                    )
        return result

    def _asked_by_type(self):
        digits = self.company_id.currency_id.decimal_places
        for type_, rows in self.proposal_id.adjustment_ids.grouped("type_id").items():
            total = sum(abs(row.company_amount) for row in rows)
            opened = sum(rows.mapped("allocation_id.company_open_amount"))
            yield type_, Asked(to_minor(total, digits), to_minor(opened, digits))

    def action_approve(self):
        """The deduction is right; the receipt can be applied."""
        self.check_access("read")
        self._decide("approved")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_reject(self):
        """Ask why, then refuse."""
        self.check_access("read")
        self._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "ar.adjustment.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_release_id": self[:1].id},
        }

    def _refuse_with(self, note):
        """Refuse; the receipt waits for a better proposal."""
        self._decide("rejected", note)
        # sudo: nobody has the right to write proposals; who decides was checked
        waiting = self.proposal_id.sudo().filtered(lambda one: one.state == "accepted")
        waiting.write({"state": "rejected"})

    def action_open_proposal(self):
        """The receipt and what it pays."""
        self.check_access("read")
        self.ensure_one()
        return self.proposal_id.get_formview_action()
