"""The bank reconciliation statement at any date, tasks, signatures, evidence, scanner."""

import base64
import io
import json
import zipfile

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.evidence import MANIFEST
from ..engine.money import from_minor
from .common import date
from .test_flow_bank_to_reconcile import MatchCommon

JUNE = date(2026, 6, 30)


class ReconciliationCommon(MatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_with("credit_manager")
        cls.auditor = cls.user_with("auditor")
        allowed = cls.env.ref("base.group_allow_export")
        for user in (cls.clerk, cls.accountant, cls.auditor):
            user.group_ids += allowed

    @classmethod
    def statement(cls, opening, closing, *lines, name="June", **values):
        """A bank statement with lines of (amount, day, text, partner)."""
        return cls.env["account.bank.statement"].create(
            {
                "name": name,
                "balance_start": opening,
                "balance_end_real": closing,
                "line_ids": [
                    Command.create(
                        {
                            "journal_id": cls.bank_journal.id,
                            "date": day,
                            "payment_ref": text,
                            "amount": amount,
                            "partner_id": partner and partner.id,
                        }
                    )
                    for amount, day, text, partner in lines
                ],
                **values,
            }
        )

    def reconciliation(self, day=JUNE, user=None, **values):
        return self.env["ar.bank.reconciliation"].with_user(user or self.clerk).create(
            {"journal_id": self.bank_journal.id, "as_of_date": day, **values}
        )


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
        self.assertEqual((one.bank_adjusted_amount, one.books_adjusted_amount), (1222, 1222))
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
        # before anything: nothing
        one = self.reconciliation(date(2026, 5, 31))
        self.assertEqual((one.bank_amount, one.line_count, one.is_equal), (0, 0, True))

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
        self.assertNotIn(("payment", 300), {(x.source, x.amount) for x in july.line_ids})
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
        self.assertEqual((one.currency_id, one.bank_amount, one.ledger_amount), (eur, 200, 200))
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


@tagged("post_install", "-at_install")
class TestReconciliationTask(ReconciliationCommon):
    def schedule(self, **values):
        return self.env["ar.reconciliation.schedule"].with_user(self.accountant).create(
            {
                "name": "Month end",
                "company_id": self.company.id,
                "journal_ids": [Command.set(self.bank_journal.ids)],
                "all_customers": True,
                "user_id": self.clerk.id,
                "active": True,
                **values,
            }
        )

    def tasks(self, **values):
        schedule = self.schedule(**values)
        schedule._make_tasks(date(2026, 7, 10))
        return schedule.task_ids.sorted("kind")

    def test_tasks_of_a_period_once_with_their_day_and_reminder(self):
        schedule = self.schedule()
        with self.assertNotSent():
            schedule._make_tasks(date(2026, 7, 10))
            schedule._make_tasks(date(2026, 7, 11))
        bank, customers = schedule.task_ids.sorted("kind")
        self.assertEqual((bank.kind, customers.kind), ("bank", "customers"))
        self.assertEqual((bank.date_from, bank.as_of_date), (date(2026, 6, 1), JUNE))
        # the fifth working day of July 2026: 1, 2, 3, 6, 7
        self.assertEqual(bank.due_date, date(2026, 7, 7))
        activity = bank.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (self.clerk, bank.due_date))
        # a quarter has its own
        quarter = self.tasks(cadence="quarterly", all_customers=False)
        self.assertEqual((quarter.date_from, quarter.as_of_date), (date(2026, 4, 1), JUNE))

    def assertNotSent(self):
        test = self

        class Nothing:
            def __enter__(self):
                self.before = test.env["mail.mail"].search_count([])

            def __exit__(self, *_error):
                test.assertEqual(test.env["mail.mail"].search_count([]), self.before)

        return Nothing()

    def test_inactive_schedules_make_nothing(self):
        schedule = self.schedule(active=False)
        self.env["ar.reconciliation.schedule"]._cron_reconcile()
        self.assertFalse(schedule.task_ids)

    def test_prepare_sign_lock_reopen(self):
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.statement(0, 1000, (1000, "2026-06-02", invoice.name, self.acme))
        bank, _customers = self.tasks()
        with self.assertRaises(UserError):
            bank.with_user(self.accountant).action_sign()  # nothing is prepared
        # when the accountant prepares, he cannot sign
        bank.with_user(self.accountant).action_prepare()
        self.assertTrue(bank.bank_reconciliation_id.is_equal)
        with self.assertRaises(UserError):
            bank.with_user(self.accountant).action_sign()
        with self.assertRaises(AccessError):
            bank.with_user(self.clerk).action_sign()
        bank.with_user(self.manager).action_sign()
        self.assertEqual((bank.state, bank.signed_by_id), ("signed", self.manager))
        self.assertTrue(bank.is_intact)
        self.assertFalse(bank.activity_ids)
        # then nothing of it can be written, computed or deleted
        statement = bank.bank_reconciliation_id
        with self.assertRaises(UserError):
            bank.with_user(self.clerk).write({"remark": "x"})
        with self.assertRaises(UserError):
            bank.with_user(self.clerk).action_prepare()
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).write({"as_of_date": "2026-06-29"})
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).action_compute()
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).unlink()
        signoff = bank.signoff_id
        for call in (
            lambda: signoff.sudo().write({"fingerprint": "x"}),
            lambda: signoff.sudo().unlink(),
            lambda: signoff.sudo().create([{}]),
        ):
            with self.assertRaises(AccessError):
                call()
        # and who goes behind our backs is seen
        self.env.cr.execute(
            "UPDATE ar_bank_reconciliation SET bank_amount = 7 WHERE id = %s", [statement.id]
        )
        self.env.invalidate_all()
        self.assertFalse(bank.is_intact)
        self.env.cr.execute(
            "UPDATE ar_bank_reconciliation SET bank_amount = 1000 WHERE id = %s",
            [statement.id],
        )
        self.env.invalidate_all()
        # when it is taken back, with a reason
        with self.assertRaises(AccessError):
            bank.with_user(self.accountant).action_reopen()
        action = bank.with_user(self.manager).action_reopen()
        dialog = self.env["ar.reconciliation.reopen"].with_user(self.manager)
        dialog.with_context(**action["context"]).create({"reason": "late entry"}).action_confirm()
        self.assertEqual((bank.state, bank.signoff_id.id), ("prepared", False))
        self.assertEqual(signoff.withdrawn_reason, "late entry")
        events = self.env["customer.audit.entry"].search(
            [("event", "in", ("reconciliation.sign", "reconciliation.reopen"))]
        )
        self.assertEqual(len(events), 2)

    def test_a_difference_needs_a_word(self):
        self.statement(400, 450, (50, "2026-06-02", "x", None))
        bank, _customers = self.tasks()
        bank.with_user(self.clerk).action_prepare()
        self.assertEqual(bank.difference_amount, 400)
        with self.assertRaises(UserError):
            bank.with_user(self.manager).action_sign()
        bank.with_user(self.clerk).remark = "Opening is booked in July."
        bank.with_user(self.manager).action_sign()
        self.assertEqual(bank.state, "signed")

    def test_figures_of_customers(self):
        self.invoice(self.acme, 1000, "2026-05-01")
        self.invoice(self.bravo, 500, "2026-06-20", "2026-07-20")
        self.payment(self.acme, 200, "2026-06-20")
        self.payment(self.acme, 300, "2026-07-03")
        _bank, customers = self.tasks()
        customers.with_user(self.clerk).action_prepare()
        found = {figure.code: figure.amount for figure in customers.figure_ids}
        self.assertEqual(
            [found[code] for code in ("balance", "ledger", "tie_out", "overdue", "unapplied")],
            [1300, 1300, 0, 1000, -200],
        )
        customers.with_user(self.manager).action_sign()
        self.assertTrue(customers.is_intact)

    def test_late_ones_are_reminded_of_once(self):
        bank, _customers = self.tasks()
        bank.activity_ids.unlink()
        tasks = self.env["ar.reconciliation.task"]
        tasks._remind(date(2026, 8, 1))
        tasks._remind(date(2026, 8, 1))
        self.assertEqual(len(bank.activity_ids), 1)


@tagged("post_install", "-at_install")
class TestReconciliationEvidence(ReconciliationCommon):
    def make(self, **values):
        ask = self.env["ar.evidence.ask"].with_user(self.accountant).create(
            {
                "company_id": self.company.id,
                "date_from": "2026-06-01",
                "as_of_date": "2026-06-30",
                "lang": "en_US",
                **values,
            }
        )
        pack = self.env["ar.evidence.pack"].browse(ask.action_make()["res_id"])
        self.assertFalse(
            [(p.code, p.run_error) for p in pack.part_ids if p.run_error], "parts failed"
        )
        return pack

    def content(self, pack):
        _name, content = pack.with_user(self.accountant)._file("zip")
        return zipfile.ZipFile(io.BytesIO(content))

    def test_a_pack_opens_without_us(self):
        self.acme.name = "=HYPERLINK(1)"
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.statement(0, 1000, (1000, "2026-06-02", f"near {invoice.name[:-1]}", None))
        self.bank_line(7, "2026-06-20", "=1+1")
        pack = self.make()
        archive = self.content(pack)
        names = archive.namelist()
        listed = json.loads(archive.read(MANIFEST))
        self.assertEqual({row["name"] for row in listed["files"]} | {MANIFEST, "SHA256SUMS"}, set(names))
        self.assertEqual(listed["about"]["as_of"], "2026-06-30")
        for name in (
            "01_aging/aging.xlsx", "01_aging/aging.csv", "01_aging/aging.pdf",
            "02_tie_out/tie_out.csv", "03_statements/statements.csv",
            "04_confirmations/confirmations.csv", "05_checks/unmatched_receipts.csv",
            "06_bank/BNK1.pdf", "07_signatures/tasks.csv", "index.html",
        ):  # fmt: skip
            self.assertIn(name, names)
        # then every link of the first page leads to a file
        page = archive.read("index.html").decode()
        for name in names:
            if name not in (MANIFEST, "SHA256SUMS", "index.html"):
                self.assertIn(f'href="{name}"', page)
        # and no cell begins a formula
        for name in names:
            if name.endswith(".csv"):
                text = archive.read(name).decode("utf-8-sig")
                self.assertNotRegex(text, r'(?m)(^|,)"?[=@]', name)
        aging = archive.read("01_aging/aging.csv").decode("utf-8-sig")
        self.assertIn("'=HYPERLINK(1)", aging)
        self.assertIn("1000.00", aging)
        self.assertTrue(archive.read("01_aging/aging.pdf").startswith(b"%PDF"))

    def test_verification(self):
        self.invoice(self.acme, 1000, "2026-05-01")
        pack = self.make()
        self.assertTrue(pack.is_intact)
        _name, content = pack.with_user(self.auditor)._file("zip")
        dialog = self.env["ar.evidence.verify"].with_user(self.auditor)

        def verdict(data):
            one = dialog.create({"file": base64.b64encode(data)})
            one.action_verify()
            return one

        self.assertEqual(verdict(content).pack_id, pack)
        self.assertEqual(verdict(content).state, "intact")
        # given somebody changes a figure
        source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in source.namelist():
                data = source.read(name)
                changed = data.replace(b"1000.00", b"9000.00") if name.endswith("aging.csv") else data
                archive.writestr(name, changed)
        found = verdict(target.getvalue())
        self.assertEqual(found.state, "changed")
        self.assertIn("01_aging/aging.csv", found.result)
        with self.assertRaises(UserError), mute_logger("odoo.addons.customer_ar_suite.models.safe_io"):
            verdict(b"no zip file")
        events = self.env["customer.audit.entry"].search([("event", "=like", "evidence.%")])
        self.assertLessEqual(
            {"evidence.make", "evidence.download", "evidence.verify"},
            set(events.mapped("event")),
        )

    def test_who_may(self):
        ask = self.env["ar.evidence.pack"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            ask._make(self.company, date(2026, 6, 1), JUNE, "en_US")
        self.accountant.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            self.make()


@tagged("post_install", "-at_install")
class TestReconciliationScan(ReconciliationCommon):
    def read(self, code, user=None):
        return self.env["ar.scan"].with_user(user or self.clerk).read_scan(code)

    def test_numbers_open_their_document(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01", payment_reference="RF18 5390")
        for code in (invoice.name, "RF18 5390"):
            found = self.read(code)
            self.assertEqual(found["action"]["res_id"], invoice.id)
        self.assertEqual(found["documents"][0]["item_ids"], self.receivable_lines(invoice).ids)
        with self.assertRaises(UserError):
            self.read("NO-SUCH-1")
        with self.assertRaises(AccessError):
            self.read(invoice.name, self.auditor)

    def test_vat_invoice_by_number_or_by_amount_and_day(self):
        invoice = self.invoice(self.acme, 884.96, "2026-03-31", ref="26322000000098765432")
        code = "01,31,,26322000000098765432,884.96,20260331,,77AA,"
        self.assertEqual(self.read(code)["action"]["res_id"], invoice.id)
        invoice.ref = False
        found = self.read(code)
        self.assertEqual((found["kind"], found["action"]["res_id"]), ("vat_invoice", invoice.id))

    def test_the_code_on_our_statement_fills_the_allocation(self):
        first = self.invoice(self.acme, 300, "2026-05-01")
        second = self.invoice(self.acme, 200, "2026-05-10")
        statements = self.env["ar.statement"].with_user(self.clerk)
        layout = self.env["ar.statement.layout"].search([], limit=1)
        issued, _errors = statements._issue(
            self.company, layout, JUNE, date(2026, 6, 1), self.acme.ids
        )
        code = f"BCD\n002\n1\nSCT\nX\nUs\nNL00\nEUR500.00\n\n\n{issued.name} C1"
        found = self.read(code)
        self.assertEqual(found["kind"], "payment")
        ids = [id_ for row in found["documents"] for id_ in row["item_ids"]]
        self.assertEqual(set(ids), set(self.receivable_lines(first, second).ids))
        # when it came with a receipt of 420
        line = self.bank_line(420, "2026-06-30", "?")
        left = self.env["ar.scan"].with_user(self.clerk).fill_allocation(line.id, ids)
        self.assertEqual(left, "")
        proposal = self.env["ar.match.proposal"].search([("statement_line_id", "=", line.id)])
        self.assertEqual(proposal.state, "accepted")
        self.assertEqual(sorted(proposal.allocation_ids.mapped("amount")), [120, 300])
