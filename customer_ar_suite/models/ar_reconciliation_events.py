from odoo import api, models


class CustomerAuditEntry(models.Model):
    """What people decide about settlements, reconciliations and evidence."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "settlement.apply": self.env._("Customer Items Settled"),
            "settlement.undo": self.env._("Settlement Taken Back"),
            "bank_reconciliation.export": self.env._("Bank Reconciliation Taken Out"),
            "reconciliation.sign": self.env._("Reconciliation Signed Off"),
            "reconciliation.reopen": self.env._("Signature Taken Back"),
            "evidence.make": self.env._("Evidence Pack Made"),
            "evidence.download": self.env._("Evidence Pack Taken Out"),
            "evidence.verify": self.env._("Evidence Pack Verified"),
        }
