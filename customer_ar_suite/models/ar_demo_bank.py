"""Sample data, part four: bank files that pay what is open, and their proposals."""

from datetime import timedelta

from odoo import fields, models

from ..demo import bank_files, payments, tables
from ..engine.money import to_minor
from .ar_demo import COMPANIES

#: customers of these habits pay nothing these days
NOT_PAYING = {"silent", "disputing", "lost"}


class ArDemo(models.AbstractModel):
    """Two bank files per company: one in the books and matched, one waiting."""

    _inherit = "ar.demo"

    def _load_bank_files(self):
        self._pay_by_third_party()
        dues = self._dues_to_pay()
        for code, values in COMPANIES.items():
            own = [
                due
                for due in dues
                if (due.company, due.currency) == (code, values["currency"])
            ]
            refs = sorted({due.customer for due in own})
            first, second = (
                [due for due in own if due.customer in payers]
                for payers in (refs[::3] + refs[1::3], refs[2::3])
            )
            confirmed = self._stage(code, first, 3)
            self._confirm(confirmed)
            self._decide(confirmed)
            staged = self._stage(code, second, 0)
            self._keep(confirmed + staged, [f"bank_import_{code}_{n}" for n in (0, 1)])

    def _pay_by_third_party(self):
        """A guarantor pays part of what a customer disputes: an alias is learned."""
        habits = {row.ref: row.habit for row in tables.customers()}
        due = min(
            (
                due
                for due in self._dues()
                if habits[due.customer] == "disputing" and due.company == "nl"
            ),
            key=lambda due: (due.currency != COMPANIES["nl"]["currency"], due.due),
        )
        line = self._in_company("account.bank.statement.line", "nl").create(
            {
                "journal_id": self._own_journal("nl").id,
                "date": fields.Date.context_today(self) - timedelta(days=12),
                "payment_ref": f"guarantee, in part of {due.number}",
                "partner_name": "Waarborgfonds Handel",
                "account_number": "NL02ABNA0123456789",
                "amount": 250,
            }
        )
        self._keep(line, ["receipt_third_party"])
        matches = self._as("accountant", "ar.match.run", "nl")
        runs = matches._match_lines(
            line.with_env(matches.env), fields.Date.context_today(self)
        )
        runs.proposal_ids.action_accept()
        runs.proposal_ids.action_apply()

    def _dues_to_pay(self):
        habits = {row.ref: row.habit for row in tables.customers()}
        return [due for due in self._dues() if habits[due.customer] not in NOT_PAYING]

    def _bank_file(self, code, dues, age):
        """Name and bytes of a file that ends ``age`` days ago and pays ``dues``."""
        day = fields.Date.context_today(self) - timedelta(days=age)
        journal = self._own_journal(code)
        account = journal.bank_account_id.acc_number
        currency = self._company(code).currency_id.name
        lines = payments.payments(dues, self._payers(), day)
        opening = self._balance(journal, min(line.date for line in lines))
        if code == "cn":
            content = bank_files.chinese_csv(lines, account, currency, opening)
            return f"账户明细-{day:%Y%m%d}.csv", content
        number = f"{day:%Y%m%d}-1"
        content = bank_files.camt053(lines, account, currency, opening, day, number)
        return f"camt053-{day:%Y%m%d}.xml", content

    def _stage(self, code, dues, age):
        name, content = self._bank_file(code, dues, age)
        profiles = self._as("accountant", "ar.bank.csv.profile", code).search([])
        no_journal = self.env["account.journal"]
        return self._as("accountant", "ar.bank.import", code)._stage(
            name, content, profiles, no_journal
        )

    def _own_journal(self, code):
        currency = self._company(code).currency_id.name.lower()
        return self._sample(f"journal_{code}_{currency}")

    def _payers(self):
        return {
            row.ref: payments.Payer(
                row.ref, row.name, row.bank_account, row.lang == "zh_CN"
            )
            for row in tables.customers()
        }

    def _balance(self, journal, day):
        """What the bank account held at the end of a day, in minor units."""
        [[amount]] = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", journal.default_account_id.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            aggregates=["amount_currency:sum"],
        )
        currency = journal.currency_id or journal.company_id.currency_id
        return to_minor(amount or 0.0, currency.decimal_places)

    def _confirm(self, record):
        """Post a file; one that does not prove its completeness needs the bank's totals."""
        for statement in record.statement_ids.filtered(lambda one: one.state == "held"):
            statement.write(
                {
                    "confirmation": "total",
                    "confirmed_count": statement.booked_count,
                    "confirmed_total_amount": statement.booked_amount,
                }
            )
        record.action_confirm()

    def _decide(self, record):
        """Match the receipts; of the proposals one is applied, one accepted, one rejected."""
        lines = record.line_ids.statement_line_id.filtered(lambda line: line.amount > 0)
        today = fields.Date.context_today(self)
        runs = self.env["ar.match.run"].with_env(record.env)._match_lines(lines, today)
        proposals = runs.proposal_ids.sorted(lambda one: (-one.confidence, one.id))
        (proposals[0] + proposals[1]).action_accept()
        proposals[0].action_apply()
        proposals[-1:].action_reject()
