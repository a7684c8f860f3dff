from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"


class CustomerDimensionSwitch(models.TransientModel):
    """Switch on the dimensions of a template, and their rules; first show what that means."""

    _name = "customer.dimension.switch"
    _description = "Switch On Dimensions"

    template_id = fields.Many2one("customer.dimension.template", required=True)
    description = fields.Text(related="template_id.description")
    dimension_ids = fields.Many2many(
        "customer.dimension",
        context={"active_test": False},
        compute="_compute_dimension_ids",
        store=True,
        readonly=False,
        domain="[('is_mirror', '=', False)]",
    )
    with_rules = fields.Boolean(
        string="Enable Their Rules",
        help="Dimensions decided by hand are decided by rules or by hand then. Customers move "
        "in the following night, or as soon as somebody applies a preview.",
    )
    summary = fields.Text(compute="_compute_summary")

    @api.depends("template_id")
    def _compute_dimension_ids(self):
        for wizard in self:
            wizard.dimension_ids = wizard.template_id.dimension_ids

    @api.depends("dimension_ids", "with_rules")
    @api.depends_context("lang")
    def _compute_summary(self):
        """What would change, dimension by dimension."""
        for wizard in self:
            lines = [wizard._change_text(one) for one in wizard.dimension_ids._origin]
            wizard.summary = "\n".join(lines)

    def _change_text(self, dimension):
        parts = []
        if not dimension.active:
            parts.append(self.env._("is switched on"))
        rules = self._rules_of(dimension)
        if rules:
            parts.append(self.env._("%(count)s rules are enabled", count=len(rules)))
            if dimension.mode == "manual":
                parts.append(
                    self.env._(
                        "is decided by rules or by hand, no longer by hand alone"
                    )
                )
        text = ", ".join(parts) or self.env._("stays as it is")
        return f"{dimension.name}: {text}"

    def _rules_of(self, dimension):
        """The rules that are off and would be enabled; never next to rules that are on."""
        rules = dimension.rule_ids
        if not self.with_rules or any(rules.mapped("active")):
            return rules.browse()
        return rules

    def action_switch_on(self):
        """Switch on the dimensions shown; nobody is classified by that alone."""
        self.check_access("write")
        self.ensure_one()
        if not self.env.user.has_group(_ADMINISTRATOR):
            raise AccessError(self.env._("Only administrators switch on dimensions."))
        if not self.dimension_ids:
            raise UserError(self.env._("Choose at least one dimension."))
        for dimension in self.dimension_ids:
            rules = self._rules_of(dimension)
            if rules and dimension.mode == "manual":
                dimension.mode = "both"
            rules.active = True
        # last: it reloads the registry
        self.dimension_ids.filtered(lambda one: not one.active).action_unarchive()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_dimension_action"
        )
