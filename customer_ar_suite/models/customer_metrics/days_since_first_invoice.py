from odoo.tools import SQL

from .base import METRICS, DaysSinceInvoice


@METRICS.register
class DaysSinceFirstInvoice(DaysSinceInvoice):
    """Days from the first invoice to the day asked for."""

    code, label = "days_since_first_invoice", "Days since First Invoice"
    pick = SQL("MIN(move.invoice_date)")

    def title(self, env):
        return env._("Days since the First Invoice")
