from odoo import models


class CustomerClosingRequest(models.Model):
    """A closed account ends the relationship; one taken up again begins it anew."""

    _inherit = "customer.closing.request"

    def _apply_close(self, family):
        result = super()._apply_close(family)
        family._ar_withdraw_proposals()
        self._follow_lifecycle(is_end=True)
        return result

    def _apply_reopen(self):
        result = super()._apply_reopen()
        self._follow_lifecycle(is_end=False)
        return result

    def _follow_lifecycle(self, is_end):
        """Only customers who have a stage: the others are not in the lifecycle."""
        # sudo: follows from what was just approved
        customer = self.sudo().partner_id.commercial_partner_id
        if (
            not customer.customer_stage_id
            or customer.customer_stage_id.is_end == is_end
        ):
            return
        stage = (
            # sudo: the same for everybody
            self.env["customer.lifecycle.stage"]
            .sudo()
            .search([("is_end", "=", True)], limit=1)
            if is_end
            else customer.customer_stage_period_ids.sorted("valid_from")[-1:].before_id
        )
        if stage:
            customer._ar_move_stage(stage, "closing", self.reason or "")
