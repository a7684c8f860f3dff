from odoo import models
from odoo.fields import Command

from ..engine.matching.adjustments import net_and_taxes
from ..engine.money import from_minor, to_minor


class ArAllocation(models.AbstractModel):
    """The journal items that take the place of the suspense line.

    Each item paid gets a line on its receivable account, each deduction one on the account
    of its reason (and on those of the taxes it reduces), the rest one on suspense or on
    the customer's account. Company-currency amounts of money follow the bank line's own
    rate, as core does it; the last line takes what rounding leaves.
    """

    _inherit = "ar.allocation"

    def _line_vals(self, one, line):
        """Pairs (values of a journal item, id of the item it settles or None)."""
        suspense = self._suspense_line(line)
        currency = suspense.currency_id
        rest = -self._minor(suspense.amount_currency, currency)
        rest_balance = -suspense.balance
        result = []
        for item_id, amount in one.parts:
            item = self.env["account.move.line"].browse(item_id)
            used = one.used(item_id, amount)
            value = self._money_value(line, currency, used, rest_balance)
            rest -= used
            if not rest:
                value = rest_balance
            rest_balance = line.company_id.currency_id.round(rest_balance - value)
            result += self._settled_vals(one, line, item, amount, value)
        if rest:
            account, partner = self._rest_account(one, line, suspense)
            result.append(
                (
                    self._counterpart_vals(
                        line,
                        account,
                        partner,
                        currency,
                        self._major(rest, currency),
                        rest_balance,
                    ),
                    None,
                )
            )
        return result

    def _money_value(self, line, currency, used, balance):
        """What so much of the receipt is worth in the company's currency."""
        return line._prepare_counterpart_amounts_using_st_line_rate(
            currency, balance, self._major(used, currency)
        )["balance"]

    def _settled_vals(self, one, line, item, amount, value):
        """The receivable line of one item, its deductions, and an exchange difference."""
        company = line.company_id.currency_id
        deductions = [d for d in one.deductions if d.item_id == item.id]
        by_money = amount - sum(d.amount for d in deductions)
        result, deducted = [], 0.0
        for deduction in deductions:
            worth = self._deduction_value(line, item, deduction, by_money, value)
            deducted += worth
            result += [
                (vals, None)
                for vals in self._deduction_vals(line, item, deduction, worth)
            ]
        balance = company.round(value + deducted)
        settled = self._major(amount, item.currency_id)
        if item.currency_id == company and balance != settled:
            # an item in the company's currency is worth what it says, whatever was paid
            gap = company.round(settled - balance)
            result.append((self._exchange_vals(line, item, gap), None))
            balance = settled
        receivable = self._counterpart_vals(
            line, item.account_id, item.partner_id, item.currency_id, settled, balance
        )
        return [(receivable, item.id), *result]

    def _deduction_value(self, line, item, deduction, by_money, value):
        """What a deduction is worth in the company's currency.

        At the rate of the bank line; for an item in another currency at the rate at which
        the money settles it, or at its own if none does.
        """
        company = line.company_id.currency_id
        if item.currency_id == company:
            return self._major(deduction.amount, company)
        if item.currency_id == self._suspense_line(line).currency_id:
            return self._money_value(line, item.currency_id, deduction.amount, 0.0)
        if by_money:
            return company.round(value * deduction.amount / by_money)
        rate = item.balance / item.amount_currency
        return company.round(self._major(deduction.amount, item.currency_id) * rate)

    def _exchange_vals(self, line, item, amount):
        """What a receipt in another currency brought more or less than it settles."""
        company = line.company_id
        account = (
            company.expense_currency_exchange_account_id
            if amount > 0
            else company.income_currency_exchange_account_id
        )
        return {
            **self._counterpart_vals(
                line, account, item.partner_id, company.currency_id, -amount, -amount
            ),
            "name": self.env._("Exchange difference"),
        }

    # -- deductions ---------------------------------------------------------------------------

    def _deduction_vals(self, line, item, deduction, value, is_return=False):
        """The lines of a deduction: its account, and the taxes it reduces.

        :param is_return: an amount below zero takes a deduction back; it is no gain
        """
        type_ = self.env["ar.adjustment.type"].browse(deduction.type_id)
        type_._check_usable(line.company_id)
        taxes = self._reduced_taxes(type_, item.move_id)
        shares = self._shares(item.move_id, taxes)
        weights = [weight for weight, _extra, _account in shares]
        amounts = net_and_taxes(deduction.amount, weights[0], weights[1:])
        digits = line.company_id.currency_id.decimal_places
        values = net_and_taxes(to_minor(value, digits), weights[0], weights[1:])
        sign = abs(deduction.amount) if is_return else deduction.amount
        name = " · ".join(part for part in (type_.name, deduction.note) if part)
        result = []
        for share, part, worth in zip(shares, amounts, values, strict=True):
            _weight, extra, account = share
            if not part and not worth:
                continue
            vals = self._counterpart_vals(
                line,
                account or type_._account(sign),
                item.partner_id,
                item.currency_id,
                -self._major(part, item.currency_id),
                -float(from_minor(worth, digits)),
            )
            result.append({**vals, "name": name, **extra})
        return result

    def _shares(self, invoice, taxes):
        """How a deduction is split: (weight, what marks the line, account of a tax).

        Net parts first, one for each set of taxes, then the taxes themselves.
        """
        if not taxes:
            return [(1, {}, None)]
        currency = invoice.currency_id
        lines = invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        nets = [
            (
                self._minor(abs(sum(group.mapped("amount_currency"))), currency),
                self._base_vals(group.tax_ids & taxes.tax_line_id),
                None,
            )
            for group in lines.grouped("tax_ids").values()
        ]
        return nets + [
            (
                self._minor(abs(tax.amount_currency), currency),
                self._tax_vals(tax),
                tax.account_id,
            )
            for tax in taxes
        ]

    def _reduced_taxes(self, type_, invoice):
        """The tax lines of the invoice that a deduction for this reason reduces."""
        none = self.env["account.move.line"]
        if not invoice.is_invoice() or type_.tax_mode == "none":
            return none
        terms = invoice.invoice_payment_term_id
        if type_.tax_mode == "terms" and not (
            terms.early_discount and terms.early_pay_discount_computation == "included"
        ):
            return none
        return invoice.line_ids.filtered("tax_repartition_line_id")

    def _base_vals(self, taxes):
        """What marks a net part for the tax report, as on a credit note.

        A tax due on payment is marked by core, in the entry that makes it due when the
        receipt is reconciled: until then it stands on its interim account.
        """
        if not taxes:
            return {}
        due = taxes.filtered(lambda tax: tax.tax_exigibility != "on_payment")
        tags = due.refund_repartition_line_ids.filtered(
            lambda part: part.repartition_type == "base"
        ).tag_ids
        return {
            "tax_ids": [Command.set(taxes.ids)],
            "tax_tag_ids": [Command.set(tags.ids)],
        }

    def _tax_vals(self, tax):
        """What marks a tax part for the tax report: the same share, of a credit note."""
        part = tax.tax_repartition_line_id
        own = part.tax_id
        place = own.invoice_repartition_line_ids.ids.index(part.id)
        refund = own.refund_repartition_line_ids[place]
        is_later = own.tax_exigibility == "on_payment"
        tags = refund.tag_ids.browse() if is_later else refund.tag_ids
        return {
            "tax_repartition_line_id": refund.id,
            "tax_tag_ids": [Command.set(tags.ids)],
        }

    # -- pieces -------------------------------------------------------------------------------

    def _counterpart_vals(self, line, account, partner, currency, amount, balance):
        return {
            "name": line.payment_ref,
            "move_id": line.move_id.id,
            "partner_id": partner.id,
            "account_id": account.id,
            "currency_id": currency.id,
            "amount_currency": -amount,
            "balance": -balance,
        }

    def _rest_account(self, one, line, suspense):
        """Where the rest goes: the customer's receivable account, or back to suspense."""
        if not one.keep_as_advance:
            return suspense.account_id, line.partner_id
        item = self.env["account.move.line"].browse(one.parts[0][0])
        partner = item.partner_id.commercial_partner_id.with_company(line.company_id)
        return (
            partner.property_account_receivable_id or item.account_id,
            item.partner_id,
        )

    def _major(self, minor_amount, currency):
        return float(from_minor(minor_amount, currency.decimal_places))
