from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class DaysSinceFirstInvoice(Metric):
    """Days from the first invoice to the day asked for."""

    code, label, kind = "days_since_first_invoice", "Days since First Invoice", "days"
    has_window = False

    def title(self, env):
        return env._("Days since the First Invoice")

    def sql(self, scope):
        return SQL(
            """
            SELECT move.commercial_partner_id, %s - MIN(move.invoice_date)
              FROM account_move move
             WHERE %s
             GROUP BY 1
            """,
            scope.as_of,
            scope.invoices("out_invoice", "out_receipt"),
        )
