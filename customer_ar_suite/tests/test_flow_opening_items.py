"""Opening items: upload, dry run, choice, control totals, booking, aging, undo, rights."""

import base64
import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..engine.aging import BucketSet
from .common import ArCommon, date

HEAD = "Customer No,Document,Type,Invoice Date,Due Date,Currency,Open Amount,Local Amount\n"
FILE = HEAD + (
    "OP-1,F-100,Invoice,2026-03-01,2026-03-31,USD,1000.00,\n"
    "OP-1,F-101,Invoice,2026-05-20,2026-06-19,USD,250.50,\n"
    "OP-1,G-7,Credit Note,2026-05-25,2026-05-25,USD,50.50,\n"
    "OP-2,F-102,Invoice,2026-06-10,2026-07-10,EUR,100.00,55.00\n"
    "OP-2,R-9,Receipt,2026-06-12,,EUR,30.00,\n"
    "OP-9,F-103,Invoice,2026-06-01,2026-07-01,USD,10.00,\n"
)


class OpeningCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 1 USD = 2 EUR
        cls.eur = cls.foreign_currency("EUR", rates=(("2020-01-01", 2.0),))
        cls.usd = cls.company.currency_id
        cls.acme = cls.customer("Acme Ltd", ref="OP-1")
        cls.beta = cls.customer("Beta BV", ref="OP-2")
        cls.clerk = cls.user_with("ar_clerk", login="opening_clerk")
        cls.accountant = cls.user_with("ar_accountant", login="opening_accountant")
        cls.opening_account = cls.env["account.account"].create(
            {"name": "Opening", "code": "999900", "account_type": "equity"}
        )
        cls.opening_journal = cls.env["account.journal"].create(
            {"name": "Opening", "code": "OPEN", "type": "general",
             "company_id": cls.company.id}
        )  # fmt: skip

    def load(self, text=FILE, user=None, **values):
        """The import of a file, as the wizard's button leaves it."""
        wizards = self.env["ar.opening.upload"].with_user(user or self.accountant)
        form = Form(wizards.with_company(self.company))
        form.cut_over_date = date(2026, 6, 30)
        form.journal_id = self.opening_journal
        form.opening_account_id = self.opening_account
        form.file_data = base64.b64encode(text.encode())
        wizard = form.save()
        wizard.write({"filename": "open items.csv", **values})
        action = wizard.action_read()
        return self.env[action["res_model"]].with_user(user or self.accountant).browse(
            action["res_id"]
        )  # fmt: skip

    def checked(self, text=FILE, **values):
        one = self.load(text, **values)
        one.action_check()
        return one

    def agree(self, one):
        """Say what the old ledger says: the same."""
        for total in one.total_ids:
            total.ledger_amount = total.file_amount
        one.action_confirm_totals()

    def booked(self, text=FILE, **values):
        one = self.checked(text, **values)
        self.agree(one)
        one.action_apply()
        return one

    def by_number(self, one):
        return {item.number: item for item in one.item_ids}

    def open_items(self, *partners, as_of=None):
        return self.env["ar.ledger"]._open_items(
            as_of or self.AS_OF,
            partner_ids=[partner.id for partner in partners],
            company_ids=self.company.ids,
        )


@tagged("post_install", "-at_install")
class TestOpeningItems(OpeningCase):
    def test_dry_run_books_nothing(self):
        moves = self.env["account.move"].search_count([])
        one = self.checked()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(
            {item.number: item.status for item in one.item_ids},
            {"F-100": "ready", "F-101": "ready", "G-7": "ready", "F-102": "ready",
             "R-9": "ready", "F-103": "unknown"},
        )  # fmt: skip
        self.assertIn("OP-9", self.by_number(one)["F-103"].finding_text)

    def test_control_totals(self):
        """Hand calculation: USD 1000 + 250.50 − 50.50; EUR 100 − 30, in USD 55 − 15."""
        one = self.checked()
        found = {
            (t.currency_id.name, t.is_company_total): (t.item_count, t.file_amount)
            for t in one.total_ids
        }
        self.assertEqual(
            found,
            {
                ("USD", False): (3, 1200.0),
                ("EUR", False): (2, 70.0),
                ("USD", True): (5, 1240.0),
            },
        )
        self.assertEqual(
            one.total_ids.filtered("is_company_total").waiting_amount, 10.0
        )
        with self.assertRaisesRegex(UserError, "differ"):
            one.action_confirm_totals()
        with self.assertRaisesRegex(UserError, "Confirm the totals"):
            one.action_apply()

    def test_a_change_after_confirming_asks_again(self):
        one = self.checked()
        self.agree(one)
        self.by_number(one)["F-103"].partner_id = self.acme
        self.assertFalse(one.confirmed_at)
        with self.assertRaises(UserError):
            one.action_apply()

    def test_one_choice_serves_all_rows(self):
        text = FILE + "OP-9,F-104,Invoice,2026-06-01,2026-07-01,USD,11.00,\n"
        one = self.checked(text)
        self.by_number(one)["F-103"].partner_id = self.beta
        items = self.by_number(one)
        self.assertEqual(
            [(items[n].status, items[n].partner_id) for n in ("F-103", "F-104")],
            [("ready", self.beta)] * 2,
        )
        one.action_check()  # the choice stays
        self.assertEqual(self.by_number(one)["F-104"].partner_id, self.beta)
        self.assertEqual(one.unknown_count, 0)

    def test_entries(self):
        """Posted on the cut-over date, with the dates and the number of the document."""
        one = self.booked()
        self.assertEqual((one.step, one.error_count), ("done", 0))
        move = self.by_number(one)["F-102"].move_id
        self.assertEqual(
            (move.state, move.date, move.invoice_date, move.ref),
            ("posted", date(2026, 6, 30), date(2026, 6, 10), "F-102"),
        )
        line = move.line_ids.filtered(lambda x: x.account_id != self.opening_account)
        self.assertEqual(
            (line.partner_id, line.date_maturity, line.amount_currency, line.balance),
            (self.beta, date(2026, 7, 10), 100.0, 55.0),
        )
        self.assertFalse(self.by_number(one)["F-103"].move_id)
        self.assertFalse(one.proof_text)
        self.assertEqual(
            {t.booked_amount - t.file_amount for t in one.total_ids}, {0.0}
        )
        clearing = self.env["account.move.line"].search(
            [("account_id", "=", self.opening_account.id)]
        )
        self.assertEqual(sum(clearing.mapped("balance")), -1240.0)

    def test_ledger_shows_documents(self):
        """The ledger names kind, number and dates as the old system did."""
        self.booked()
        found = {
            item.number: (item.kind, item.invoice_date, item.due_date, item.residual,
                          item.residual_company)
            for item in self.open_items(self.acme, self.beta)
        }  # fmt: skip
        self.assertEqual(
            found,
            {
                "F-100": (
                    "invoice",
                    date(2026, 3, 1),
                    date(2026, 3, 31),
                    100000,
                    100000,
                ),
                "F-101": (
                    "invoice",
                    date(2026, 5, 20),
                    date(2026, 6, 19),
                    25050,
                    25050,
                ),
                "G-7": (
                    "credit_note",
                    date(2026, 5, 25),
                    date(2026, 5, 25),
                    -5050,
                    -5050,
                ),
                "F-102": ("invoice", date(2026, 6, 10), date(2026, 7, 10), 10000, 5500),
                "R-9": ("payment", date(2026, 6, 12), date(2026, 6, 12), -3000, -1500),
            },
        )
        self.assertEqual(self.open_items(self.acme, as_of=date(2026, 6, 29)), [])

    def test_aging_by_hand(self):
        """On 30 June: F-100 is 91 days overdue, F-101 11 days, the credit is unapplied."""
        self.booked()
        by_number = {item.number: item for item in self.open_items(self.acme)}
        ages = {n: (self.AS_OF - i.due_date).days for n, i in by_number.items()}
        self.assertEqual(ages, {"F-100": 91, "F-101": 11, "G-7": 36})
        aged = BucketSet((0, 30, 60, 90)).age(
            [(item.due_date, item.residual) for item in by_number.values()], self.AS_OF
        )
        self.assertEqual(aged.buckets, (0, 25050, 0, 0, 100000))
        self.assertEqual((aged.unapplied, aged.overdue), (-5050, 125050))
        report = self.env["ar.aging.report"].with_company(self.company)
        rows = report.with_context(ar_as_of="2026-06-30").search(
            [("partner_id", "=", self.acme.id)]
        )
        self.assertEqual(
            {(row.due_date, row.residual_amount) for row in rows},
            {(date(2026, 3, 31), 1000.0), (date(2026, 6, 19), 250.5),
             (date(2026, 5, 25), -50.5)},
        )  # fmt: skip

    def test_statement(self):
        """The statement of the cut-over date lists the old numbers and adds up."""
        self.booked()
        layout = self.env["ar.statement.layout"].search(
            [("kind", "=", "open_item")], limit=1
        )
        model = self.env["ar.statement"].with_user(self.accountant)
        statement, errors = model._issue(
            self.company, layout, self.AS_OF, partner_ids=self.acme.ids
        )
        self.assertFalse(errors)
        for number in ("F-100", "F-101", "G-7"):
            self.assertIn(number, statement.snapshot)
        self.assertEqual(statement.total_ids.closing_amount, 1200.0)
        self.assertEqual(statement.total_ids.overdue_amount, 1250.5)

    def test_doubles(self):
        """What is in the books is not booked again: as opening item or as invoice."""
        self.booked()
        again = self.checked(FILE.replace("F-103", "F-203"))
        self.assertEqual(again.double_count, 5)
        with self.assertRaisesRegex(UserError, "same file"):
            self.load()
        invoice = self.invoice(self.acme, 5, "2026-06-01", ref="OLD-1")
        text = (
            HEAD
            + f"OP-1,{invoice.name},,2026-06-01,,,5,\nOP-1,OLD-1,,2026-06-01,,,5,\n"
        )
        self.assertEqual(self.checked(text).double_count, 2)

    def test_booked_meanwhile(self):
        """A second file booked since the dry run: its numbers are not doubled."""
        first = self.checked()
        self.booked(FILE.replace("2026-03-01", "2026-03-02"))
        self.agree(first)
        first.action_apply()
        self.assertEqual(first.done_count, 0)
        self.assertEqual(first.error_count, 5)
        self.assertTrue(first.proof_text)

    def test_closed_period(self):
        self.company.fiscalyear_lock_date = date(2026, 6, 30)
        with self.assertRaisesRegex(UserError, "closed period"):
            self.checked()
        self.company.fiscalyear_lock_date = False
        one = self.checked(FILE + "\n")
        self.agree(one)
        self.company.fiscalyear_lock_date = date(2026, 6, 30)
        with self.assertRaisesRegex(UserError, "closed period"):
            one.action_apply()
        self.assertFalse(one.item_ids.move_id)

    def test_undo(self):
        """given one item paid since, when undone, then the rest is gone and it is listed"""
        before = self.env["account.move"].search_count([])
        one = self.booked()
        paid = self.by_number(one)["F-101"].move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable_account
        )
        payment = self.payment(self.acme, 250.50, "2026-07-02")
        (paid + payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable_account
        )).reconcile()  # fmt: skip
        one.action_undo()
        items = self.by_number(one)
        self.assertEqual(one.step, "undone")
        self.assertEqual(items["F-101"].run_state, "error")
        self.assertIn("F-101", items["F-101"].run_error)
        self.assertEqual(
            [item.number for item in self.open_items(self.acme)], ["F-101"]
        )
        self.assertEqual(self.open_items(self.beta), [])
        outcomes = {n: item.outcome for n, item in items.items()}
        self.assertEqual(
            outcomes,
            {"F-100": "reversed", "F-101": "booked", "G-7": "removed",
             "F-102": "removed", "R-9": "removed", "F-103": False},
        )  # fmt: skip
        self.assertGreater(self.env["account.move"].search_count([]), before)
        # undone: the numbers are free again
        self.assertEqual(self.checked(FILE + "\n").double_count, 1)

    def test_undo_removes_without_a_gap(self):
        before = self.env["account.move"].search_count([])
        one = self.booked()
        one.action_undo()
        self.assertEqual(set(one.item_ids.mapped("outcome")), {"removed", False})
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_undo_reverses_where_numbers_go_on(self):
        one = self.booked()
        self.entry(self.acme, 1, "2026-06-30")
        self.env["account.move"].create(
            {"journal_id": self.opening_journal.id, "date": "2026-06-30"}
            | {"line_ids": [
                (0, 0, {"account_id": self.opening_account.id, "debit": 1}),
                (0, 0, {"account_id": self.opening_account.id, "credit": 1}),
            ]}
        ).action_post()  # fmt: skip
        one.action_undo()
        self.assertEqual(set(one.item_ids.mapped("outcome")), {"reversed", False})
        self.assertEqual(sum(i.residual for i in self.open_items(self.beta)), 0)

    def test_advances_and_bills(self):
        """Receipts on the account of advances; bills become bills in hand."""
        advances = self.env["account.account"].create(
            {"name": "Advances", "code": "220300", "reconcile": True,
             "account_type": "liability_current"}
        )  # fmt: skip
        notes = self.env["account.account"].create(
            {"name": "Notes", "code": "112100", "account_type": "asset_current"}
        )
        self.company.ar_advance_account_ids = advances
        text = HEAD + (
            "OP-1,R-1,Receipt,2026-06-12,,USD,30.00,\n"
            "OP-1,B-1,Bill,2026-06-01,2026-09-01,USD,500.00,\n"
        )
        one = self.checked(text, advance_account_id=advances.id)
        self.agree(one)
        with self.assertRaisesRegex(UserError, "account for them"):
            one.action_apply()
        self.company.ar_bill_account_id = notes
        one.action_apply()
        (item,) = self.open_items(self.acme)
        self.assertEqual((item.number, item.is_advance), ("R-1", True))
        bill = self.by_number(one)["B-1"].bill_id
        self.assertEqual(
            (bill.state, bill.amount, bill.due_date),
            ("received", 500.0, date(2026, 9, 1)),
        )
        one.action_undo()
        self.assertEqual(bill.state, "draft")
        self.assertEqual(self.open_items(self.acme), [])

    def test_rights(self):
        """A clerk reads and compares, an accountant books; nobody writes figures."""
        one = self.checked(user=self.clerk)
        self.agree(one)
        with self.assertRaises(AccessError):
            one.action_apply()
        with self.assertRaises(AccessError):
            one.item_ids[0].amount = 5
        with self.assertRaises(AccessError):
            one.total_ids[0].file_amount = 5
        with self.assertRaises(AccessError):
            one.write({"confirmed_at": False})
        one.with_user(self.accountant).action_apply()
        move = self.by_number(one)["F-100"].move_id.with_user(self.accountant)
        move.write({"ar_opening_number": "X"})
        self.assertEqual(move.ar_opening_number, "F-100")
        auditor = self.user_with("auditor", login="opening_auditor")
        self.assertEqual(one.with_user(auditor).ready_count, 5)
        with self.assertRaises(AccessError):
            one.with_user(auditor).action_undo()

    def test_many_items_in_chunks(self):
        """The background works in chunks; questions do not grow with the items."""
        rows = "".join(
            f"OP-1,V-{n},Invoice,2026-05-01,2026-05-31,USD,{n}.00,\n"
            for n in range(1, 61)
        )
        one = self.checked(HEAD + rows)
        self.agree(one)
        one.action_apply()
        self.assertEqual(one.run_state, "running")
        while one._work_off_chunk() is not None:
            pass
        self.assertEqual((one.run_state, one.done_count), ("done", 60))
        self.assertEqual(
            sum(item.residual for item in self.open_items(self.acme)), 183000
        )
        digest = hashlib.sha256((HEAD + rows).encode()).hexdigest()
        self.assertEqual(one.sha256, digest)
