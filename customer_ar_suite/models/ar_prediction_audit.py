from odoo import api, models


class CustomerAuditEntry(models.Model):
    """The names of what happens to predictions."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "prediction.train": self.env._("Prediction Model Learned"),
        }
