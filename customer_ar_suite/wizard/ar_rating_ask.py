from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: how long another grade is asked for, unless told
USUAL_DAYS = 90


class ArRatingAsk(models.TransientModel):
    """Asks which grade shall count instead of the computed one, until when, and why."""

    _name = "ar.rating.ask"
    _description = "Ask for Another Grade"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    computed_grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade Now", compute="_compute_computed_grade_id"
    )
    grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade Set", required=True, ondelete="cascade"
    )
    valid_to = fields.Date(
        string="Valid until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(USUAL_DAYS),
    )
    reason = fields.Text(required=True)

    @api.depends("partner_id")
    def _compute_computed_grade_id(self):
        for wizard in self:
            wizard.partner_id.check_access("read")
            wizard.computed_grade_id = wizard.partner_id.ar_grade_id

    def action_ask(self):
        """Make the request; somebody else decides."""
        self.check_access("write")
        self.ensure_one()
        overrides = self.env["ar.rating.override"]
        overrides._check_asker()
        self.partner_id.check_access("read")
        if self.grade_id == self.computed_grade_id:
            raise UserError(self.env._("The customer has this grade already."))
        overrides._ask_for(
            self.partner_id, self.env.company, self.grade_id, self.valid_to, self.reason
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ArRatingDecide(models.TransientModel):
    """Asks why another grade is refused."""

    _name = "ar.rating.decide"
    _description = "Refuse Another Grade"

    override_id = fields.Many2one(
        "ar.rating.override", required=True, ondelete="cascade"
    )
    note = fields.Text(string="Comment", required=True)

    def action_reject(self):
        """The computed grade goes on counting."""
        self.check_access("write")
        self.ensure_one()
        self.override_id.check_access("read")
        self.override_id._decide("rejected", self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
