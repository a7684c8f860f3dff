from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class InvoiceCount(Metric):
    """How many invoices; credit notes are none."""

    code, label, kind, missing = "invoice_count", "Invoices", "count", 0

    def title(self, env):
        return env._("Number of Invoices")

    def sql(self, scope):
        return SQL(
            """
            SELECT move.commercial_partner_id, COUNT(*)
              FROM account_move move
             WHERE %s AND move.invoice_date > %s
             GROUP BY 1
            """,
            scope.invoices("out_invoice", "out_receipt"),
            scope.after,
        )
