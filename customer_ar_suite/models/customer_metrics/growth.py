from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class Growth(Metric):
    """Revenue against the window before of the same length, in per cent more or less."""

    code, label, kind = "growth", "Growth", "percent"

    def title(self, env):
        return env._("Growth against the Months Before (%)")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id,
                   ROUND(SUM((present - past) * rate.factor) * 10000
                         / SUM(past * rate.factor))::bigint
              FROM (SELECT move.commercial_partner_id AS partner_id, move.company_id,
                           COALESCE(SUM(move.amount_untaxed_signed)
                               FILTER (WHERE move.invoice_date > %(after)s), 0) AS present,
                           COALESCE(SUM(move.amount_untaxed_signed)
                               FILTER (WHERE move.invoice_date <= %(after)s), 0) AS past
                      FROM account_move move
                     WHERE %(invoices)s AND move.invoice_date > %(before)s
                     GROUP BY 1, 2) sales
              JOIN %(factors)s USING (company_id)
             GROUP BY 1 HAVING SUM(past * rate.factor) > 0
            """,
            after=scope.after,
            before=scope.before,
            invoices=scope.invoices(),
            factors=scope.factors(),
        )
