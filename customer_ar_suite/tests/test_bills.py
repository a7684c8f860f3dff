from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ArCommon, date


@tagged("post_install", "-at_install")
class TestBills(ArCommon):
    """Bills receivable and post-dated cheques, through their screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.supplier = cls.customer("Supply Ltd", supplier_rank=1)
        cls.ledger = cls.env["ar.ledger"]
        cls.notes = cls.account("Bills Receivable", "112100", "asset_current")
        cls.clearing = cls.account("Bill Proceeds", "101900", "asset_current")
        cls.accountant = cls.user_with("ar_accountant")
        cls.clerk = cls.user_with("ar_clerk")

    @classmethod
    def account(cls, name, code, account_type):
        return cls.env["account.account"].create(
            {
                "name": name,
                "code": code,
                "account_type": account_type,
                "reconcile": True,
                "company_ids": [Command.link(cls.company.id)],
            }
        )

    def book_bills(self):
        """The company chooses accounts for bills."""
        self.company.write(
            {
                "ar_bill_journal_id": self.misc_journal.id,
                "ar_bill_account_id": self.notes.id,
                "ar_bill_clearing_account_id": self.clearing.id,
                "ar_bill_charge_account_id": self.company_data[
                    "default_account_expense"
                ].id,
            }
        )

    def bill(self, amount=1000, due=None, number="AB 1", **values):
        """Entered by the clerk on the form."""
        with Form(self.env["ar.bill"].with_user(self.clerk)) as form:
            form.number = number
            form.partner_id = self.acme
            form.amount = amount
            form.due_date = due or date(2026, 6, 20)
            for name, value in values.items():
                form[name] = value
        return form.record.with_env(self.env)

    def step(self, bill, kind, on, user=None, **values):
        """Confirmed in the dialog behind the button."""
        wizard = self.env["ar.bill.step.enter"].with_user(user or self.accountant)
        wizard.with_context(default_bill_id=bill.id, default_kind=kind).create(
            {"date": on, **values}
        ).action_apply()
        return bill.step_ids[-1:]

    def amounts(self, move):
        return {line.account_id: line.balance for line in move.line_ids}

    def at_risk(self, as_of):
        rows = self.ledger._bills(as_of, partner_ids=self.acme.ids)
        return [(row.state, row.amount, row.exposure_company) for row in rows]

    # -- without accounts -----------------------------------------------------------------

    def test_state_is_kept_without_any_entry(self):
        # given a company that has chosen no accounts
        bill = self.bill()
        self.step(bill, "receive", date(2026, 4, 1), self.clerk)
        self.assertEqual((bill.state, bill.is_at_risk), ("received", True))
        self.assertFalse(bill.step_ids.move_id)
        # then the invoices are still open: the bill adds nothing to the exposure
        self.assertEqual(self.at_risk(self.AS_OF), [("received", 100000, 0)])
        self.assertEqual(self.at_risk(date(2026, 3, 31)), [])
        self.step(bill, "collect", date(2026, 6, 20))
        self.assertEqual(bill.state, "collected")
        self.assertEqual(self.at_risk(self.AS_OF), [])
        self.assertEqual(len(self.at_risk(date(2026, 6, 19))), 1)

    def test_reminder_on_the_due_date(self):
        bill = self.bill()
        self.step(bill, "receive", date(2026, 4, 1))
        self.assertEqual(bill.activity_ids.date_deadline, date(2026, 6, 20))
        self.step(bill, "collect", date(2026, 6, 20))
        self.assertFalse(bill.activity_ids)

    # -- with accounts --------------------------------------------------------------------

    def test_bill_instead_of_payment(self):
        # given an invoice of 1,000 settled with a bill
        self.book_bills()
        invoice = self.invoice(self.acme, 1000, date(2026, 3, 1))
        bill = self.bill()
        step = self.step(bill, "receive", date(2026, 4, 1), self.clerk)
        self.assertEqual(step.move_state, "draft")
        self.assertEqual(
            self.amounts(step.move_id),
            {self.notes: 1000, self.receivable_account: -1000},
        )
        self.assertEqual(self.at_risk(self.AS_OF), [("received", 100000, 0)])
        # when the entry is posted and applied to the invoice
        step.move_id.action_post()
        self.match(invoice, step.move_id)
        # then nothing is open, and the customer's risk is the bill: 0 + 1,000
        items = self.ledger._open_items(self.AS_OF, partner_ids=self.acme.ids)
        self.assertEqual(items, [])
        self.assertEqual(self.at_risk(self.AS_OF), [("received", 100000, 100000)])

    def test_discounted_then_dishonoured(self):
        # given a bill of 1,000 discounted for 975, which the acceptor does not pay
        self.book_bills()
        bill = self.bill()
        self.step(bill, "receive", date(2026, 4, 1)).move_id.action_post()
        discount = self.step(bill, "discount", date(2026, 4, 10), charge_amount=25)
        expense = self.company_data["default_account_expense"]
        self.assertEqual(
            self.amounts(discount.move_id),
            {self.clearing: 975, expense: 25, self.notes: -1000},
        )
        self.assertEqual(self.at_risk(self.AS_OF), [("discounted", 100000, 100000)])
        protest = self.step(
            bill, "dishonour", date(2026, 6, 22), charge_amount=8, reason="no funds"
        )
        # then the customer owes 1,008 again, which the bank takes back
        self.assertEqual(
            self.amounts(protest.move_id),
            {self.receivable_account: 1008, self.clearing: -1008},
        )
        self.assertEqual((bill.state, bill.is_at_risk), ("dishonoured", False))
        self.assertEqual(protest.reason, "no funds")

    def test_endorsed_without_recourse_is_no_risk(self):
        self.book_bills()
        bill = self.bill(has_recourse=False)
        self.step(bill, "receive", date(2026, 4, 1)).move_id.action_post()
        step = self.step(
            bill, "endorse", date(2026, 4, 10), endorsee_id=self.supplier.id
        )
        payable = self.supplier.property_account_payable_id
        self.assertEqual(self.amounts(step.move_id), {payable: 1000, self.notes: -1000})
        self.assertEqual(bill.endorsee_id, self.supplier)
        self.assertEqual(self.at_risk(self.AS_OF), [])
        self.assertEqual(len(self.at_risk(date(2026, 4, 9))), 1)

    def test_foreign_bill_keeps_the_rate_it_was_received_at(self):
        # given 1,000 EUR at 2 a dollar in April, collected at 4 a dollar
        self.book_bills()
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0), ("2026-05-01", 4.0)])
        bill = self.env["ar.bill"].create(
            {
                "number": "EU 1",
                "partner_id": self.acme.id,
                "currency_id": euro.id,
                "amount": 1000,
                "due_date": date(2026, 6, 20),
            }
        )
        received = self.step(bill, "receive", date(2026, 4, 1))
        collected = self.step(bill, "collect", date(2026, 6, 20))
        self.assertEqual(self.amounts(received.move_id)[self.notes], 500)
        self.assertEqual(self.amounts(collected.move_id)[self.notes], -500)

    # -- what is refused ------------------------------------------------------------------

    def test_steps_in_order_only(self):
        bill = self.bill()
        with self.assertRaisesRegex(UserError, "cannot follow"):
            self.step(bill, "collect", date(2026, 6, 20))
        self.step(bill, "receive", date(2026, 4, 1))
        with self.assertRaisesRegex(UserError, "before the last step"):
            self.step(bill, "collect", date(2026, 3, 31))
        with self.assertRaisesRegex(UserError, "due on"):
            self.step(bill, "discount", date(2026, 6, 20))
        with self.assertRaisesRegex(UserError, "to whom"):
            self.step(bill, "endorse", date(2026, 4, 2))

    def test_clerks_do_not_give_bills_out_of_hand(self):
        bill = self.bill()
        self.step(bill, "receive", date(2026, 4, 1), self.clerk)
        for kind in ("discount", "endorse", "collect", "dishonour"):
            with self.assertRaises(AccessError):
                self.step(
                    bill,
                    kind,
                    date(2026, 4, 2),
                    self.clerk,
                    endorsee_id=self.supplier.id,
                )
        self.step(bill, "give_back", date(2026, 4, 2), self.clerk)
        self.assertEqual(bill.state, "returned")
        with self.assertRaises(AccessError):
            bill.with_user(self.clerk).action_undo_step()

    def test_what_is_written_on_a_bill_is_frozen(self):
        bill = self.bill()
        bill.amount = 900
        self.step(bill, "receive", date(2026, 4, 1))
        for values in ({"amount": 1}, {"state": "collected"}, {"is_at_risk": False}):
            with self.assertRaises(UserError):
                bill.write(values)
        with self.assertRaises(UserError):
            bill.unlink()
        with self.assertRaises(AccessError):
            bill.step_ids.write({"date": date(2026, 1, 1)})
        bill.note = "in the safe"

    def test_taking_back_a_step(self):
        self.book_bills()
        bill = self.bill()
        received = self.step(bill, "receive", date(2026, 4, 1))
        received.move_id.action_post()
        collected = self.step(bill, "collect", date(2026, 6, 20))
        bill.with_user(self.accountant).action_undo_step()
        # then the draft entry is gone and the history says who took it back
        self.assertFalse(collected.move_id)
        self.assertEqual(collected.undone_by_id, self.accountant)
        self.assertEqual(bill.state, "received")
        # and a posted one has to be reset first
        with self.assertRaisesRegex(UserError, "Reset it to draft"):
            bill.with_user(self.accountant).action_undo_step()

    def test_other_companies_do_not_see_it(self):
        bill = self.bill()
        self.step(bill, "receive", date(2026, 4, 1))
        other = self.setup_other_company(name="Other Ltd")["company"]
        stranger = self.user_with("ar_clerk", company=other)
        self.assertFalse(
            self.env["ar.bill"].with_user(stranger).search([("id", "=", bill.id)])
        )
        rows = self.ledger.with_user(stranger)._bills(
            self.AS_OF, company_ids=self.company.ids
        )
        self.assertEqual(rows, [])
