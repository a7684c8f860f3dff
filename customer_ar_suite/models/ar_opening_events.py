from odoo import api, models


class CustomerAuditEntry(models.Model):
    """What happens to opening items and by other systems, in the reader's language."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "feed.read": self.env._("Change Feed Read"),
            "feed.switch": self.env._("Change Feed Switched"),
            "opening.confirm": self.env._("Opening Totals Confirmed"),
            "opening.apply": self.env._("Opening Items Booked"),
            "opening.undo": self.env._("Opening Items Undone"),
        }
