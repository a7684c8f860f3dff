from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class DaysSinceLastInvoice(Metric):
    """Days from the last invoice to the day asked for."""

    code, label, kind = "days_since_last_invoice", "Days since Last Invoice", "days"
    has_window = False

    def title(self, env):
        return env._("Days since the Last Invoice")

    def sql(self, scope):
        return SQL(
            """
            SELECT move.commercial_partner_id, %s - MAX(move.invoice_date)
              FROM account_move move
             WHERE %s
             GROUP BY 1
            """,
            scope.as_of,
            scope.invoices("out_invoice", "out_receipt"),
        )
