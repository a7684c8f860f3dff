from odoo import api, fields, models


class ArCreditProfile(models.Model):
    """The grade that counts today, beside limit and exposure."""

    _inherit = "ar.credit.profile"

    grade_id = fields.Many2one(
        "ar.credit.grade", string="Credit Grade", compute="_compute_grade_id"
    )
    grade_color = fields.Selection(
        lambda self: self.env["ar.credit.grade"]
        ._fields["color"]
        ._description_selection(self.env),
        string="Colour of the Credit Grade",
        compute="_compute_grade_id",
    )

    @api.depends("partner_id", "company_id")
    def _compute_grade_id(self):
        """Two questions per company."""
        today = fields.Date.context_today(self)
        for company, profiles in self.grouped("company_id").items():
            standing = self.env["ar.rating"]._standing(
                profiles.partner_id._origin.ids, company, today
            )
            for profile in profiles:
                row = standing.get(profile.partner_id._origin.id)
                profile.grade_id = row[0] if row else False
                profile.grade_color = profile.grade_id.color

    def action_view_ratings(self):
        """The history of the customer's ratings."""
        self.check_access("read")
        self.env["ar.rating"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_rating_action"
            ),
            "domain": [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            "context": {},
        }
