from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class Headcount(Metric):
    """How many people work for the customer, as recorded on his card."""

    code, label, kind, has_window = "headcount", "Employees", "count", False

    def title(self, env):
        return env._("Employees of the Customer")

    def sql(self, scope):
        return SQL(
            """
            SELECT contact.id, contact.ar_headcount
              FROM res_partner contact
             WHERE contact.ar_headcount > 0 AND %s
            """,
            scope.of("contact.id"),
            to_flush=[scope.env["res.partner"]._fields["ar_headcount"]],
        )
