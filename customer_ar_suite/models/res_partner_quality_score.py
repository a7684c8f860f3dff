from odoo import api, fields, models

SUITE_USERS = "customer_ar_suite.customer_ar_suite_group_user"
#: deductions shown above the form; the list has them all
SHOWN = 3


class ResPartner(models.Model):
    """What the last audit says of a customer, on his form and in lists."""

    _inherit = "res.partner"

    ar_quality_score_ids = fields.One2many(
        "customer.quality.score", "partner_id", groups=SUITE_USERS
    )
    ar_quality_score = fields.Integer(
        string="Data Quality",
        compute="_compute_ar_quality_score",
        search="_search_ar_quality_score",
        groups=SUITE_USERS,
        aggregator=None,
        help="Score of the last data audit in this company, 100 at most.",
    )
    ar_quality_is_known = fields.Boolean(
        string="Data Audited", compute="_compute_ar_quality_score", groups=SUITE_USERS
    )
    ar_finding_count = fields.Integer(
        string="Findings on Data Quality",
        compute="_compute_ar_finding_count",
        groups=SUITE_USERS,
    )

    @api.depends_context("company", "uid")
    def _compute_ar_quality_score(self):
        found = self._ar_current_scores()
        for partner in self:
            current = found.get(partner._origin.id)
            partner.ar_quality_score = current.score if current else 0
            partner.ar_quality_is_known = bool(current)

    def _ar_current_scores(self):
        """{customer id: his latest score in this company}, as far as the reader sees them."""
        scores = self.env["customer.quality.score"].search(
            [
                ("partner_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("is_current", "=", True),
            ]
        )
        return {one.partner_id.id: one for one in scores}

    @api.model
    def _search_ar_quality_score(self, operator, value):
        if operator not in ("in", "<", "<=", ">", ">="):
            return NotImplemented
        current = [
            ("company_id", "=", self.env.company.id),
            ("is_current", "=", True),
            ("score", operator, value),
        ]
        return [("ar_quality_score_ids", "any", current)]

    @api.depends_context("company", "uid")
    def _compute_ar_finding_count(self):
        groups = self.env["customer.quality.finding"]._read_group(
            [
                ("partner_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "closed"),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.ar_finding_count = counts.get(partner._origin.id, 0)

    @api.depends_context("uid", "company", "lang")
    def _compute_ar_quality(self):
        """The panel above the form also tells what the last audit says."""
        result = super()._compute_ar_quality()
        if not self.env.user.has_group(SUITE_USERS):
            return result
        for partner, current in (
            (self.browse(id_), one) for id_, one in self._ar_current_scores().items()
        ):
            shown = self.filtered(lambda one, p=partner: one._origin == p)
            shown.ar_quality = {
                "findings": [],
                "corrections": [],
                **(shown.ar_quality or {}),
                "score": self._ar_score_text(current),
            }
        return result

    @api.model
    def _ar_score_text(self, current):
        """The score in words: how many points, since when, what costs most."""
        head = self.env._(
            "Data quality %(score)s of 100 on %(day)s",
            score=current.score,
            day=current.as_of_date,
        )
        if current.has_former and current.change:
            head = self.env._(
                "%(head)s (%(change)s since the audit before)",
                head=head,
                change=f"{current.change:+d}",
            )
        return {
            "points": current.score,
            "text": head,
            "lines": current._sentences()[:SHOWN],
        }

    def action_view_ar_quality(self):
        """The scores of this customer over the audits."""
        self.env["customer.quality.score"].check_access("read")
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_quality_score_partner_action"
            ),
            "domain": [("partner_id", "=", self.id)],
            "context": {},
        }

    def action_view_ar_findings(self):
        """What is to be corrected on this customer."""
        self.env["customer.quality.finding"].check_access("read")
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_quality_finding_action"
            ),
            "domain": [("partner_id", "in", self.ids)],
            "context": {"search_default_live": 1},
        }
