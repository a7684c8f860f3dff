from odoo import models

from ..engine.money import from_minor, to_minor


class ResCompany(models.Model):
    """A company and its branches share their books, and what they risk with a customer."""

    _inherit = "res.company"

    def _ar_with_branches(self):
        """These companies and all below them."""
        # sudo: which companies belong together; their records have rules of their own
        found = level = self.sudo()
        while level := level.child_ids - found:
            found |= level
        return found.with_env(self.env)

    def _ar_minor(self, amount):
        """An amount of this company's currency in minor units."""
        return to_minor(amount, self.currency_id.decimal_places)

    def _ar_amount(self, minor):
        """Minor units of this company's currency as an amount."""
        return from_minor(minor, self.currency_id.decimal_places)
