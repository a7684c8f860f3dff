from odoo import api, fields, models


class CustomerQualityScore(models.Model):
    """What the data of one customer scored in one audit, and why."""

    _name = "customer.quality.score"
    _description = "Score of Data Quality"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _order = "score, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.quality.run",
        string="Audit",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, index=True, precompute=True
    )
    as_of_date = fields.Date(
        related="run_id.as_of_date", store=True, string="As of", precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    score = fields.Integer(readonly=True, aggregator="avg", help="100: no fault found.")
    accuracy = fields.Integer(readonly=True, aggregator="avg")
    completeness = fields.Integer(readonly=True, aggregator="avg")
    timeliness = fields.Integer(readonly=True, aggregator="avg")
    uniqueness = fields.Integer(readonly=True, aggregator="avg")
    has_former = fields.Boolean(readonly=True)
    former_score = fields.Integer(
        string="Score Before", readonly=True, aggregator="avg"
    )
    change = fields.Integer(
        string="Since the Audit Before",
        compute="_compute_change",
        store=True,
        aggregator="avg",
    )
    finding_count = fields.Integer(string="Findings", readonly=True)
    deductions = fields.Json(readonly=True)
    why = fields.Text(string="What Costs Points", compute="_compute_why")
    is_current = fields.Boolean(
        string="Latest", readonly=True, help="The last score of this customer."
    )

    _current_idx = models.Index("(partner_id, company_id) WHERE is_current")

    @api.depends("score", "former_score", "has_former")
    def _compute_change(self):
        for one in self:
            one.change = one.score - one.former_score if one.has_former else 0

    @api.depends("deductions")
    @api.depends_context("lang")
    def _compute_why(self):
        for one in self:
            one.why = "\n".join(one._sentences())

    def _sentences(self):
        """What cost how many points, the most expensive first, in the reader's language."""
        names = self._check_names()
        return [
            self.env._(
                "−%(points)s %(check)s (%(count)s)",
                points=points,
                check=names.get(code, code),
                count=count,
            )
            if count > 1
            else self.env._(
                "−%(points)s %(check)s", points=points, check=names.get(code, code)
            )
            for code, points, count in self.deductions or []
        ]

    @api.model
    def _check_names(self):
        # sudo: names of checks, archived ones as well
        checks = self.env["customer.quality.check"].sudo()
        return {
            check.code: check.name
            for check in checks.with_context(active_test=False).search([])
        }

    @api.model
    def _replace_current(self, items):
        """{customer: score before} of these; their rows are the latest no more."""
        # sudo: rows of earlier audits, written by the audits alone
        former = self.sudo().search(
            [
                ("partner_id", "in", items.partner_id.ids),
                ("company_id", "in", items.company_id.ids),
                ("is_current", "=", True),
                ("id", "not in", items.ids),
            ]
        )
        scores = {one.partner_id.id: one.score for one in former}
        former.is_current = False
        return scores

    def action_open_findings(self):
        """What is wrong with this customer."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id.action_view_ar_findings()
