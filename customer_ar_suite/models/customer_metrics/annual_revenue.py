from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class AnnualRevenue(Metric):
    """What the customer's own business turns over, as recorded on his card."""

    code, label = "annual_revenue", "Annual Revenue of the Customer"
    kind, has_window = "money", False

    def title(self, env):
        return env._("Annual Revenue of the Customer")

    def sql(self, scope):
        partners = scope.env["res.partner"]
        return SQL(
            """
            SELECT contact.id, ROUND(contact.ar_annual_revenue * rate.factor)::bigint
              FROM res_partner contact
              JOIN %s ON rate.currency_id = contact.ar_annual_revenue_currency_id
             WHERE contact.ar_annual_revenue > 0 AND %s
            """,
            self._factors(scope),
            scope.of("contact.id"),
            to_flush=[
                partners._fields["ar_annual_revenue"],
                partners._fields["ar_annual_revenue_currency_id"],
            ],
        )

    def _factors(self, scope):
        """Rows (currency, minor units of the currency asked for per unit of it)."""
        company = scope.env["res.company"].browse(scope.company_ids[0])
        digits = 10**scope.currency.decimal_places
        used = scope.env["res.partner"]._read_group(
            [("ar_annual_revenue", ">", 0)], ["ar_annual_revenue_currency_id"]
        )
        currencies = {currency for (currency,) in used if currency} | {scope.currency}
        rows = [
            SQL("(%s, %s::numeric * %s)", currency.id, str(rate), digits)
            for currency in sorted(currencies, key=lambda currency: currency.id)
            for rate in [
                currency._get_conversion_rate(
                    currency, scope.currency, company, scope.as_of
                )
            ]
        ]
        return SQL("(VALUES %s) AS rate(currency_id, factor)", SQL(", ").join(rows))
