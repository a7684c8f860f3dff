from odoo import api, models


class CustomerAuditEntry(models.Model):
    """The names of what happens to usage and scores."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "usage.load": self.env._("Usage Loaded"),
            "usage.undo": self.env._("Loading of Usage Undone"),
            "trading.score": self.env._("Customers Scored"),
        }
