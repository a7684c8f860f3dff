from datetime import timedelta

from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class AverageDaysLate(Metric):
    """Days from due date to payment, on average; each invoice counts once a day of payment."""

    code, label, kind = "average_days_late", "Average Days Late", "days"

    def title(self, env):
        return env._("Average Days Late")

    def sql(self, scope):
        settled = scope.env["ar.ledger"]._settled_sql(
            scope.after + timedelta(days=1),
            scope.as_of,
            {"company_ids": scope.company_ids, "partner_ids": scope.partner_ids},
        )
        return SQL(
            """
            SELECT partner_id, ROUND(AVG(paid_on - due_date))::bigint
              FROM (SELECT DISTINCT partner_id, line_id, due_date, paid_on
                      FROM (%s) settled) paid
             GROUP BY 1
            """,
            settled,
        )
