from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class OverdueShare(Metric):
    """Overdue part of the open invoices, in per cent, at the end of the day asked for."""

    code, label, kind = "overdue_share", "Overdue Share", "percent"
    has_window = False

    def title(self, env):
        return env._("Overdue Share of Open Invoices (%)")

    def sql(self, scope):
        items = scope.env["ar.ledger"]._open_item_sql(
            scope.as_of,
            partner_ids=scope.partner_ids,
            company_ids=list(scope.company_ids),
        )
        return SQL(
            """
            SELECT partner_id,
                   ROUND(COALESCE(SUM(amount) FILTER (WHERE due_date < %s), 0) * 10000
                         / SUM(amount))::bigint
              FROM (SELECT item.partner_id, item.due_date,
                           item.residual_company * rate.factor
                               / POWER(10::numeric, item.company_digits) AS amount
                      FROM (%s) item JOIN %s USING (company_id)
                     WHERE item.residual_company > 0 AND item.partner_id > 0) invoice
             GROUP BY 1
            """,
            scope.as_of,
            items,
            scope.factors(),
        )
