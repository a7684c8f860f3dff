from odoo import fields, models


class ArStatementExclusion(models.Model):
    """A customer who gets no statements: why, since when, by whom; runs leave him out.

    Ended by archiving, so that the history shows who was left out when.
    """

    _name = "ar.statement.exclusion"
    _inherit = ["ar.partner.rule.mixin"]
    _description = "Customer without Statements"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: he gets no statement of any company.",
    )
    reason = fields.Char(required=True)
    active = fields.Boolean(default=True)


class ResPartner(models.Model):
    """A customer's statements: how many he was given, and whether he wants any."""

    _inherit = "res.partner"

    ar_statement_exclusion_ids = fields.One2many(
        "ar.statement.exclusion",
        "partner_id",
        string="No Statements",
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )
    ar_statement_delivery_count = fields.Integer(
        string="Statements Sent",
        compute="_compute_ar_statement_delivery_count",
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )

    def _compute_ar_statement_delivery_count(self):
        counts = {}
        if self.env["ar.statement.delivery"].has_access("read"):
            counts = dict(
                self.env["ar.statement.delivery"]._read_group(
                    [("partner_id", "in", self.commercial_partner_id.ids)],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.ar_statement_delivery_count = counts.get(
                partner.commercial_partner_id, 0
            )

    def action_view_statement_deliveries(self):
        """Which statements the customer was given, by which way, and what became of them."""
        self.env["ar.statement.delivery"].check_access("read")
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_delivery_action"
        )
        return {
            **action,
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }
