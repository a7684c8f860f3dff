from odoo import fields, models


class CustomerClosingReject(models.TransientModel):
    """Say why a closing request is rejected."""

    _name = "customer.closing.reject"
    _description = "Reject a Closing Request"

    request_ids = fields.Many2many("customer.closing.request")
    reason = fields.Char(required=True)

    def action_reject(self):
        """Reject what this user may decide."""
        self.check_access("write")
        self.env["customer.closing.request"].check_access("read")
        for request in self.request_ids:
            request._reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
