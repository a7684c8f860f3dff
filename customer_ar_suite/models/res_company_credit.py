from odoo import models

from ..engine.money import from_minor, to_minor


class ResCompany(models.Model):
    _inherit = "res.company"

    def _ar_minor(self, amount):
        """An amount of this company's currency in minor units."""
        return to_minor(amount, self.currency_id.decimal_places)

    def _ar_amount(self, minor):
        """Minor units of this company's currency as an amount."""
        return from_minor(minor, self.currency_id.decimal_places)
