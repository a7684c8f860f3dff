from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Whether the books are proven, where the administrator looks."""

    _inherit = "res.config.settings"

    ar_check_state = fields.Selection(
        [
            ("never", "Never Proven"),
            ("green", "Proven"),
            ("red", "Faults Found"),
            ("failed", "Not Finished"),
        ],
        string="Books",
        compute="_compute_ar_check",
    )
    ar_check_at = fields.Datetime(string="Last Proven on", compute="_compute_ar_check")

    @api.depends("company_id")
    def _compute_ar_check(self):
        for settings in self:
            check = self.env["customer.ar.check"]._health(settings.company_id)
            settings.ar_check_state = check.state or "never"
            settings.ar_check_at = check.started_at
