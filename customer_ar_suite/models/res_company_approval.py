from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

SWITCH = "ar_customers_need_approval"


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_customers_need_approval = fields.Boolean(
        string="Approve New Customers",
        help="A new customer is invoiced only after a second person has approved it. "
        "Customers that exist when this is switched on count as approved.",
    )

    @api.model
    @ormcache()
    def _ar_approving(self):
        """Ids of the companies that invoice approved customers only."""
        # sudo: read for every posting and every new contact, whoever acts
        return frozenset(self.sudo().search([(SWITCH, "=", True)]).ids)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get(SWITCH) for vals in vals_list):
            companies._ar_switched()
        return companies

    def write(self, vals):
        changed = SWITCH in vals and self.filtered(lambda c: c[SWITCH] != vals[SWITCH])
        result = super().write(vals)
        if changed:
            changed._ar_switched()
        return result

    def _ar_switched(self):
        """Note who switched it; from now on somebody has to be able to approve."""
        self.env["ar.identity.rule"]._demand("policy", self)
        self.env.registry.clear_cache()
        for company in self:
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                "approval.switch", company, {"on": company[SWITCH]}
            )
        if any(self.mapped(SWITCH)):
            self._ar_check_approvers()

    def _ar_check_approvers(self):
        policies = self.env["customer.change.policy"]
        if policies._approval_guards():
            return
        shipped = self.env.ref(
            "customer_ar_suite.customer_change_policy_new_customer", False
        )
        if not shipped:
            raise UserError(
                self.env._(
                    "No policy says who approves new customers. Make one for the field "
                    "“Approval” under Configuration ▸ Change Policies."
                )
            )
        # sudo: who may switch this on for the company means this policy, too
        shipped.sudo().active = True


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_customers_need_approval = fields.Boolean(
        related="company_id.ar_customers_need_approval", readonly=False
    )
