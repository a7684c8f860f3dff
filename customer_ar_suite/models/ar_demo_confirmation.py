"""Sample data: balances that were confirmed, disputed, superseded, and not answered."""

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

#: company → what was asked; who answers is the one with the largest balance, and so on
SELECTIONS = {
    "nl": {
        "name": "Audit of the half-year",
        "kind": "positive",
        "auditor_name": "Van der Meulen Accountants N.V.",
        "auditor_address": "Wijnhaven 88\n3011 WR Rotterdam\nMs J. Smit, +31 10 555 0777",
        "answer_in": -3,  # days from today: nobody who is silent is in time
    },
    "cn": {
        "name": "往来对账函",
        "kind": "positive",
        "auditor_name": False,
        "auditor_address": False,
        "answer_in": 10,
    },
}
SIGNERS = {
    "nl": (("Karin Vogel", "Head of Accounting"), ("Luc Martin", "Accounts Payable")),
    "cn": (("陈丽华", "财务主管"), ("吴国强", "应付会计")),
}
NOTES = {
    "nl": "Paid on the last day of the month; your bank booked it later.",
    "cn": "月末已付款，贵公司次月入账。",
}
LARGEST = 7


class ArDemo(models.AbstractModel):
    """Two selections of letters, with everything that can become of one."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_confirmations()
        return result

    @api.model
    def _load_confirmations(self):
        if self._sample("confirmation_run_nl"):
            return
        today = fields.Date.context_today(self)
        as_of = today.replace(day=1) - timedelta(days=1)
        for code, values in SELECTIONS.items():
            letters = self._issue_letters(code, dict(values), as_of, today)
            agreed, differing, changed, unsent = letters[:4]
            self._send_letter(differing)
            (letters - unsent).action_mark_sent()
            self._answer(agreed, code, 0)
            self._answer(differing, code, 1)
            self._book_late(changed, code, as_of)
            # sudo: the nightly comparison, which the suite does by itself
            changed.sudo()._supersede()
            # sudo: as above
            letters.sudo().filtered("is_overdue")._remind()

    def _issue_letters(self, code, values, as_of, today):
        days = values.pop("answer_in")
        run = self._as("accountant", "ar.confirmation.run", code).create(
            {
                **values,
                "company_id": self._company(code).id,
                "as_of_date": as_of,
                "reply_by_date": today + timedelta(days=days),
                "selection": "largest",
                "largest_count": LARGEST,
            }
        )
        run.action_preview()
        run.item_ids.is_excluded = False
        last = run.item_ids.sorted("balance_amount")[:1]
        last.write(
            {
                "is_excluded": True,
                "exclude_reason": self.env._("Too small to be asked"),
            }
        )
        run.action_issue()
        letters = run.confirmation_ids.sorted(lambda one: -one.balance_amount)
        self._keep(run, [f"confirmation_run_{code}"])
        names = [f"confirmation_{code}_{number}" for number in range(len(letters))]
        return self._keep(letters, names)

    def _send_letter(self, letter):
        """One goes by e-mail, as if the queue had been worked off: nothing leaves."""
        if not letter._receivers():  # the story was changed by hand
            return
        letter.action_send_email()
        domain = [("model", "=", letter._name), ("res_id", "=", letter.id)]
        # sudo: e-mails of sample customers, who do not exist
        self.env["mail.mail"].sudo().search(domain).write({"state": "sent"})

    def _answer(self, letter, code, number):
        """The reply of a customer: he agrees, or misses his last payment."""
        signer, title = SIGNERS[code][number]
        dialog = self._as("accountant", "ar.confirmation.answer", code)
        values = {
            "confirmation_id": letter.id,
            "answer": "differing" if number else "agreed",
            "check_code": letter.check_code,
            "signer_name": signer,
            "signer_title": title,
            "with_chop": code == "cn",
        }
        if not number:
            with file_open(
                f"customer_ar_suite/demo/files/logo_{code}.png", "rb"
            ) as file:
                values["document"] = base64.b64encode(file.read())
            values["document_name"] = f"{letter.check_code}.png"
        answer = dialog.create(values)
        if number:
            self._miss_payment(answer, code)
        answer.action_enter()

    def _miss_payment(self, answer, code):
        balance = answer.balance_ids[:1]
        missing = balance.currency_id.round(balance.our_amount / 5)
        balance.their_amount = balance.our_amount - missing
        answer.line_ids = [
            fields.Command.create(
                {
                    "currency_id": balance.currency_id.id,
                    "our_amount": missing,
                    "their_amount": 0,
                    "reason": "payment_in_transit",
                    "note": NOTES[code],
                }
            )
        ]

    def _book_late(self, letter, code, as_of):
        """An entry with a date before that of the letter, made after it."""
        accounts = self._in_company("account.account", code)
        receivable = letter.partner_id.with_company(
            self._company(code)
        ).property_account_receivable_id
        income = accounts.search([("account_type", "=", "income")], limit=1)
        journal = self._in_company("account.journal", code).search(
            [("type", "=", "general"), ("company_id", "=", self._company(code).id)],
            limit=1,
        )
        amount = 150.0
        move = self._in_company("account.move", code).create(
            {
                "journal_id": journal.id,
                "date": as_of,
                "ref": letter.partner_id.ref,
                "line_ids": [
                    fields.Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": letter.partner_id.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in ((receivable, -amount), (income, amount))
                ],
            }
        )
        move.action_post()
        self._keep(move, [f"confirmation_late_{code}"])
