from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date


class Rate(NamedTuple):
    """How many units of the reporting currency one unit of ``currency_id`` is."""

    company_id: int
    currency_id: int
    factor: Decimal
    date: object  #: of the rate used; None: the same currency


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _reporting_rates(self, currency, rate_date, companies):
        """Rates that turn the books of ``companies`` into ``currency``.

        All come from the rate table of the current company, so that one report never
        mixes two opinions about a rate.

        :rtype: list[Rate]
        """
        return [
            self._reporting_rate(company, currency, rate_date) for company in companies
        ]

    def _reporting_rate(self, company, currency, rate_date):
        own = company.currency_id
        if own == currency:
            return Rate(company.id, own.id, Decimal(1), None)
        days = [
            self._last_rate_date(one, rate_date)
            for one in (own, currency)
            if one != self.env.company.currency_id
        ]
        factor = own._get_conversion_rate(own, currency, self.env.company, rate_date)
        return Rate(company.id, own.id, Decimal(repr(factor)), min(days))

    def _last_rate_date(self, currency, rate_date):
        """The day of the rate in force; core would quietly take 1 where there is none."""
        rates = self.env["res.currency.rate"].search(
            Domain("currency_id", "=", currency.id)
            & Domain("company_id", "in", [False, self.env.company.root_id.id])
            & Domain("name", "<=", rate_date),
            order="name DESC",
            limit=1,
        )
        if not rates:
            raise UserError(
                self.env._(
                    "There is no exchange rate of %(currency)s on or before %(date)s in "
                    "%(company)s. Enter one under Currencies, or choose another rate date.",
                    currency=currency.name,
                    date=format_date(self.env, fields.Date.to_date(rate_date)),
                    company=self.env.company.display_name,
                )
            )
        return rates.name
