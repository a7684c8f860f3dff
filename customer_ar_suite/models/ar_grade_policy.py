from odoo import api, fields, models

from ..engine.money import to_minor
from ..engine.rating.policy import Figures, LimitRule, limit_for


class ArGradePolicyMixin(models.AbstractModel):
    """The credit limit that a grade brings, by formula; in force or only tried."""

    _name = "ar.grade.policy.mixin"
    _description = "Limit of a Grade"

    company_id = fields.Many2one("res.company")
    grade_id = fields.Many2one("ar.credit.grade", required=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", related="company_id.currency_id")
    basis = fields.Selection(
        [
            ("keep", "Leave as It Is"),
            ("turnover", "Months of Turnover"),
            ("fixed", "Fixed Amount"),
            ("none", "No Credit"),
        ],
        string="Credit Limit",
        required=True,
        default="turnover",
    )
    month_count = fields.Float(
        string="Months of Turnover",
        digits=(16, 2),
        default=2,
        help="As many months of the average monthly turnover of the scorecard's window.",
    )
    fixed_amount = fields.Monetary()
    least_amount = fields.Monetary(string="At Least")
    most_amount = fields.Monetary(string="At Most", help="Zero: no upper bound.")
    round_to_amount = fields.Monetary(
        string="Rounded Down to", default=1000, help="E.g. to full thousands."
    )

    _limit_figures = models.Constraint(
        "CHECK(month_count BETWEEN 0 AND 60 AND fixed_amount >= 0 AND least_amount >= 0"
        " AND most_amount >= 0 AND round_to_amount >= 0)",
        "Months are from 0 to 60, amounts are not negative.",
    )

    @api.model
    def _tried_fields(self):
        """What a simulation takes over of a policy."""
        own = self.env["ar.grade.policy.mixin"]._fields.values()
        return [
            field.name
            for field in own
            if field.store and field.name not in (*models.MAGIC_COLUMNS, "company_id")
        ]

    def _rule(self):
        """The formula as the engine computes it: hundredths of a month become per cent."""
        minor = self.company_id._ar_minor
        return LimitRule(
            self.basis,
            months=1,
            percent=to_minor(self.month_count, 2),
            amount=minor(self.fixed_amount),
            least=minor(self.least_amount),
            most=minor(self.most_amount),
            round_to=minor(self.round_to_amount),
        )


class ArGradePolicy(models.Model):
    """What a grade brings: payment terms and a credit limit by formula, as proposals.

    Nothing follows from a grade by itself: somebody takes the proposals over, and where a
    policy guards the field, they are approved like any other change. Documents of bad
    grades are held by hold rules.
    """

    _name = "ar.grade.policy"
    _description = "Policy of a Grade"
    _inherit = ["ar.grade.policy.mixin"]
    _order = "company_id, grade_id, id"
    _rec_name = "grade_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="Empty: the terms stay as they are.",
    )
    tolerance_percent = fields.Integer(
        string="Leave if within (%)",
        default=10,
        help="No proposal while the present limit differs by no more than this.",
    )

    _grade_uniq = models.Constraint(
        "UNIQUE(company_id, grade_id)",
        "The grade has a policy in this company already.",
    )
    _figures = models.Constraint(
        "CHECK(tolerance_percent BETWEEN 0 AND 100)",
        "The tolerance is a share.",
    )

    def _limit_for(self, invoiced, months):
        """The limit in minor units of the company's currency; None: left as it is.

        :param invoiced: what was invoiced in so many months
        """
        self.ensure_one()
        if self.basis == "keep":
            return None
        return limit_for(self._rule(), Figures(invoiced, months))

    @api.model
    def _of_company(self, company):
        """{grade id: policy}"""
        # sudo: what follows from a grade does not depend on who had the customers rated
        policies = self.sudo().search([("company_id", "=", company.id)])
        return {policy.grade_id.id: policy for policy in policies}
