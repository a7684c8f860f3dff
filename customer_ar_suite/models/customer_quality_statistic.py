from odoo import api, fields, models

from ..engine.quality import rate


class CustomerQualityFieldStatistic(models.Model):
    """How often a field was wrong in an audit."""

    _name = "customer.quality.field.statistic"
    _description = "Error-Prone Field"
    _order = "run_id desc, rate desc"
    _rec_name = "field_id"

    run_id = fields.Many2one(
        "customer.quality.run",
        string="Audit",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    as_of_date = fields.Date(related="run_id.as_of_date", store=True, string="As of")
    field_id = fields.Many2one("ir.model.fields", readonly=True, ondelete="cascade")
    check_id = fields.Many2one(
        "customer.quality.check", readonly=True, ondelete="cascade"
    )
    dimension = fields.Selection(
        related="check_id.dimension", store=True, string="Dimension of Quality"
    )
    checked_count = fields.Integer(
        string="Customers Looked at", readonly=True, aggregator="max"
    )
    faulty_count = fields.Integer(string="Customers with a Fault", readonly=True)
    rate = fields.Float(
        string="Faulty (%)", digits=(4, 1), readonly=True, aggregator="max"
    )

    @api.model
    def _note(self, run):
        """Count what the audit has found, field by field."""
        # sudo: figures over all customers of the audit
        groups = (
            self.env["customer.quality.finding"]
            .sudo()
            ._read_group(
                [("last_run_id", "=", run.id), ("state", "!=", "closed")],
                ["field_id", "check_id"],
                ["partner_id:count_distinct"],
            )
        )
        checked = self.env["customer.quality.score"].search_count(
            [("run_id", "=", run.id), ("run_state", "=", "done")]
        )
        # sudo: as above
        self.sudo().create(
            [
                {
                    "run_id": run.id,
                    "field_id": field.id,
                    "check_id": check.id,
                    "checked_count": checked,
                    "faulty_count": count,
                    "rate": rate(count, checked),
                }
                for field, check, count in groups
            ]
        )


class CustomerQualityAuthorStatistic(models.Model):
    """Who entered values that an audit found wrong; for those who train and review.

    A share, not a league table: beside the findings stands how many customers somebody has
    entered. Clerks do not see it, neither their own nor others'.
    """

    _name = "customer.quality.author.statistic"
    _description = "Faults by Who Entered Them"
    _order = "run_id desc, finding_count desc"
    _rec_name = "user_id"

    run_id = fields.Many2one(
        "customer.quality.run",
        string="Audit",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    as_of_date = fields.Date(related="run_id.as_of_date", store=True, string="As of")
    user_id = fields.Many2one(
        "res.users", string="Entered by", readonly=True, ondelete="cascade"
    )
    field_id = fields.Many2one("ir.model.fields", readonly=True, ondelete="cascade")
    finding_count = fields.Integer(string="Findings", readonly=True)
    entered_count = fields.Integer(
        string="Customers Entered",
        readonly=True,
        aggregator="max",
        help="Of the customers looked at, how many this user has created.",
    )

    @api.model
    def _note(self, run):
        # sudo: figures over all customers of the audit
        finding = self.env["customer.quality.finding"].sudo()
        groups = finding._read_group(
            [
                ("last_run_id", "=", run.id),
                ("state", "!=", "closed"),
                ("entered_by_id", "!=", False),
            ],
            ["entered_by_id", "field_id"],
            ["__count"],
        )
        # sudo: as above
        partners, own = self.env["res.partner"].sudo(), run.sudo()
        ids = own.score_ids.partner_id.ids
        entered = dict(
            partners._read_group([("id", "in", ids)], ["create_uid"], ["__count"])
        )
        # sudo: as above
        self.sudo().create(
            [
                {
                    "run_id": run.id,
                    "user_id": user.id,
                    "field_id": field.id,
                    "finding_count": count,
                    "entered_count": entered.get(user, 0),
                }
                for user, field, count in groups
            ]
        )
