from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerEntrySkip(models.TransientModel):
    """Why a step is left out, goes back, or why nothing comes of a customer."""

    _name = "customer.entry.skip"
    _description = "Reason for an Unusual Step"

    entry_id = fields.Many2one(
        "customer.entry", string="New Customer", required=True, readonly=True
    )
    action = fields.Selection(
        [
            ("skip", "Leave This Step Out"),
            ("back", "Back to the Step Before"),
            ("cancel", "Give the Entry Up"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(string="Why", help="Kept in the log; the auditor reads it.")

    @api.model
    def _open(self, entry, action):
        dialog = self.create({"entry_id": entry.id, "action": action})
        labels = dict(self._fields["action"]._description_selection(self.env))
        return dialog._get_records_action(name=labels[action], target="new", context={})

    def action_confirm(self):
        """Do it, with this reason."""
        self.ensure_one()
        self.check_access("write")
        reason = (self.reason or "").strip()
        if len(reason) < 5:
            raise UserError(self.env._("Say why, in a few words."))
        self.entry_id._leave_with_reason(self.action, reason)
        return {"type": "ir.actions.act_window_close"}
