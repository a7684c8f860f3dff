from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class AverageTicket(Metric):
    """Net amount of an invoice, on average; credit notes are left out."""

    code, label, kind = "average_ticket", "Average Invoice", "money"

    def title(self, env):
        return env._("Average Invoice Amount")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id, ROUND(SUM(amount * rate.factor) / SUM(number))::bigint
              FROM (SELECT move.commercial_partner_id AS partner_id, move.company_id,
                           SUM(move.amount_untaxed_signed) AS amount, COUNT(*) AS number
                      FROM account_move move
                     WHERE %s AND move.invoice_date > %s
                     GROUP BY 1, 2) sales
              JOIN %s USING (company_id)
             GROUP BY 1
            """,
            scope.invoices("out_invoice", "out_receipt"),
            scope.after,
            scope.factors(),
        )
