from odoo import fields, models


class ResPartner(models.Model):
    """The confirmation letters of a customer, from his card."""

    _inherit = "res.partner"

    ar_confirmation_count = fields.Integer(
        string="Confirmations",
        compute="_compute_ar_confirmation_count",
        groups="customer_ar_suite.customer_ar_suite_group_ar_clerk,"
        "customer_ar_suite.customer_ar_suite_group_collector,"
        "customer_ar_suite.customer_ar_suite_group_credit_manager,"
        "customer_ar_suite.customer_ar_suite_group_auditor",
    )

    def _compute_ar_confirmation_count(self):
        counts = dict(
            self.env["ar.confirmation"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.ar_confirmation_count = counts.get(partner.commercial_partner_id, 0)
