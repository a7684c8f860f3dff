from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class Tenure(Metric):
    """Full months since the customer was recorded or, if that is earlier, first invoiced."""

    code, label, kind, has_window = "tenure", "Tenure", "months", False

    def title(self, env):
        return env._("Months of Cooperation")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id,
                   (EXTRACT(YEAR FROM together) * 12 + EXTRACT(MONTH FROM together))::bigint
              FROM (SELECT contact.id AS partner_id,
                           AGE(%(as_of)s, LEAST(contact.create_date::date, first.day))
                               AS together
                      FROM res_partner contact
                      LEFT JOIN (SELECT move.commercial_partner_id AS id,
                                        MIN(move.invoice_date) AS day
                                   FROM account_move move WHERE %(invoices)s
                                  GROUP BY 1) first USING (id)
                     WHERE contact.customer_rank > 0 AND %(asked)s
                       AND LEAST(contact.create_date::date, first.day) <= %(as_of)s) known
            """,
            as_of=scope.as_of,
            invoices=scope.invoices("out_invoice", "out_receipt"),
            asked=scope.of("contact.id"),
        )
