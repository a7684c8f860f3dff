from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_ar_suite.models.customer_metrics.base import Metric


class OrderCount(Metric):
    """How many orders were confirmed; quotations and cancelled orders are none."""

    code, label, kind, missing = "order_count", "Orders", "count", 0

    def title(self, env):
        return env._("Number of Orders")

    def sql(self, scope):
        orders = scope.env["sale.order"]
        names = ("state", "company_id", "date_order", "partner_invoice_id")
        return SQL(
            """
            SELECT contact.commercial_partner_id, COUNT(*)
              FROM sale_order sale
              JOIN res_partner contact ON contact.id = sale.partner_invoice_id
             WHERE sale.state = 'sale' AND sale.company_id = ANY(%s)
               AND sale.date_order::date > %s AND sale.date_order::date <= %s AND %s
             GROUP BY 1
            """,
            list(scope.company_ids),
            scope.after,
            scope.as_of,
            scope.of("contact.commercial_partner_id"),
            to_flush=[orders._fields[name] for name in names],
        )


class CustomerMetric(models.AbstractModel):
    """Orders are a figure that rules may use."""

    _inherit = "customer.metric"

    @api.model
    def _metrics(self):
        return {**super()._metrics(), OrderCount.code: OrderCount()}
