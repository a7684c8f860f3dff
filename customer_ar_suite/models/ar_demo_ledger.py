"""Sample data: advances on accounts of their own, bills in every state, a proof."""

from datetime import timedelta

from odoo import api, fields, models

#: accounts of a company: key → code, name, Chinese name, type
ACCOUNTS = {
    "advance": ("220300", "Advances from Customers", "预收账款", "liability_current"),
    "notes": ("112100", "Bills Receivable", "应收票据", "asset_current"),
    "clearing": ("101290", "Bills in Collection", "票据托收款", "asset_current"),
    "charge": ("660310", "Discount Interest on Bills", "票据贴现利息", "expense"),
}
#: customer, amount paid in advance, how many days ago
ADVANCES = {
    "cn": (("C10005", 60000.0, 34), ("C10009", 18500.0, 12)),
    "nl": (("C20005", 7500.0, 21),),
}
#: company, number, kind, customer, amount, due in days, acceptor, steps (kind, days ago)
BILLS = (
    ("cn", "1 102332 20260915 07731", "bank_bill", "C10004", 120000.0, 9,
     "城湖银行园区支行", (("receive", 80),)),
    ("cn", "1 102332 20260722 01446", "bank_bill", "C10006", 85000.0, 64,
     "城湖银行园区支行", (("receive", 70), ("discount", 20))),
    ("cn", "2 307291 20260801 00218", "trade_bill", "C10008", 46000.0, 31,
     "", (("receive", 60), ("endorse", 41))),
    ("cn", "1 102332 20260410 09915", "bank_bill", "C10004", 52000.0, -15,
     "城湖银行园区支行", (("receive", 120), ("collect", 14))),
    ("cn", "2 307291 20260505 00377", "trade_bill", "C10010", 30000.0, -6,
     "", (("receive", 96), ("dishonour", 4))),
    ("cn", "2 307291 20261101 00944", "trade_bill", "C10012", 27000.0, 120, "", ()),
    ("nl", "CHQ 000418", "cheque", "C20007", 2400.0, 5,
     "Demobank Rotterdam", (("receive", 25),)),
    ("nl", "CHQ 000377", "cheque", "C20016", 1150.0, -8,
     "Demobank Rotterdam", (("receive", 40),)),
)  # fmt: skip
REASONS = {"dishonour": "Acceptor's account has no cover"}


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_ledger()
        return result

    @api.model
    def _load_ledger(self):
        """What the ledger knows besides receivable accounts, and that all of it adds up."""
        if self._sample("bill_note_0"):
            return
        today = fields.Date.context_today(self)
        companies = self._company("cn") | self._company("nl")
        for code in ("cn", "nl"):
            self._load_ledger_accounts(code)
            self._load_advances(code, today)
        for index, values in enumerate(BILLS):
            self._load_note(index, today, *values)
        self._keep(
            self.env["customer.ar.check"]._prove(companies, today), ["ar_check_0"]
        )

    def _load_ledger_accounts(self, code):
        """The accounts, and the settings that name them."""
        company = self._company(code)
        found = {}
        for key, (number, name, chinese, account_type) in ACCOUNTS.items():
            account = self._in_company("account.account", code).create(
                {
                    "code": number,
                    "name": name,
                    "account_type": account_type,
                    "reconcile": account_type != "expense",
                    "company_ids": [fields.Command.link(company.id)],
                }
            )
            account.with_context(lang="zh_CN").name = chinese
            found[key] = account
            self._keep(account, [f"account_{code}_{key}"])
        journal = self._in_company("account.journal", code).search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )
        company.write(
            {
                "ar_advance_account_ids": [fields.Command.link(found["advance"].id)],
                "ar_shows_payables": True,
                "ar_bill_journal_id": journal.id,
                "ar_bill_account_id": found["notes"].id,
                "ar_bill_clearing_account_id": found["clearing"].id,
                "ar_bill_charge_account_id": found["charge"].id,
            }
        )

    def _load_advances(self, code, today):
        """Money in advance, booked on the account of advances."""
        company = self._company(code)
        accounts = {
            self._sample(f"account_{code}_advance"): -1,
            self._sample(f"account_{code}_clearing"): 1,
        }
        moves = self._in_company("account.move", code).create(
            [
                {
                    "move_type": "entry",
                    "journal_id": company.ar_bill_journal_id.id,
                    "date": today - timedelta(days=ago),
                    "ref": "Advance payment",
                    "line_ids": [
                        fields.Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": self._sample(f"customer_{ref}").id,
                                "balance": sign * amount,
                            }
                        )
                        for account, sign in accounts.items()
                    ],
                }
                for ref, amount, ago in ADVANCES[code]
            ]
        )
        moves._post(soft=False)
        self._keep(moves, [f"advance_{code}_{n}" for n in range(len(moves))])

    def _load_note(
        self, index, today, code, number, kind, ref, amount, due, acceptor, steps
    ):
        customer = self._sample(f"customer_{ref}")
        bill = self._as("accountant", "ar.bill", code).create(
            {
                "number": number,
                "kind": kind,
                "partner_id": customer.id,
                "company_id": self._company(code).id,
                "currency_id": self._company(code).currency_id.id,
                "amount": amount,
                "due_date": today + timedelta(days=due),
                "acceptor": acceptor or customer.name,
                "drawer": customer.name,
            }
        )
        self._keep(bill, [f"bill_note_{index}"])
        for step, ago in steps:
            taken = bill.step_ids._take(
                bill,
                step,
                today - timedelta(days=ago),
                REASONS.get(step, ""),
                round(amount * 0.004, 2) if step == "discount" else 0.0,
                self._sample("customer_C10001") if step == "endorse" else None,
            )
            if step == "receive" and index % 2:
                # sudo: posted as an accountant would, whoever loads the sample data
                taken.sudo().move_id._post(soft=False)
