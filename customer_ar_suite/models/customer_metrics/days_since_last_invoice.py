from odoo.tools import SQL

from .base import METRICS, DaysSinceInvoice


@METRICS.register
class DaysSinceLastInvoice(DaysSinceInvoice):
    """Days from the last invoice to the day asked for."""

    code, label = "days_since_last_invoice", "Days since Last Invoice"
    pick = SQL("MAX(move.invoice_date)")

    def title(self, env):
        return env._("Days since the Last Invoice")
