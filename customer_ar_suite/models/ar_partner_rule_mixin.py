from odoo import api, models
from odoo.fields import Domain


class ArPartnerRuleMixin(models.AbstractModel):
    """What points to a customer is seen by those who see the customer.

    A model with a many2one to ``res.partner`` inherits this and names the path. Rules
    that hide customers from somebody are mirrored onto all these models from one place
    (``_ar_partner_domain``); ``tests/test_module.py`` finds models that forgot to.
    """

    _name = "ar.partner.rule.mixin"
    _description = "Points to a Customer"

    _ar_partner_path = "partner_id"

    @api.model
    def _ar_partner_domain(self, partner_domain):
        """``partner_domain`` said of this model's records; no customer, no restriction."""
        path = self._ar_partner_path
        return Domain(path, "=", False) | Domain(path, "any", Domain(partner_domain))
