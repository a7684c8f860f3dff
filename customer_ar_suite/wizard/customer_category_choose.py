from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"


class CustomerCategoryChoose(models.TransientModel):
    """Put customers into a category by hand, saying why and until when it counts."""

    _name = "customer.category.choose"
    _description = "Choose a Category by Hand"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    dimension_id = fields.Many2one(
        "customer.dimension",
        required=True,
        domain="[('is_mirror', '=', False), ('mode', '!=', 'rule')]",
    )
    category_id = fields.Many2one(
        "customer.category",
        required=True,
        compute="_compute_category_id",
        store=True,
        readonly=False,
        domain="[('dimension_id', '=', dimension_id)]",
    )
    reason = fields.Char(required=True)
    valid_from = fields.Date(
        string="Holds from", required=True, default=fields.Date.context_today
    )
    expires_on = fields.Date(
        string="Counts until",
        help="Last day on which rules respect the choice; empty: for good.",
    )
    mode = fields.Selection(related="dimension_id.mode")

    @api.depends("dimension_id")
    def _compute_category_id(self):
        for wizard in self:
            if wizard.category_id.dimension_id != wizard.dimension_id:
                wizard.category_id = False

    def action_choose(self):
        """Record the choice; customers in guarded dimensions await approval."""
        self.check_access("write")
        self.ensure_one()
        if not self.env.user.has_group(_CLERK):
            raise AccessError(
                self.env._("Only customer clerks choose categories by hand.")
            )
        self._check_choice()
        partners = self.partner_ids.commercial_partner_id
        partners.check_access("write")
        self.env["customer.category.assignment"]._assign(
            dict.fromkeys(partners.ids, self.category_id.id),
            self.dimension_id,
            "manual",
            self.valid_from,
            self.reason.strip(),
            self.expires_on,
        )
        partners._ar_check_placed()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_choice(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the history shows it."))
        if self.expires_on and self.expires_on < self.valid_from:
            raise UserError(
                self.env._("The choice cannot end before the day it holds from.")
            )
