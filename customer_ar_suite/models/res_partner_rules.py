from odoo import api, models


class ResPartner(models.Model):
    """Contacts keep the validation rules, whatever writes them."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env["customer.validation.rule"]._enforce_create(partners, vals_list)
        return partners

    def write(self, vals):
        rules = self.env["customer.validation.rule"]
        before = rules._values_before(self, vals)
        result = super().write(vals)
        rules._enforce_write(self, vals, before)
        return result


class ResPartnerBank(models.Model):
    """So do their bank accounts."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        banks = super().create(vals_list)
        self.env["customer.validation.rule"]._enforce_create(banks, vals_list)
        return banks

    def write(self, vals):
        rules = self.env["customer.validation.rule"]
        before = rules._values_before(self, vals)
        result = super().write(vals)
        rules._enforce_write(self, vals, before)
        return result
