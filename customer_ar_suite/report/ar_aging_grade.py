from odoo import fields, models
from odoo.tools import SQL

from .ar_aging_prediction import READERS


class ArAgingReport(models.Model):
    """The customer's credit grade on the date, to filter and group by."""

    _inherit = "ar.aging.report"

    grade_id = fields.Many2one(
        "ar.credit.grade",
        string="Credit Grade",
        readonly=True,
        groups=READERS,
        help="Grade the customer had on the date: computed, or set by somebody for a time.",
    )

    def _select_columns(self):
        return SQL(
            "%s, COALESCE(override.grade_id, rating.grade_id) AS grade_id",
            super()._select_columns(),
        )

    def _select_joins(self):
        """Unique on customer and company: the planner drops them where nobody asks."""
        return SQL(
            """
            %(joins)s
            LEFT JOIN (
                SELECT DISTINCT ON (partner_id, company_id)
                       partner_id, company_id, grade_id
                  FROM ar_rating WHERE as_of_date <= %(as_of)s
                 ORDER BY partner_id, company_id, as_of_date DESC, id DESC
            ) rating ON rating.partner_id = customer.id
                    AND rating.company_id = item.company_id
            LEFT JOIN (
                SELECT DISTINCT ON (partner_id, company_id)
                       partner_id, company_id, grade_id
                  FROM ar_rating_override
                 WHERE %(as_of)s BETWEEN valid_from AND valid_to
                   AND state IN ('approved', 'expired') AND decided_by_id IS NOT NULL
                 ORDER BY partner_id, company_id, id DESC
            ) override ON override.partner_id = customer.id
                      AND override.company_id = item.company_id
            """,
            joins=super()._select_joins(),
            as_of=self._as_of(),
            to_flush=[
                *self._flushed("ar.rating", "grade_id", "as_of_date"),
                *self._flushed("ar.rating.override", "grade_id", "state", "valid_to"),
            ],
        )

    def _flushed(self, model, *names):
        return [self.env[model]._fields[name] for name in names]
