from odoo import models


class ArPartnerRuleMixin(models.AbstractModel):
    """What points to a customer is seen by those who see the customer.

    A model with a many2one to ``res.partner`` inherits this and names the path. The rules of
    category grants are made for all these models from here (``customer.category.grant.
    _ruled_models``); ``tests/test_module.py`` finds models that forgot to.
    """

    _name = "ar.partner.rule.mixin"
    _description = "Points to a Customer"

    _ar_partner_path = "partner_id"
    #: amounts of the customer: the right to see his money is needed, too
    _ar_is_money = False

    def _ar_partner_paths(self):
        """Stored many2one fields from a record to its customers; all of them count."""
        return (self._ar_partner_path,)
