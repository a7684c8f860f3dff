from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ArCommon, date


@tagged("post_install", "-at_install")
class TestLedgerCases(ArCommon):
    """Cases in which other ledgers are known to be wrong, each with its hand calculation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.ledger = cls.env["ar.ledger"]
        cls.loss_account = cls.company_data["default_account_expense"]
        cls.advance_account = cls.env["account.account"].create(
            {
                "name": "Advances Received",
                "code": "220300",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.link(cls.company.id)],
            }
        )

    def open(self, as_of=None, **scope):
        items = self.items(as_of, **scope)
        return {item.number: item.residual / 10**item.digits for item in items}

    def items(self, as_of=None, **scope):
        scope = {"partner_ids": self.acme.ids} | scope
        return self.ledger._open_items(as_of or self.AS_OF, **scope)

    def balance(self, as_of=None, **scope):
        scope = {"partner_ids": self.acme.ids} | scope
        rows = self.ledger._balances(as_of or self.AS_OF, **scope)
        return sum(row.amount_company for row in rows)

    def pay(self, move, amount, on, **values):
        """Register a payment on the invoice's own screen."""
        return self._register_payment(
            move,
            amount=amount,
            payment_date=on,
            journal_id=self.bank_journal.id,
            **values,
        )

    # -- payments -------------------------------------------------------------------------

    def test_unapplied_cash_on_any_day(self):
        # given 500 received in May of which 200 are applied in June
        payment = self.payment(self.acme, 500, date(2026, 5, 4))
        invoice = self.invoice(self.acme, 200, date(2026, 6, 10))
        self.match(payment, invoice)
        # 31 May: -500 · 30 June: -500 + 200 = -300
        self.assertEqual(self.open(date(2026, 5, 31)), {payment.name: -500})
        self.assertEqual(self.open(), {payment.name: -300})
        self.assertEqual(self.balance(), -30000)

    def test_early_payment_discount(self):
        # given 2 % for payment within 10 days, taken: 980 received for 1,000
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % 10 days, 30 net",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        invoice = self.invoice(self.acme, 1000, date(2026, 5, 1), terms=terms)
        self.company.account_journal_early_pay_discount_loss_account_id = (
            self.loss_account
        )
        payment = self.pay(invoice, 980, date(2026, 5, 8))
        self.assertEqual(payment.amount, 980)
        # then until the day 1,000 are owed, due on the net date; from then on nothing
        (item,) = self.items(date(2026, 5, 7))
        self.assertEqual((item.residual, item.due_date), (100000, date(2026, 5, 31)))
        self.assertEqual(self.open(date(2026, 5, 8)), {})
        self.assertEqual(self.balance(), 0)

    def test_write_off(self):
        # given 97 paid on 100 and the remaining 3 given up
        invoice = self.invoice(self.acme, 100, date(2026, 5, 1))
        self.pay(
            invoice,
            97,
            date(2026, 5, 20),
            payment_difference_handling="reconcile",
            writeoff_account_id=self.loss_account.id,
        )
        self.assertEqual(self.open(date(2026, 5, 19)), {invoice.name: 100})
        self.assertEqual(self.open(date(2026, 5, 20)), {})

    def test_foreign_invoice_paid_in_a_third_currency(self):
        # given 1,000 EUR (2 a dollar: 500 USD) paid with 400 GBP (0.8 a dollar: 500 USD)
        euro = self.foreign_currency("EUR", [("2020-01-01", 2.0)])
        pound = self.foreign_currency("GBP", [("2020-01-01", 0.8)])
        invoice = self.invoice(self.acme, 1000, date(2026, 5, 1), currency=euro)
        payment = self.payment(self.acme, 400, date(2026, 5, 20), currency=pound)
        before = [(i.residual, i.residual_company) for i in self.items()]
        self.assertEqual(before, [(100000, 50000), (-40000, -50000)])
        self.match(invoice, payment)
        # then nothing is open from the payment on, and the day before the invoice is
        self.assertEqual(self.items(date(2026, 5, 20)), [])
        self.assertEqual(self.open(date(2026, 5, 19)), {invoice.name: 1000})
        # and each currency says where the amount went
        moved = self.ledger._transfers(self.AS_OF, partner_ids=self.acme.ids)
        self.assertEqual(
            sorted((t.currency_id, t.amount, t.amount_company) for t in moved),
            sorted([(euro.id, -100000, -50000), (pound.id, 40000, 50000)]),
        )

    def test_today_is_what_core_says(self):
        # given some of everything
        invoice = self.invoice(self.acme, 1000, date(2026, 4, 1))
        self.match(invoice, self.payment(self.acme, 300, date(2026, 4, 2)))
        self.credit_note(self.acme, 50, date(2026, 4, 3))
        self.entry(self.acme, 7, date(2026, 4, 4))
        today = fields.Date.context_today(self.ledger)
        items = {item.line_id: item for item in self.items(today)}
        lines = self.env["account.move.line"].browse(items)
        self.assertEqual(len(items), 3)
        for line in lines:
            self.assertEqual(
                items[line.id].residual,
                self.minor(line.amount_residual_currency, line.currency_id),
            )

    # -- whose items ----------------------------------------------------------------------

    def test_merged_customers_owe_together(self):
        # given two records of one customer, merged
        twin = self.customer("Acme Limited")
        first = self.invoice(self.acme, 100, date(2026, 5, 1))
        second = self.invoice(twin, 40, date(2026, 5, 2))
        self.match(second, self.payment(twin, 15, date(2026, 5, 3)))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twin | self.acme).ids, self.acme
        )
        self.env.invalidate_all()
        # then the one that is left owes 100 + 40 - 15, also on days before the merge
        self.assertEqual(self.open(), {first.name: 100, second.name: 25})
        self.assertEqual(self.balance(), 12500)
        self.assertEqual(
            self.open(date(2026, 5, 2)), {first.name: 100, second.name: 40}
        )

    def test_company_tree(self):
        # given a branch that invoices and a parent that gets the money
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        both = self.company | branch
        self.acme.with_company(
            branch
        ).property_account_receivable_id = self.receivable_account
        self.env = self.env(
            context=dict(self.env.context, allowed_company_ids=both.ids)
        )
        invoice = self.invoice(self.acme, 100, date(2026, 5, 1), company=branch)
        payment = self.payment(self.acme, 60, date(2026, 5, 20))
        self.match(invoice.with_env(self.env), payment.with_env(self.env))

        def by_company(as_of):
            items = self.items(as_of, company_ids=both.ids)
            return {item.company_id: item.residual for item in items}

        # then the rest is the branch's; each company's ledger knows its own half
        self.assertEqual(by_company(date(2026, 5, 19)), {branch.id: 10000})
        self.assertEqual(by_company(self.AS_OF), {branch.id: 4000})
        self.assertEqual(self.balance(company_ids=branch.ids), 10000)
        self.assertEqual(self.balance(company_ids=self.company.ids), -6000)
        totals, _different = self.ledger._tie_out(
            self.AS_OF, partner_ids=self.acme.ids, company_ids=both.ids
        )
        self.assertEqual(sum(t.open_amount - t.ledger_amount for t in totals), 0)

    def test_customer_who_is_a_supplier(self):
        # given 100 owed to us and 30 owed to the same party
        self.invoice(self.acme, 100, date(2026, 5, 1))
        self.invoice(self.acme, 30, date(2026, 5, 2), move_type="in_invoice")
        scope = {"partner_ids": self.acme.ids}
        # then nothing is netted, and payables are shown only where the company says so
        self.assertEqual(self.balance(), 10000)
        self.assertEqual(self.ledger._payables(self.AS_OF, **scope), [])
        self.company.ar_shows_payables = True
        (owed,) = self.ledger._payables(self.AS_OF, **scope)
        self.assertEqual((owed.partner_id, owed.amount), (self.acme.id, -3000))
        self.assertEqual(self.balance() + owed.amount_company, 7000)
        self.assertEqual(self.ledger._payables(date(2026, 5, 1), **scope), [])
        self.assertEqual(self.balance(), 10000)

    # -- advances -------------------------------------------------------------------------

    def test_advance_account_is_unapplied_cash(self):
        # given 300 in advance on an account of its own, and an invoice of 1,000
        invoice = self.invoice(self.acme, 1000, date(2026, 5, 10))
        advance = self.entry(
            self.acme, -300, date(2026, 5, 1), account=self.advance_account
        )
        self.assertEqual(self.open(), {invoice.name: 1000})
        # when the company names the account
        self.company.ar_advance_account_ids = self.advance_account
        # then the customer owes 1,000 - 300 = 700, of which -300 is unapplied
        self.assertEqual(self.open(), {invoice.name: 1000, advance.name: -300})
        self.assertEqual(
            [(i.number, i.is_advance) for i in self.items()],
            [(advance.name, True), (invoice.name, False)],
        )
        self.assertEqual(self.balance(), 70000)
        self.assertEqual(self.acme.ar_balance_amount, 700)
        self.assertEqual(self.acme.ar_overdue_amount, 1000)
        (total,), different = self.ledger._tie_out(
            self.AS_OF, partner_ids=self.acme.ids
        )
        self.assertEqual((total.open_amount, total.ledger_amount), (70000, 70000))
        self.assertEqual(different, [])

    def test_advance_drawn_on_by_the_final_invoice(self):
        # given an advance of 300 of which 200 are transferred to the invoice of 200
        self.company.ar_advance_account_ids = self.advance_account
        advance = self.entry(
            self.acme, -300, date(2026, 5, 1), account=self.advance_account
        )
        invoice = self.invoice(self.acme, 200, date(2026, 5, 10))
        transfer = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": date(2026, 5, 11),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.acme.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self.advance_account, 200),
                        (self.receivable_account, -200),
                    )
                ],
            }
        )
        transfer.action_post()
        self.match(invoice, transfer)
        (advance.line_ids + transfer.line_ids).filtered(
            lambda line: line.account_id == self.advance_account
        ).reconcile()
        # 10 May: 200 - 300 = -100, two items; 11 May: 100 of the advance are left
        self.assertEqual(
            self.open(date(2026, 5, 10)), {invoice.name: 200, advance.name: -300}
        )
        self.assertEqual(self.open(), {advance.name: -100})
        self.assertEqual(self.balance(), -10000)

    def test_debit_on_an_advance_account_is_never_overdue(self):
        # given an advance of 300 paid back by 50, not reconciled with each other
        self.company.ar_advance_account_ids = self.advance_account
        for amount in (-300, 50):
            self.entry(
                self.acme, amount, date(2026, 1, 5), account=self.advance_account
            )
        self.assertEqual(self.acme.ar_balance_amount, -250)
        self.assertEqual(self.acme.ar_overdue_amount, 0)
        layout = self.env["ar.statement.layout"].search(
            [("kind", "=", "open_item")], limit=1
        )
        (draft,), errors = self.env["ar.statement"]._build(
            self.company, layout, self.AS_OF, partner_ids=self.acme.ids
        )
        self.assertFalse(errors)
        (section,) = draft.matrix.sections
        self.assertEqual((section.unapplied, section.overdue), (-25000, 0))
        self.assertFalse(any(section.aging))

    def test_advances_of_another_company_are_not_ours(self):
        # given a company of a second tree with advances on its own account
        other = self.setup_other_company(name="Other Ltd")
        self.company.ar_advance_account_ids = self.advance_account
        theirs = self.advance_account.with_company(other["company"]).create(
            {
                "name": "Deposits",
                "code": "220301",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.link(other["company"].id)],
            }
        )
        other["company"].ar_advance_account_ids = theirs
        self.entry(self.acme, -11, date(2026, 5, 1), account=self.advance_account)
        both = self.company | other["company"]
        self.assertEqual(
            [i.residual for i in self.items(company_ids=both.ids)], [-1100]
        )
        self.assertEqual(self.items(company_ids=other["company"].ids), [])

    def test_accounts_that_cannot_hold_advances(self):
        plain = self.advance_account.copy({"code": "220310", "reconcile": False})
        for account in (plain, self.receivable_account):
            with self.assertRaises(ValidationError):
                self.company.ar_advance_account_ids = account
        self.company.ar_advance_account_ids = self.advance_account
        with self.assertRaises(ValidationError):
            self.advance_account.reconcile = False

    def test_advances_as_known(self):
        self.company.ar_advance_account_ids = self.advance_account
        advance = self.entry(
            self.acme, -300, date(2026, 5, 1), account=self.advance_account
        )
        self.env.flush_all()
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        (known,) = self.env.cr.fetchone()
        number = advance.name
        advance.button_draft()
        self.assertEqual(self.open(), {})
        self.assertEqual(self.open(known_on=known), {number: -300})
