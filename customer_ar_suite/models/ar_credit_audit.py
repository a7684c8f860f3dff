from odoo import api, models


class CustomerAuditEntry(models.Model):
    """The names of what happens to credit."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "credit.limit": self.env._("Credit Limit Changed"),
            "credit.family": self.env._("Customer Family Changed"),
            "credit.cover": self.env._("Credit Cover Entered"),
            "credit.cover_end": self.env._("Credit Cover Removed"),
            "credit.hold": self.env._("Customer Put on Hold"),
            "credit.unhold": self.env._("Customer Let Go"),
            "credit.rule": self.env._("Hold Rule Changed"),
            "credit.rule_end": self.env._("Hold Rule Deleted"),
            "credit.release.request": self.env._("Credit Release Requested"),
            "credit.release.approve": self.env._("Document Released"),
            "credit.release.reject": self.env._("Credit Release Refused"),
            "credit.release.withdraw": self.env._("Credit Release Withdrawn"),
            "credit.release.expire": self.env._("Credit Release Expired"),
            "credit.release.use": self.env._("Released Document Passed"),
            "credit.temporary.request": self.env._("Temporary Limit Requested"),
            "credit.temporary.approve": self.env._("Temporary Limit Granted"),
            "credit.temporary.reject": self.env._("Temporary Limit Refused"),
            "credit.temporary.withdraw": self.env._("Temporary Limit Withdrawn"),
            "credit.simulation": self.env._("Simulation Run"),
            "credit.temporary.expire": self.env._("Temporary Limit Ended"),
        }
