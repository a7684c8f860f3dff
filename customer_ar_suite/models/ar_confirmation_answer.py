from odoo import models
from odoo.exceptions import UserError


class ArConfirmation(models.Model):
    """What a reply does to its letter."""

    _inherit = "ar.confirmation"

    def _enter_reply(self, values, amounts, lines, document=None):
        """Write the reply down and settle the letter; the caller checked who asks.

        The ledger is compared first: a customer who agrees to figures that are no longer
        ours has confirmed nothing. His reply is kept, but the letter is superseded.
        """
        self.ensure_one()
        self._content()  # refuses a letter that was tampered with
        # sudo: rows of this letter, written by its steps alone
        letter = self.sudo()
        letter._lock_in(values["answer"])
        letter._check_currencies(amounts)
        is_superseded = bool(letter._supersede())
        # sudo: as above
        replies = self.env["ar.confirmation.reply"].sudo()
        reply = replies._enter(letter, values, amounts, lines, document)
        letter._settle_totals(amounts, lines)
        since = letter.sent_on or letter.issued_on
        letter._set(
            replied_on=values["replied_on"],
            reply_days=(values["replied_on"] - since).days,
            difference_amount=letter._difference_in_company_currency(),
        )
        if not is_superseded:
            letter._set(state=values["answer"])
        letter.activity_unlink(["mail.mail_activity_data_todo"])
        letter._log(f"confirmation_{values['answer']}", reply=reply.reply_hash)
        return reply

    def _check_currencies(self, amounts):
        missing = self.total_ids.currency_id.filtered(lambda c: c not in amounts)
        if missing:
            raise UserError(
                self.env._(
                    "Enter their balance in %(currencies)s, too.",
                    currencies=", ".join(missing.mapped("name")),
                )
            )

    def _settle_totals(self, amounts, lines):
        """Beside our balances those of the customer, also in currencies only he has."""
        explained = {}
        for line in lines:
            key = line["currency_id"]
            explained[key] = explained.get(key, 0.0) + line["difference_amount"]
        known = {total.currency_id: total for total in self.total_ids}
        unknown = [currency for currency in amounts if currency not in known]
        self.total_ids._insert(
            [
                {
                    "confirmation_id": self.id,
                    "company_id": self.company_id.id,
                    "currency_id": currency.id,
                }
                for currency in unknown
            ]
        )
        self.invalidate_recordset(["total_ids"])
        for total in self.total_ids:
            currency = total.currency_id
            theirs = amounts[currency]
            total._set(
                is_answered=True,
                reply_amount=theirs,
                difference_amount=currency.round(theirs - total.balance_amount),
                explained_amount=currency.round(explained.get(currency.id, 0.0)),
            )

    def _difference_in_company_currency(self):
        company = self.company_id
        return sum(
            total.currency_id._convert(
                total.difference_amount, company.currency_id, company, self.as_of_date
            )
            for total in self.total_ids
        )
