from odoo import fields, models

from ..engine.money import from_minor, to_minor


class ResCompany(models.Model):
    """A company and its branches share their books, and what they risk with a customer."""

    _inherit = "res.company"

    ar_counts_suspense = fields.Boolean(
        string="Count Money on Suspense",
        help="What a customer has paid and nobody has applied yet lowers his exposure as soon "
        "as its bank line names him as the payer. Otherwise it does when it is applied.",
    )

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


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_counts_suspense = fields.Boolean(
        related="company_id.ar_counts_suspense", readonly=False
    )
