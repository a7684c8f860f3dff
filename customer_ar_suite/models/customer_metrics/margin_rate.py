from odoo.tools import SQL

from .base import METRICS, Metric
from .margin import margin_sql


@METRICS.register
class MarginRate(Metric):
    """The margin in per cent of what was sold at a known cost."""

    code, label, kind = "margin_rate", "Margin (%)", "percent"

    def title(self, env):
        return env._("Margin (%)")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id,
                   ROUND(SUM(sales.margin * rate.factor) * 10000
                         / SUM(sales.sales * rate.factor))::bigint
              FROM (%s) sales JOIN %s USING (company_id)
             GROUP BY 1 HAVING SUM(sales.sales * rate.factor) > 0
            """,
            margin_sql(scope),
            scope.factors(),
        )
