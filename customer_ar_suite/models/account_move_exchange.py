from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.exchange import is_large
from ..engine.money import to_minor


class AccountMove(models.Model):
    """Points out large foreign amounts and old rates; stops nothing."""

    _inherit = "account.move"

    ar_is_large_foreign = fields.Boolean(
        string="Large Foreign Amount",
        compute="_compute_ar_is_large_foreign",
        search="_search_ar_is_large_foreign",
        help="A customer document in a foreign currency, from the amount on that the "
        "company has set.",
    )

    @api.depends("currency_id", "amount_total_signed", "move_type", "company_id")
    def _compute_ar_is_large_foreign(self):
        for move in self:
            company = move.company_id
            digits = company.currency_id.decimal_places
            move.ar_is_large_foreign = (
                move.is_sale_document(include_receipts=True)
                and move.currency_id != company.currency_id
                and is_large(
                    to_minor(move.amount_total_signed, digits),
                    to_minor(company.ar_foreign_amount_limit, digits),
                )
            )

    @api.model
    def _search_ar_is_large_foreign(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        sales = self.get_sale_types(include_receipts=True)
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("move_type", "in", sales)
            & Domain("currency_id", "!=", company.currency_id.id)
            & (
                Domain("amount_total_signed", ">=", company.ar_foreign_amount_limit)
                | Domain("amount_total_signed", "<=", -company.ar_foreign_amount_limit)
            )
            for company in self.env.companies
            if company.ar_foreign_amount_limit > 0
        )

    @api.depends("currency_id", "amount_total_signed", "invoice_date", "move_type")
    def _compute_alerts(self):
        return super()._compute_alerts()

    def _get_alerts(self):
        alerts = super()._get_alerts()
        for number, text in enumerate(
            self._ar_exchange_warnings() if self._ar_is_watched() else ()
        ):
            alerts[f"ar_exchange_{number}"] = {"level": "warning", "message": text}
        return alerts

    def _ar_is_watched(self):
        """Drafts only: what is posted is listed instead."""
        return (
            self.state == "draft"
            and self.currency_id
            and self.currency_id != self.company_id.currency_id
            and self.is_sale_document(include_receipts=True)
        )

    def _ar_exchange_warnings(self):
        company, day = self.company_id, self.invoice_date
        day = day or fields.Date.context_today(self)
        # sudo: days of rates, which everybody may read; the currency is on the document
        known = (
            self.env["res.currency.rate"]
            .sudo()
            .search_fetch(
                [
                    ("currency_id", "=", self.currency_id.id),
                    ("company_id", "in", (False, company.root_id.id)),
                    ("name", "<=", day),
                ],
                ["name"],
                order="company_id, name desc",
                limit=1,
            )
        )
        texts = [
            company._ar_rate_warning(self.currency_id.name, known.name or None, day)
        ]
        if self.ar_is_large_foreign:
            texts.append(
                self.env._(
                    "A large foreign amount: from %(limit)s on, %(company)s asks to look "
                    "twice at customer, currency and rate.",
                    limit=company.currency_id.format(company.ar_foreign_amount_limit),
                    company=company.name,
                )
            )
        return list(filter(None, texts))
