from odoo import models

from ..engine.matching.deductions import Reason
from ..engine.money import Tolerance, to_minor


class ArMatchRun(models.Model):
    """What the matcher knows besides receipts and items: discounts and reasons."""

    _inherit = "ar.match.run"

    def _with_discounts(self, items):
        """The items with what their payment terms allow to be deducted, and until when."""
        # asked by what they are, not by ten thousands of ids; of what is settled nothing
        # can be deducted
        lines = self.env["account.move.line"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("discount_date", "!=", False),
                ("discount_amount_currency", "!=", False),
            ],
            ["discount_date", "discount_amount_currency", "amount_currency"],
        )
        if not lines:
            return items
        known = {line.id: line for line in lines}
        result = []
        for item in items:
            if line := known.get(item.line_id):
                less = line.amount_currency - line.discount_amount_currency
                item = item._replace(
                    discount=max(0, to_minor(less, item.digits)),
                    discount_until=line.discount_date,
                )
            result.append(item)
        return result

    def _load_reasons(self, receipts):
        """The reasons matching may propose, in the currencies of the receipts.

        :rtype: dict[int, list[Reason]]
        """
        types = self.env["ar.adjustment.type"]._usable(self.company_id)
        types = types.filtered("is_proposed")
        if not types:
            return {}
        currencies = self.env["res.currency"].browse(
            {receipt.currency_id for receipt in receipts}
        )
        return {
            currency.id: [self._reason(type_, currency) for type_ in types]
            for currency in currencies
        }

    def _reason(self, type_, currency):
        """A reason with its tolerance in a currency, at the rate of the run's day."""
        company = self.company_id
        most = company.currency_id._convert(
            type_.tolerance_amount, currency, company, self.as_of_date
        )
        return Reason(
            type_.id,
            type_.kind,
            Tolerance(
                to_minor(most, currency.decimal_places),
                to_minor(type_.tolerance_percent, 1),
            ),
        )
