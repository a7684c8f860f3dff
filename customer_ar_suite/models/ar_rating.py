from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.rating.base import Inputs
from ..engine.rating.scorecard import PointLine, Rating, lift, rate


class ArRating(models.Model):
    """A score of one customer in one company: figures, point lines, grade; never changed.

    A new row is made when the figures have changed; while they are the same,
    ``confirmed_on`` moves on. The score can be computed again from ``inputs`` and the
    scorecard, and comes out the same.
    """

    _name = "ar.rating"
    _description = "Credit Rating"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "as_of_date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    run_id = fields.Many2one(
        "ar.rating.run", string="Rating Run", readonly=True, ondelete="set null"
    )
    scorecard_id = fields.Many2one(
        "ar.scorecard", required=True, readonly=True, ondelete="restrict", index=True
    )
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    confirmed_on = fields.Date(
        string="Still So on",
        readonly=True,
        help="The last day on which the same figures were found.",
    )
    score = fields.Float(
        digits=(16, 2), readonly=True, aggregator="avg", help="From 0 to 100."
    )
    grade_id = fields.Many2one(
        "ar.credit.grade",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    grade_color = fields.Selection(
        related="grade_id.color", string="Colour of the Grade"
    )
    previous_grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade before", readonly=True, ondelete="restrict"
    )
    movement = fields.Selection(
        [
            ("first", "First Rating"),
            ("up", "Better Grade"),
            ("down", "Worse Grade"),
            ("same", "Same Grade"),
            ("none", "Not Rated"),
        ],
        readonly=True,
    )
    data_percent = fields.Integer(
        string="Data (%)",
        readonly=True,
        aggregator="avg",
        help="How much of the scorecard's weight had data.",
    )
    inputs = fields.Json(string="Figures as Data", readonly=True)
    lines = fields.Json(string="Point Lines as Data", readonly=True)
    is_current = fields.Boolean(string="Current", readonly=True)
    is_exact = fields.Boolean(
        string="Comes Out Again",
        compute="_compute_is_exact",
        help="Computed again from the stored figures, score, grade and points are the same.",
    )
    lines_html = fields.Html(
        string="Point Lines", compute="_compute_texts", sanitize=False
    )
    lift_text = fields.Text(
        string="What Would Lift the Grade", compute="_compute_texts"
    )
    history_html = fields.Html(
        string="History", compute="_compute_history_html", sanitize=False
    )

    _current_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE is_current",
        "The customer has a rating already.",
    )
    _history_idx = models.Index("(partner_id, company_id, as_of_date)")

    # -- computing again ------------------------------------------------------------------

    def _recomputed(self):
        """The rating that the stored figures give by the scorecard; engine's decision."""
        self.ensure_one()
        # sudo: the scorecard behind a rating the reader may see
        card = self.scorecard_id.sudo()._card()
        return rate(card, Inputs(**(self.inputs or {})))

    def _stored(self):
        """The rating as it was stored; engine's decision."""
        self.ensure_one()
        is_rated = bool(self.grade_id)
        return Rating(
            round(self.score * 100) if is_rated else None,
            self.grade_id.id or None,
            tuple(PointLine(*line) for line in self.lines or []),
            self.data_percent,
        )

    @api.depends("inputs", "lines", "score", "grade_id")
    def _compute_is_exact(self):
        for one in self:
            one.is_exact = one._recomputed() == one._stored()

    def _lifts(self):
        """What would bring a better grade, the smallest changes first."""
        # sudo: as above
        return lift(self.scorecard_id.sudo()._card(), self._stored())

    def action_recompute(self):
        """Show that the stored figures still give the stored score."""
        self.check_access("read")
        self.ensure_one()
        if not self.is_exact:
            raise UserError(
                self.env._(
                    "The stored figures give another score than the one stored. The records "
                    "were changed outside Odoo; inform your administrator."
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Computed again from the stored figures: %(score)s, as stored.",
                    score=f"{self.score:.2f}",
                ),
            },
        }

    # -- where customers stand ------------------------------------------------------------

    @api.model
    def _standing(self, partner_ids, company, today):
        """{customer id: (grade id, rating id or None, override id or None)}.

        A grade somebody has set goes before the computed one while it is valid.
        """
        # sudo: the caller decides who is told; holds are the same for everybody
        ratings = self.sudo().search_fetch(
            [
                ("partner_id", "in", list(partner_ids)),
                ("company_id", "=", company.id),
                ("is_current", "=", True),
            ],
            ["partner_id", "grade_id"],
        )
        found = {one.partner_id.id: (one.grade_id.id, one.id, None) for one in ratings}
        overrides = self.env["ar.rating.override"]._in_force(
            partner_ids, company, today
        )
        for one in overrides:
            rating = found.get(one.partner_id.id, (None, None, None))[1]
            found[one.partner_id.id] = (one.grade_id.id, rating, one.id)
        return found

    # -- merges ---------------------------------------------------------------------------

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The sources' ratings become history; the target's current one counts."""
        # sudo: rows nobody may write, part of a merge that was checked
        current = self.sudo().search(
            [("partner_id", "in", list(source_ids)), ("is_current", "=", True)]
        )
        current._set(is_current=False)
        current.flush_recordset()
