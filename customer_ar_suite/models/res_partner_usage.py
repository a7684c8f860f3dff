from odoo import fields, models

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"
MONEY_READERS = ",".join(
    f"customer_ar_suite.customer_ar_suite_group_{role}"
    for role in ("ar_clerk", "collector", "credit_manager", "auditor")
)


class ResPartner(models.Model):
    """Trading and usage on the customer's card."""

    _inherit = "res.partner"

    ar_trading_score_ids = fields.One2many(
        "customer.trading.score",
        "partner_id",
        string="Trading Scores",
        groups=MONEY_READERS,
    )
    ar_usage_score_ids = fields.One2many(
        "customer.usage.score", "partner_id", string="Usage Levels", groups=USER_GROUP
    )
    ar_usage_ids = fields.One2many(
        "customer.usage", "partner_id", string="Usage Counts", groups=USER_GROUP
    )

    def action_view_purchases(self):
        """What these customers bought, by month and product category."""
        self.check_access("read")
        report = self.env["customer.purchase.report"]
        report.check_access("read")
        today = fields.Date.context_today(self)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_purchase_report_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {
                "ar_date_from": fields.Date.to_string(
                    fields.Date.subtract(today, months=12)
                ),
                "search_default_group_category": 1,
            },
        }

    def action_view_usage(self):
        """What these customers used, month by month."""
        self.check_access("read")
        self.env["customer.usage"].check_access("read")
        customers = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_usage_action"
            ),
            "domain": [("partner_id", "in", customers.ids)],
            "context": {"default_partner_id": customers[:1].id},
        }

    def action_view_product_gap(self):
        """Products that like customers buy and this one does not."""
        self.check_access("read")
        gap = self.env["customer.product.gap"]
        gap.check_access("create")
        self.ensure_one()
        return gap._open_for(self.commercial_partner_id)
