from odoo import fields, models

MONEY_GROUPS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """What a customer's card shows of the suite; no rules here."""

    _name = "res.partner"
    _inherit = ["res.partner", "customer.change.mixin"]

    customer_category_assignment_ids = fields.One2many(
        "customer.category.assignment",
        "partner_id",
        string="Category History",
        readonly=True,
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )

    def action_view_category_history(self):
        """Which categories this customer has and had."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_assignment_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {"search_default_group_dimension": 1},
        }
