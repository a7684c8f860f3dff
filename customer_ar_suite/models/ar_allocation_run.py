from odoo import fields, models
from odoo.exceptions import AccessError


class ArAllocationRun(models.Model):
    """Applies accepted proposals: at once when they are few, else in the background."""

    _name = "ar.allocation.run"
    _inherit = "ar.run.mixin"
    _description = "Allocation Run"
    _order = "id desc"

    _run_item_model = "ar.match.proposal"
    _run_item_field = "allocation_run_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    proposal_ids = fields.One2many(
        "ar.match.proposal", "allocation_run_id", string="Proposals", readonly=True
    )

    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Allocation Run %(id)s", id=run.id)

    def _check_run_access(self):
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(self.env._("Only AR accountants may apply receipts."))
        self.check_access("read")

    def _apply_items(self, items):
        refused = items._apply_accepted()
        for proposal, reason in refused.items():
            self._set_item_state(proposal, "error", reason)
