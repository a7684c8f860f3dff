from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class Revenue(Metric):
    """Net amount of invoices less credit notes."""

    code, label, kind, missing = "revenue", "Revenue", "money", 0

    def title(self, env):
        return env._("Revenue")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id, ROUND(SUM(amount * rate.factor))::bigint
              FROM (SELECT move.commercial_partner_id AS partner_id, move.company_id,
                           SUM(move.amount_untaxed_signed) AS amount
                      FROM account_move move
                     WHERE %s AND move.invoice_date > %s
                     GROUP BY 1, 2) sales
              JOIN %s USING (company_id)
             GROUP BY 1
            """,
            scope.invoices(),
            scope.after,
            scope.factors(),
        )
