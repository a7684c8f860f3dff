from odoo import api, fields, models
from odoo.tools import date_utils

from ..identity import ar_identity_required

INTERVAL = 6  # months
ACCEPTED_FOR = 12


class CustomerAccessSign(models.TransientModel):
    """The signature under an access review: remark and day of the next one."""

    _name = "customer.access.sign"
    _description = "Sign Off an Access Review"

    review_id = fields.Many2one("customer.access.review", required=True, readonly=True)
    line_count = fields.Integer(related="review_id.line_count")
    remove_count = fields.Integer(related="review_id.remove_count")
    conflict_count = fields.Integer(related="review_id.conflict_count")
    act_count = fields.Integer(related="review_id.act_count")
    remark = fields.Text()
    next_due = fields.Date(
        string="Next Review Due",
        required=True,
        default=lambda self: self._in_months(INTERVAL),
        help="The administrators are reminded on that day.",
    )

    @api.model
    def _in_months(self, months):
        return date_utils.add(fields.Date.context_today(self), months=months)

    @api.model
    def _open(self, review):
        dialog = self.create({"review_id": review.id})
        return dialog._get_records_action(
            name=self.env._("Sign Off"), target="new", context={}
        )

    @ar_identity_required("access_review", "review_id.company_id")
    def action_confirm(self):
        """Sign."""
        self.ensure_one()
        self.check_access("write")
        self.review_id._sign(self.remark, self.next_due)
        return {"type": "ir.actions.act_window_close"}


class CustomerAccessAccept(models.TransientModel):
    """Why two roles may meet in one hand for a while."""

    _name = "customer.access.accept"
    _description = "Accept a Conflict of Roles"

    conflict_ids = fields.Many2many("customer.access.conflict", readonly=True)
    reason = fields.Text(
        string="Compensating Control",
        required=True,
        help="What keeps the risk small: who looks at this user's work, and how often.",
    )
    until = fields.Date(
        string="Accepted until",
        required=True,
        default=lambda self: self._in_months(ACCEPTED_FOR),
    )

    @api.model
    def _in_months(self, months):
        return date_utils.add(fields.Date.context_today(self), months=months)

    @api.model
    def _open(self, conflicts):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept a Conflict of Roles"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_conflict_ids": conflicts.ids},
        }

    def action_confirm(self):
        """Accept all conflicts shown."""
        self.ensure_one()
        self.check_access("write")
        self.conflict_ids._accept(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
