from odoo import api, fields, models
from odoo.tools import SQL

#: months the report looks back
MONTHS = 24


class ArRatingMigration(models.Model):
    """How stable the ratings are: each customer's grade at two month ends, side by side.

    One row per customer and month in which he had a computed grade at its end or at the end
    of the month before; grades set by hand are not looked at.
    """

    _name = "ar.rating.migration"
    _description = "Migration between Grades"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _auto = False
    _order = "month desc, id"
    _rec_name = "partner_id"

    month = fields.Date(string="Month End", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    from_grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade a Month before", readonly=True
    )
    to_grade_id = fields.Many2one(
        "ar.credit.grade", string="Grade at the Month's End", readonly=True
    )
    score = fields.Float(
        string="Score at the Month's End",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
    )
    score_change = fields.Float(
        string="Change of the Score", readonly=True, aggregator="avg", digits=(16, 2)
    )
    movement = fields.Selection(lambda self: self._movements(), readonly=True)

    _depends = {
        "ar.rating": [
            "partner_id", "company_id", "as_of_date", "score", "grade_id",
        ],
        "ar.credit.grade": ["sequence"],
    }  # fmt: skip

    @api.model
    def _movements(self):
        return self.env["ar.rating"]._fields["movement"].selection

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            WITH border AS (
                SELECT (date_trunc('month', %(today)s::date)
                        - make_interval(months => step) - interval '1 day')::date AS day,
                       step
                  FROM generate_series(-1, %(months)s) step),
            standing AS (
                SELECT border.step, LEAST(border.day, %(today)s::date) AS day,
                       rating.partner_id, rating.company_id, rating.grade_id, rating.score,
                       rating.id, grade.sequence
                  FROM border
                  JOIN LATERAL (
                        SELECT DISTINCT ON (partner_id, company_id)
                               id, partner_id, company_id, grade_id, score
                          FROM ar_rating WHERE as_of_date <= border.day
                         ORDER BY partner_id, company_id, as_of_date DESC, id DESC
                       ) rating ON rating.grade_id IS NOT NULL
                  JOIN ar_credit_grade grade ON grade.id = rating.grade_id)
            SELECT COALESCE(later.id, earlier.id)::bigint * 100
                       + COALESCE(later.step, earlier.step - 1) + 1 AS id,
                   COALESCE(later.day, border.day) AS month,
                   COALESCE(later.partner_id, earlier.partner_id) AS partner_id,
                   COALESCE(later.company_id, earlier.company_id) AS company_id,
                   earlier.grade_id AS from_grade_id, later.grade_id AS to_grade_id,
                   later.score, later.score - earlier.score AS score_change,
                   CASE WHEN later.id IS NULL THEN 'none'
                        WHEN earlier.id IS NULL THEN 'first'
                        WHEN (later.sequence, later.grade_id)
                             = (earlier.sequence, earlier.grade_id) THEN 'same'
                        WHEN (later.sequence, later.grade_id)
                             < (earlier.sequence, earlier.grade_id) THEN 'up'
                        ELSE 'down' END AS movement
              FROM standing later
              FULL JOIN (SELECT * FROM standing WHERE step > -1) earlier
                ON earlier.partner_id = later.partner_id
               AND earlier.company_id = later.company_id
               AND earlier.step = later.step + 1
              JOIN border ON border.step = COALESCE(later.step, earlier.step - 1)
             WHERE border.step < %(months)s
            """,
            today=today,
            months=MONTHS,
        )
