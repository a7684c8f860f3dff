from odoo import api, fields, models


class CustomerAlertClose(models.TransientModel):
    """What came of an alert, before it is settled."""

    _name = "customer.alert.close"
    _description = "Settle Alerts"

    alert_ids = fields.Many2many("customer.alert", string="Alerts", required=True)
    outcome = fields.Selection(
        [
            ("explained", "Explained by the work"),
            ("mistake", "A mistake, put right"),
            ("incident", "An incident"),
        ],
        required=True,
        default="explained",
    )
    note = fields.Text(string="What Came of It", required=True)

    @api.model
    def _open(self, alerts):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle Alerts"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_alert_ids": alerts.ids},
        }

    def action_close(self):
        """Keep it with the alerts."""
        self.check_access("write")
        # sudo: taken away; who may settle which alert is checked by the alert
        self.sudo(False).alert_ids._close(self.outcome, self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
