from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.exchange import rate_state


class ArRateWarningMixin(models.AbstractModel):
    """A screen that shows or sends foreign amounts says which rates are old or missing."""

    _name = "ar.rate.warning.mixin"
    _description = "Warns about Exchange Rates"

    rate_warning_text = fields.Text(
        string="About Exchange Rates", compute="_compute_rate_warning_text"
    )

    @api.model
    def _rate_warning_day(self):
        """The name of the field with the day that counts."""
        return "as_of_date"

    def _rate_warning_companies(self):
        return self.company_ids if "company_ids" in self._fields else self.company_id

    @api.depends(lambda self: [self._rate_warning_day()])
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_rate_warning_text(self):
        for one in self:
            day = one[self._rate_warning_day()]
            companies = one._rate_warning_companies()._origin & self.env.companies
            one.rate_warning_text = (
                "\n".join(companies._ar_rate_warnings(day)) if day else False
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_rate_max_age_days = fields.Integer(
        string="Exchange Rates Are Stale after Days",
        help="Rates older than this are pointed out on revaluation, aging, statements and "
        "invoices. 0: never.",
    )
    ar_foreign_amount_limit = fields.Monetary(
        string="Large Foreign Amount from",
        help="Invoices in a foreign currency from this amount on, in the company's currency, "
        "are pointed out and listed. 0: none.",
    )

    _ar_rate_age = models.Constraint(
        "CHECK (ar_rate_max_age_days IS NULL OR ar_rate_max_age_days >= 0)",
        "The age from which exchange rates are stale cannot be negative.",
    )

    def _ar_rate_warnings(self, as_of):
        """Sentences about old and missing rates of currencies with something open then.

        Asked with the rights of the reader: who sees no journal items sees no warning.
        """
        ledger = self.env["ar.ledger"]
        if not self or not self.env["account.move.line"].has_access("read"):
            return []
        used = ledger._rates_in_use(as_of, company_ids=self.ids)
        currencies = self.env["res.currency"].browse({row.currency_id for row in used})
        names = {currency.id: currency.name for currency in currencies}
        by_id = {company.id: company for company in self}
        return [
            text
            for row in used
            if (
                text := by_id[row.company_id]._ar_rate_warning(
                    names[row.currency_id], row.day, as_of
                )
            )
        ]

    def _ar_rate_warning(self, currency, rate_day, as_of):
        """What is wrong with the rate of a currency; empty if nothing."""
        state = rate_state(rate_day, as_of, self.ar_rate_max_age_days)
        if state == "missing":
            return self.env._(
                "%(company)s: there is no exchange rate of %(currency)s on or before "
                "%(day)s. Enter or import one.",
                company=self.name,
                currency=currency,
                day=format_date(self.env, as_of),
            )
        if state == "stale":
            return self.env._(
                "%(company)s: the exchange rate of %(currency)s is of %(rate_day)s, "
                "%(age)s days before %(day)s.",
                company=self.name,
                currency=currency,
                rate_day=format_date(self.env, rate_day),
                age=(as_of - rate_day).days,
                day=format_date(self.env, as_of),
            )
        return ""
