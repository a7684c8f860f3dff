from odoo import Command, api, fields, models

from ..engine.rating.base import FACTORS, SCALES, Step


class ArScorecardPartMixin(models.AbstractModel):
    """A part of a scorecard: it changes only as long as the scorecard is a draft."""

    _name = "ar.scorecard.part.mixin"
    _description = "Part of a Scorecard"

    def _scorecards(self):
        return self.scorecard_id

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._scorecards()._check_draft()
        return parts

    def write(self, vals):
        self._scorecards()._check_draft()
        result = super().write(vals)
        # a part cannot be moved to another scorecard in force either
        self._scorecards()._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts(self):
        self._scorecards()._check_draft()


class ArScorecardFactor(models.Model):
    """One factor in a scorecard: how much it weighs and which values earn which points."""

    _name = "ar.scorecard.factor"
    _inherit = ["ar.scorecard.part.mixin"]
    _description = "Factor of a Scorecard"
    _order = "sequence, id"
    _rec_name = "code"

    scorecard_id = fields.Many2one(
        "ar.scorecard", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    code = fields.Selection(selection="_selection_code", string="Factor", required=True)
    weight = fields.Integer(
        required=True, default=5, help="Against the other factors; 0 switches it off."
    )
    step_ids = fields.One2many("ar.scorecard.step", "factor_id", string="Points")
    unit = fields.Char(compute="_compute_unit")
    low_is_good = fields.Boolean(compute="_compute_unit")
    steps_text = fields.Char(string="Points for Values", compute="_compute_steps_text")
    has_data = fields.Boolean(
        string="Data",
        compute="_compute_unit",
        help="Whether the suite keeps it so far.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(scorecard_id, code)", "The factor is on the scorecard already."
    )
    _weight_range = models.Constraint(
        "CHECK(weight BETWEEN 0 AND 1000)", "Weights are from 0 to 1,000."
    )

    @api.model
    def _selection_code(self):
        labels = self._labels()
        return [
            (factor.code, labels.get(factor.code, factor.label)) for factor in FACTORS
        ]

    @api.model
    def _labels(self):
        return self.env["ar.rating"]._factor_labels()

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_unit(self):
        units = self.env["ar.rating"]._unit_labels()
        empty = self.env["ar.rating.inputs"]._without_data()
        for one in self:
            factor = FACTORS.get(one.code) if one.code else None
            one.unit = factor and units[factor.kind]
            one.low_is_good = bool(factor and factor.low_is_good)
            one.has_data = one.code not in empty

    @api.depends("step_ids.bound", "step_ids.points", "code")
    @api.depends_context("lang")
    def _compute_steps_text(self):
        for one in self:
            sign = "≤" if one.low_is_good else "≥"
            one.steps_text = " · ".join(
                f"{sign} {step.bound:g}: {step.points}"
                for step in one.step_ids.sorted(lambda step: -step.points)
            )

    def _scale(self):
        return SCALES[FACTORS.get(self.code).kind]

    def _steps(self):
        return tuple(
            Step(round(step.bound * self._scale()), step.points)
            for step in self.step_ids
        )

    def _as_vals(self):
        return {
            "sequence": self.sequence,
            "code": self.code,
            "weight": self.weight,
            "step_ids": [
                Command.create({"bound": step.bound, "points": step.points})
                for step in self.step_ids
            ],
        }


class ArScorecardStep(models.Model):
    """From which value on a factor earns so many points."""

    _name = "ar.scorecard.step"
    _inherit = ["ar.scorecard.part.mixin"]
    _description = "Points of a Factor"
    _order = "points desc, id"

    factor_id = fields.Many2one(
        "ar.scorecard.factor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="factor_id.company_id", store=True)
    bound = fields.Float(
        string="Value",
        digits=(16, 2),
        required=True,
        help="The value as good as this, or better, earns the points.",
    )
    points = fields.Integer(required=True, help="From 0 to 100.")

    def _scorecards(self):
        return self.factor_id.scorecard_id


class ArScorecardBand(models.Model):
    """From which score on a customer has a grade."""

    _name = "ar.scorecard.band"
    _inherit = ["ar.scorecard.part.mixin"]
    _description = "Grade in a Scorecard"
    _order = "from_score desc, id"
    _rec_name = "grade_id"

    scorecard_id = fields.Many2one(
        "ar.scorecard", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    grade_id = fields.Many2one("ar.credit.grade", required=True, ondelete="restrict")
    meaning = fields.Char(related="grade_id.meaning")
    from_score = fields.Integer(required=True)

    _score_range = models.Constraint(
        "CHECK(from_score BETWEEN 0 AND 100)", "Scores are from 0 to 100."
    )
