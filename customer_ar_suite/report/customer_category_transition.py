from odoo import api, fields, models
from odoo.tools import SQL


class CustomerCategoryTransition(models.Model):
    """Who was where on two dates: one row per customer and dimension.

    The dates come from the context: ``ar_compare_to`` and ``ar_as_of`` (default: today).
    """

    _name = "customer.category.transition"
    _description = "Moves between Two Dates"
    _inherit = ["ar.partner.rule.mixin"]
    _auto = False
    _order = "dimension_id, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    dimension_id = fields.Many2one("customer.dimension", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    from_category_id = fields.Many2one(
        "customer.category", string="Category Earlier", readonly=True
    )
    to_category_id = fields.Many2one(
        "customer.category", string="Category Later", readonly=True
    )
    has_moved = fields.Boolean(string="Moved", readonly=True)
    source = fields.Selection(
        lambda self: self._sources(), string="Moved by", readonly=True
    )
    rule_id = fields.Many2one("customer.category.rule", readonly=True)
    user_id = fields.Many2one("res.users", string="Moved by User", readonly=True)

    _depends = {
        "customer.category.assignment": [
            "partner_id", "dimension_id", "category_id", "valid_from", "valid_to",
            "source", "rule_id", "user_id",
        ],
        "customer.dimension": ["company_id"],
    }  # fmt: skip

    @api.model
    def _sources(self):
        return self.env["customer.category.assignment"]._fields["source"].selection

    def _days(self):
        """The two dates asked for; today where none is."""
        today = fields.Date.context_today(self)
        earlier = fields.Date.to_date(self.env.context.get("ar_compare_to"))
        later = fields.Date.to_date(self.env.context.get("ar_as_of"))
        return earlier or today, later or today

    @property
    def _table_query(self):
        earlier, later = self._days()
        return SQL(
            """
            SELECT COALESCE(later.id, -earlier.id) AS id,
                   COALESCE(later.partner_id, earlier.partner_id) AS partner_id,
                   dimension.id AS dimension_id, dimension.company_id,
                   earlier.category_id AS from_category_id,
                   later.category_id AS to_category_id,
                   earlier.category_id IS DISTINCT FROM later.category_id AS has_moved,
                   CASE WHEN earlier.category_id IS DISTINCT FROM later.category_id
                        THEN later.source END AS source,
                   CASE WHEN earlier.category_id IS DISTINCT FROM later.category_id
                        THEN later.rule_id END AS rule_id,
                   CASE WHEN earlier.category_id IS DISTINCT FROM later.category_id
                        THEN later.user_id END AS user_id
              FROM (%s) earlier
              FULL JOIN (%s) later
                ON later.partner_id = earlier.partner_id
               AND later.dimension_id = earlier.dimension_id
              JOIN customer_dimension dimension
                ON dimension.id = COALESCE(later.dimension_id, earlier.dimension_id)
            """,
            _held_on(earlier),
            _held_on(later),
        )


def _held_on(day):
    return SQL(
        """
        SELECT id, partner_id, dimension_id, category_id, source, rule_id, user_id
          FROM customer_category_assignment
         WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)
        """,
        day=day,
    )
