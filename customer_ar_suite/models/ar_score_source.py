from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.external_score import Scale


class ArScoreSource(models.Model):
    """An agency or insurer that gives scores: its scale, how long they count, how much."""

    _name = "ar.score.source"
    _description = "Source of External Scores"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: all companies use this source."
    )
    kind = fields.Selection(
        [("number", "Numbers"), ("words", "Letters or Words")],
        string="Scores Are",
        required=True,
        default="number",
    )
    best_value = fields.Float(
        string="Best Score",
        digits=(16, 2),
        default=100,
        help="May be the smaller of the two: some agencies count downwards.",
    )
    worst_value = fields.Float(string="Worst Score", digits=(16, 2), default=0)
    word_ids = fields.One2many("ar.score.source.word", "source_id", string="Words")
    valid_months = fields.Integer(
        string="Counts for (Months)",
        default=12,
        help="Where the score itself does not say when it expires.",
    )
    weight = fields.Integer(
        string="Blend Weight",
        required=True,
        default=1,
        help="Against other sources of the same customer; 0: shown, but not counted.",
    )
    score_count = fields.Integer(compute="_compute_score_count")

    _figures = models.Constraint(
        "CHECK(valid_months BETWEEN 1 AND 120 AND weight BETWEEN 0 AND 100)",
        "Scores count for 1 to 120 months; weights are from 0 to 100.",
    )

    def _compute_score_count(self):
        counts = dict(
            self.env["ar.external.score"]._read_group(
                [("source_id", "in", self.ids), ("state", "=", "valid")],
                ["source_id"],
                ["__count"],
            )
        )
        for source in self:
            source.score_count = counts.get(source, 0)

    @api.constrains("kind", "best_value", "worst_value")
    def _check_scale(self):
        for source in self:
            scale = source._scale()
            if source.kind == "number" and scale.best == scale.worst:
                raise ValidationError(
                    self.env._("The best and the worst score are not the same.")
                )

    def _scale(self):
        """The scale as the engine reads it."""
        self.ensure_one()
        if self.kind == "words":
            return Scale(
                words=tuple((word.name, word.points) for word in self.word_ids)
            )
        return Scale(Decimal(str(self.best_value)), Decimal(str(self.worst_value)))

    def action_view_scores(self):
        """What this source has said."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_external_score_action"
            ),
            "domain": [("source_id", "in", self.ids)],
        }


class ArScoreSourceWord(models.Model):
    """A word of an agency on the common scale from 0 to 100."""

    _name = "ar.score.source.word"
    _description = "Word of a Source of Scores"
    _order = "points desc, id"

    source_id = fields.Many2one(
        "ar.score.source", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True)
    name = fields.Char(string="Word", required=True)
    points = fields.Integer(string="On the Scale from 0 to 100", required=True)

    _word_uniq = models.Constraint(
        "UNIQUE(source_id, name)", "The word is on the list already."
    )
    _points_range = models.Constraint(
        "CHECK(points BETWEEN 0 AND 100)", "The scale is from 0 to 100."
    )
