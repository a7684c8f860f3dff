from odoo import fields, models


class ArRatingItem(models.Model):
    """One customer in a run of ratings, and what came out for him."""

    _name = "ar.rating.item"
    _description = "Customer in a Rating Run"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "ar.rating.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
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
        index=True,
    )
    rating_id = fields.Many2one("ar.rating", readonly=True, ondelete="set null")
    score = fields.Float(related="rating_id.score")
    grade_id = fields.Many2one(related="rating_id.grade_id", string="Grade")
    previous_grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade before", readonly=True, ondelete="restrict"
    )

    _run_state_idx = models.Index("(run_id, run_state, id)")
