from odoo import api, fields, models

from .res_partner import MONEY_GROUPS


class ResPartner(models.Model):
    """Grade, score and why, on the customer's card, in the current company."""

    _inherit = "res.partner"

    ar_rating_id = fields.Many2one(
        "ar.rating",
        string="Credit Rating",
        compute="_compute_ar_rating",
        groups=MONEY_GROUPS,
    )
    ar_grade_id = fields.Many2one(
        "ar.credit.grade",
        string="Credit Grade",
        compute="_compute_ar_rating",
        search="_search_ar_grade_id",
        groups=MONEY_GROUPS,
        help="The computed grade, or the one somebody has set for a time.",
    )
    ar_grade_color = fields.Selection(
        related="ar_grade_id.color",
        string="Colour of the Credit Grade",
        groups=MONEY_GROUPS,
    )
    ar_score = fields.Float(
        string="Credit Score",
        digits=(16, 2),
        compute="_compute_ar_rating",
        groups=MONEY_GROUPS,
    )
    ar_grade_override_id = fields.Many2one(
        "ar.rating.override",
        string="Grade Set by Hand",
        compute="_compute_ar_rating",
        groups=MONEY_GROUPS,
    )
    ar_grade_text = fields.Char(
        string="How the Grade Came About",
        compute="_compute_ar_rating",
        groups=MONEY_GROUPS,
    )
    ar_rating_lines_html = fields.Html(
        string="Point Lines",
        compute="_compute_ar_rating_texts",
        sanitize=False,
        groups=MONEY_GROUPS,
    )
    ar_rating_lift_text = fields.Text(
        string="What Would Lift the Grade",
        compute="_compute_ar_rating_texts",
        groups=MONEY_GROUPS,
    )
    ar_rating_history_html = fields.Html(
        string="History of the Score",
        compute="_compute_ar_rating_texts",
        sanitize=False,
        groups=MONEY_GROUPS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_ar_rating(self):
        """Where the commercial partner stands; two questions for all."""
        customers = self.commercial_partner_id._origin
        standing = self.env["ar.rating"]._standing(
            customers.ids, self.env.company, fields.Date.context_today(self)
        )
        # sudo: the rating of customers the reader may see
        ratings, overrides = (
            self.env["ar.rating"].sudo(),
            self.env["ar.rating.override"].sudo(),  # sudo: as above
        )
        for partner in self:
            grade, rating, override = standing.get(
                partner.commercial_partner_id._origin.id, (None, None, None)
            )
            rating, override = ratings.browse(rating), overrides.browse(override)
            partner.ar_grade_id = grade
            partner.ar_rating_id = rating
            partner.ar_grade_override_id = override
            partner.ar_score = rating.score if rating else 0
            partner.ar_grade_text = partner._ar_grade_words(rating, override)

    @api.depends("ar_rating_id")
    @api.depends_context("company", "lang")
    def _compute_ar_rating_texts(self):
        for partner in self:
            # sudo: the rating of a customer the reader may see
            rating = partner.ar_rating_id.sudo()
            partner.ar_rating_lines_html = rating.lines_html
            partner.ar_rating_lift_text = rating.lift_text
            partner.ar_rating_history_html = rating.history_html

    def _ar_grade_words(self, rating, override):
        if override:
            return self.env._(
                "Set until %(day)s by %(user)s: %(reason)s",
                day=fields.Date.to_string(override.valid_to),
                user=override.decided_by_id.name,
                reason=override.reason,
            )
        if not rating:
            return False
        return self.env._(
            "%(card)s; figures of %(day)s, %(percent)s %% of the weight with data.",
            card=rating.scorecard_id.display_name,
            day=fields.Date.to_string(rating.confirmed_on or rating.as_of_date),
            percent=rating.data_percent,
        )

    def _search_ar_grade_id(self, operator, value):
        """Customers who stand on these grades today in the current company."""
        if operator not in ("in", "any", "ilike"):
            return NotImplemented
        if operator == "in":
            wanted, with_none = {v for v in value if v}, False in value
        else:
            grades = self.env["ar.credit.grade"]
            found = grades.search(
                value if operator == "any" else [("name", operator, value)]
            )
            wanted, with_none = set(found.ids), False
        today, company = fields.Date.context_today(self), self.env.company
        # sudo: ids of customers; those the reader may not see stay hidden
        rated = (
            self.env["ar.rating"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("is_current", "=", True)],
                ["partner_id"],
            )
            .partner_id.ids
        )
        # sudo: as above
        overridden = (
            self.env["ar.rating.override"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "=", "approved")])
            .partner_id.ids
        )
        standing = self.env["ar.rating"]._standing(
            {*rated, *overridden}, company, today
        )
        matching = [id_ for id_, row in standing.items() if row[0] in wanted]
        domain = fields.Domain("commercial_partner_id", "in", matching)
        if with_none:
            graded = [id_ for id_, row in standing.items() if row[0]]
            domain |= fields.Domain("commercial_partner_id", "not in", graded)
        return domain

    def _ar_money_fields(self):
        return super()._ar_money_fields() | {
            "ar_rating_id",
            "ar_grade_id",
            "ar_grade_color",
            "ar_score",
            "ar_grade_override_id",
            "ar_grade_text",
            "ar_rating_lines_html",
            "ar_rating_lift_text",
            "ar_rating_history_html",
        }

    def action_view_ar_ratings(self):
        """The history of the customer's ratings."""
        self.check_access("read")
        self.env["ar.rating"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_rating_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }

    def action_ask_ar_grade(self):
        """Ask for another grade."""
        self.check_access("read")
        self.env["ar.rating.override"]._check_asker()
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_rating_ask_action"
        )
        return {
            **action,
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
