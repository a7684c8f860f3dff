from odoo import api, models


class CustomerAuditEntry(models.Model):
    """The names of what happens to receipts and what is not paid of items."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "adjustment.request": self.env._("Adjustment Approval Requested"),
            "adjustment.approve": self.env._("Adjustment Approved"),
            "adjustment.reject": self.env._("Adjustment Refused"),
            "adjustment.withdraw": self.env._("Adjustment Request Withdrawn"),
            "adjustment.expire": self.env._("Adjustment Request Expired"),
            "refund.request": self.env._("Refund Requested"),
            "refund.approve": self.env._("Refund Granted"),
            "refund.reject": self.env._("Refund Refused"),
            "refund.withdraw": self.env._("Refund Withdrawn"),
            "refund.expire": self.env._("Refund Expired"),
            "refund.use": self.env._("Refund Paid"),
            "refund.reopen": self.env._("Refund Open Again"),
            "match.automatic_on": self.env._("Automatic Acceptance Switched On"),
            "match.automatic_off": self.env._("Automatic Acceptance Switched Off"),
        }
