from odoo import fields, models

from .customer_category_grant_rules import MODES


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "ar.money.mixin"]

    customer_category_grant_ids = fields.One2many(
        "customer.category.grant",
        "user_id",
        string="Category Grants",
        groups="customer_ar_suite.customer_ar_suite_group_administrator",
    )

    def _ar_money_partners(self):
        # sudo: ids, to find out what may be shown
        return {user.id: user.partner_id.id for user in self.sudo()}

    def _ar_grant_domain(self, model_name, mode, company_ids):
        """What the rules of category grants say for this user; called by ``ir.rule``."""
        self.ensure_one()
        _operations, rights = MODES[mode]
        return self.env["customer.category.grant"]._rule_domain(
            self.id, model_name, rights, company_ids
        )


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Core forgets computed rules before it writes; they must be forgotten after, too."""
        result = super().write(vals)
        if vals.keys() & {"user_ids", "implied_ids", "implied_by_ids"}:
            self.env.registry.clear_cache()
        return result
