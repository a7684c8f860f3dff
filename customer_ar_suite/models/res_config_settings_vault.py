from odoo import fields, models

from .customer_file_purge import DAYS
from .customer_unmask import WINDOW, WINDOW_MINUTES


class ResConfigSettings(models.TransientModel):
    """Masks, their time window, and how long files are kept."""

    _inherit = "res.config.settings"

    ar_masking = fields.Boolean(string="Mask Sensitive Fields")
    ar_unmask_minutes = fields.Integer(
        string="Minutes Unmasked", config_parameter=WINDOW, default=WINDOW_MINUTES
    )
    ar_import_file_days = fields.Integer(
        string="Days until Files are Removed", config_parameter=DAYS
    )

    def get_values(self):
        values = super().get_values()
        masking = self.env["customer.sensitive.field"]._masking_is_on()
        return values | {"ar_masking": masking}

    def set_values(self):
        result = super().set_values()
        rows = self.env["customer.sensitive.field"]
        if self.ar_masking != rows._masking_is_on():
            rows._set_masking(self.ar_masking)
        return result
