from odoo import models

from ..engine.money import to_minor


class ResCompany(models.Model):
    _inherit = "res.company"

    def _ar_minor(self, amount):
        """An amount of this company's currency in minor units."""
        return to_minor(amount, self.currency_id.decimal_places)
