from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class Usage(Metric):
    """What was counted of one kind of usage: active users, hours, sign-ins.

    Who was never counted is not known to use nothing.
    """

    code, label, kind = "usage", "Usage", "quantity"
    needs_usage_kind = True

    def title(self, env):
        return env._("Usage Counted")

    def sql(self, scope):
        usage = scope.env["customer.usage"]
        names = ("partner_id", "company_id", "kind_id", "month", "value")
        return SQL(
            """
            SELECT contact.commercial_partner_id, ROUND(SUM(used.value) * 100)::bigint
              FROM customer_usage used
              JOIN res_partner contact ON contact.id = used.partner_id
             WHERE used.kind_id = %s AND used.company_id = ANY(%s)
               AND used.month > %s AND used.month <= %s AND %s
             GROUP BY 1
            """,
            scope.usage_kind_id,
            list(scope.company_ids),
            scope.after,
            scope.as_of,
            scope.of("contact.commercial_partner_id"),
            to_flush=[usage._fields[name] for name in names],
        )
