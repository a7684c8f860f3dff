from odoo import api, models


class CustomerAuditEntry(models.Model):
    """The names of what happens to ratings."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "rating.scorecard": self.env._("Scorecard Activated"),
            "rating.scorecard_end": self.env._("Scorecard Retired"),
            "rating.override.request": self.env._("Other Grade Requested"),
            "rating.override.approve": self.env._("Other Grade Granted"),
            "rating.override.reject": self.env._("Other Grade Refused"),
            "rating.override.withdraw": self.env._("Other Grade Withdrawn"),
            "rating.override.expire": self.env._("Other Grade Ended"),
            "rating.proposal_taken": self.env._("Policy of the Grade Applied"),
            "rating.proposal_requested": self.env._("Policy of the Grade Requested"),
            "rating.proposal_refused": self.env._("Policy of the Grade Left Out"),
            "rating.scores_apply": self.env._("External Scores Taken Over"),
            "rating.scores_undo": self.env._("External Scores Taken Back"),
            "rating.external_withdraw": self.env._("External Score Taken Back"),
            "rating.report": self.env._("Credit Report Printed"),
        }
