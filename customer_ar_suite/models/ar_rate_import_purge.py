from odoo import models


class ArRateImport(models.Model):
    _name = "ar.rate.import"
    _inherit = ["ar.rate.import", "customer.file.purge"]

    _purge_field = "file"

    def _purge_domain(self):
        """What was decided needs its file no more; its rates stay."""
        return [("state", "!=", "staged")]
