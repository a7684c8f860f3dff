from odoo import api, models


class CustomerAuditEntry(models.Model):
    """What people decide about scheduled work, in the reader's language."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "workflow.automatic": self.env._("Scheduled Work without Preview"),
            "workflow.pause": self.env._("Scheduled Work Paused"),
            "workflow.resume": self.env._("Scheduled Work Resumed"),
            "workflow.start": self.env._("Scheduled Work Started"),
        }
