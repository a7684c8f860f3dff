"""The bank reconciliation statement at any date."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..engine.money import from_minor
from .common import date
from .common_reconciliation import JUNE, ReconciliationCommon


@tagged("post_install", "-at_install")
class TestReconciliationBank(ReconciliationCommon):
    def month(self):
        """A month end by hand.

        Bank: opening 0; 1,000 came from Acme and was applied, 50 came from nobody known,
        8 of charges went out: closing 1,042. We have registered a receipt of 300 and a
        payment of 120 that the bank has not booked. Books: what is on the bank's account,
        1,042, and 300 - 120 under way, less 50 and plus 8 that nobody has booked: 1,180.
        Adjusted, both: 1,042 + 180 = 1,222.
        """
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.statement(
            0, 1042,
            (1000, "2026-06-02", f"pays {invoice.name}", self.acme),
            (50, "2026-06-10", "who knows", None),
            (-8, "2026-06-30", "charges", None),
        )  # fmt: skip
        self.accept_and_apply(self.match())
        self.received = self.payment(self.acme, 300, "2026-06-29")
        self.paid = self.payment(self.bravo, -120, "2026-06-29")

    def test_a_month_end_by_hand(self):
        self.month()
        one = self.reconciliation()
        self.assertEqual((one.bank_amount, one.ledger_amount), (1042, 1042))
        self.assertEqual(one.books_amount, 1042 + 180 - 50 + 8)
        self.assertEqual(
            (one.bank_adjusted_amount, one.books_adjusted_amount), (1222, 1222)
        )
        self.assertTrue(one.is_equal)
        self.assertFalse(one.cause_text)
        found = {(line.side, line.source, line.amount) for line in one.line_ids}
        self.assertEqual(
            found,
            {
                ("bank", "payment", 300),
                ("bank", "payment", -120),
                ("books", "suspense", 50),
                ("books", "suspense", -8),
            },
        )

    def test_any_earlier_day(self):
        self.month()
        # on the 15th the statement was under way: 1,000 + 50, nothing registered by us
        one = self.reconciliation(date(2026, 6, 15))
        self.assertEqual((one.bank_amount, one.ledger_amount), (1050, 1050))
        self.assertEqual(one.line_ids.mapped("amount"), [50])
        self.assertTrue(one.is_equal)
        # before any statement the books are believed, and that is said
        one = self.reconciliation(date(2026, 5, 31))
        self.assertEqual((one.bank_amount, one.line_count), (0, 0))
        self.assertEqual((one.has_statement, one.is_equal), (False, False))
        one.write({"is_entered": True, "entered_amount": 0})
        self.assertTrue(one.is_equal)

    def test_what_arrives_later_was_under_way_on_the_day(self):
        self.month()
        # given the bank books our receipt in July, and we match it with the payment
        line = self.bank_line(300, "2026-07-02", "late", partner=self.acme)
        _liquidity, suspense, _others = line._seek_for_lines()
        outstanding = self.received._seek_for_lines()[0]
        suspense.account_id = outstanding.account_id
        (suspense + outstanding).reconcile()
        june = self.reconciliation()
        self.assertIn(300, june.line_ids.mapped("amount"))
        july = self.reconciliation(date(2026, 7, 31))
        self.assertNotIn(
            ("payment", 300), {(x.source, x.amount) for x in july.line_ids}
        )
        self.assertTrue(june.is_equal and july.is_equal)

    def test_differences_have_names(self):
        # an opening nobody has booked, and a statement whose lines do not make its closing
        self.statement(400, 455, (50, "2026-06-02", "x", None))
        one = self.reconciliation()
        self.assertEqual(one.difference_amount, 405)
        self.assertEqual(
            [(cause["code"], cause["amount"]) for cause in one.causes],
            [("opening", 400), ("sum", 5)],
        )
        self.assertIn("400.00", one.cause_text)
        # and a balance on paper
        one.write({"is_entered": True, "entered_amount": 440})
        self.assertEqual(one.bank_amount, 440)
        self.assertIn(("entered", -15), [(c["code"], c["amount"]) for c in one.causes])
        self.assertEqual(one.difference_amount, 390)

    def test_an_entry_without_bank_line_and_a_line_without_statement(self):
        self.statement(0, 50, (50, "2026-06-02", "x", None))
        self.bank_line(7, "2026-06-20", "keyed by hand")
        account = self.bank_journal.default_account_id
        self.entry(None, 30, "2026-06-25", account=account)
        one = self.reconciliation()
        self.assertEqual((one.bank_amount, one.ledger_amount), (50, 87))
        sources = {(line.source, line.amount) for line in one.line_ids}
        self.assertLessEqual({("unlisted", 7), ("direct", 30)}, sources)
        self.assertTrue(one.is_equal, one.cause_text)

    def test_foreign_currency_account(self):
        eur = self.foreign_currency("EUR")
        journal = self.env["account.journal"].create(
            {"name": "Euro", "code": "EUB", "type": "bank", "currency_id": eur.id}
        )
        self.env["account.bank.statement"].create(
            {
                "name": "E1",
                "balance_start": 0,
                "balance_end_real": 200,
                "line_ids": [
                    Command.create(
                        {
                            "journal_id": journal.id,
                            "date": "2026-06-03",
                            "payment_ref": "x",
                            "amount": 200,
                        }
                    )
                ],
            }
        )
        one = self.env["ar.bank.reconciliation"].create(
            {"journal_id": journal.id, "as_of_date": JUNE}
        )
        self.assertEqual(
            (one.currency_id, one.bank_amount, one.ledger_amount), (eur, 200, 200)
        )
        self.assertTrue(one.is_equal)

    def test_table_and_files_in_both_languages(self):
        self.month()
        self.env["res.lang"]._activate_lang("zh_CN")
        one = self.reconciliation()
        table = one._as_table()
        rows = [row for row in table.rows if row.kind == "total"]
        (adjusted,) = rows
        self.assertEqual(
            [from_minor(adjusted.cells[n], 2) for n in (3, 7)], [1222, 1222]
        )
        one.lang = "zh_CN"
        for kind in ("xlsx", "html"):
            name, content = one._file(kind)
            self.assertTrue(name.endswith(f".{kind}"))
            self.assertGreater(len(content), 1000)
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "bank_reconciliation.export")]
        )
        self.assertEqual(len(entries), 2)
        action = one.action_download_pdf()
        self.assertIn(f"/bank_reconciliation/{one.id}/statement.pdf", action["url"])

    def test_figures_are_nobodys_to_write(self):
        one = self.reconciliation()
        for vals in ({"bank_amount": 5}, {"is_signed": True}, {"causes": []}):
            with self.assertRaises(AccessError):
                one.write(vals)
        with self.assertRaises(AccessError):
            self.reconciliation(user=self.auditor)
