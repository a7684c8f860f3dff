"""Bank files from the upload to posted bank lines, through the wizard's methods."""

import base64
import io
from datetime import date

import xlsxwriter

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .bank_files import camt, camt_statement, entry
from .common import ArCommon

IBAN = "DE89370400440532013000"
DAY = "2026-03-02"


class BankFileCase(ArCommon):
    """One bank journal with a known account, a clerk and an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user_with("ar_clerk", login="bank-clerk")
        cls.accountant = cls.user_with("ar_accountant", login="bank-accountant")
        cls.journal = cls.new_journal("BNK9", IBAN)

    @classmethod
    def new_journal(cls, code, account=None, currency=None):
        journal = cls.env["account.journal"].create(
            {
                "name": f"Bank {code}",
                "code": code,
                "type": "bank",
                "currency_id": currency.id if currency else False,
                "company_id": cls.company.id,
            }
        )
        if account:
            journal.bank_acc_number = account
            journal.set_bank_account(account)
        return journal

    def upload(self, *files, user=None, **values):
        """What the wizard opens after reading ``files``, pairs of name and bytes."""
        env = self.env(user=user or self.clerk)
        attachments = env["ir.attachment"].create(
            [
                {"name": name, "raw": data, "res_model": "ar.bank.import.upload"}
                for name, data in files
            ]
        )
        wizard = env["ar.bank.import.upload"].create(
            {"file_ids": [Command.set(attachments.ids)], **values}
        )
        return wizard.action_stage()

    def stage(self, data, name="bank.xml", **values):
        action = self.upload((name, data), **values)
        return self.env["ar.bank.import"].with_user(self.clerk).browse(action["res_id"])

    def confirm(self, record):
        record.with_user(self.accountant).action_confirm()
        return record.with_user(self.accountant)

    def ledger_balance(self, journal):
        """General-ledger balance of the journal's bank account in the journal's currency."""
        field = "amount_currency" if journal.currency_id else "balance"
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", journal.default_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped(field)), 3)

    def assertRefused(self, part, data, name="bank.xml", **values):
        before = self.env["ar.bank.import"].search_count([])
        with self.assertRaisesRegex(UserError, part), self.cr.savepoint():
            self.upload((name, data), **values)
        self.assertEqual(self.env["ar.bank.import"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestBankImportFlow(BankFileCase):
    def test_camt_from_upload_to_the_general_ledger(self):
        # given a file of three movements and one that is only announced
        payer = self.customer("Nordwind GmbH")
        self.env["res.partner.bank"].create(
            {"partner_id": payer.id, "acc_number": "DE02 1203 0000 0000 2020 51"}
        )
        data = camt(
            camt_statement(
                IBAN,
                "USD",
                0,
                [
                    entry(
                        119000,
                        text="Invoice INV/2026/00017",
                        payer="Nordwind GmbH",
                        payer_account="DE02120300000000202051",
                        reference="R1",
                    ),
                    entry(5000, text="unknown payer"),
                    entry(-1250, text="fees"),
                    entry(777, status="PDNG"),
                ],
            )
        )
        # when a clerk uploads it
        record = self.stage(data)
        # then it is staged and accounting has not heard of it
        self.assertEqual(record.state, "staged")
        self.assertEqual((record.new_count, record.unbooked_count), (3, 1))
        self.assertRecordValues(
            record.statement_ids,
            [
                {
                    "journal_id": self.journal.id,
                    "opening_amount": 0.0,
                    "booked_amount": 1227.5,
                    "closing_amount": 1227.5,
                    "difference_amount": 0.0,
                    "proof": "balance",
                    "state": "ready",
                }
            ],
        )
        self.assertEqual(record.line_ids[0].partner_id, payer)
        self.assertFalse(record.bank_statement_ids)
        self.assertEqual(self.ledger_balance(self.journal), 0)
        # when an accountant confirms
        self.confirm(record)
        # then one bank statement with three posted lines, the ledger = closing balance
        self.assertEqual((record.state, record.run_state), ("confirmed", "done"))
        self.assertEqual(record.error_count, 0)
        statement = record.bank_statement_ids
        self.assertRecordValues(
            statement,
            [{"balance_start": 0.0, "balance_end_real": 1227.5, "is_complete": True}],
        )
        self.assertTrue(statement.is_valid)
        self.assertEqual(self.ledger_balance(self.journal), 1227.5)
        lines = statement.line_ids.sorted("amount")
        self.assertRecordValues(
            lines,
            [
                {"amount": -12.5, "payment_ref": "fees", "partner_id": False},
                {"amount": 50.0, "payment_ref": "unknown payer", "partner_id": False},
                {
                    "amount": 1190.0,
                    "payment_ref": "Invoice INV/2026/00017",
                    "partner_id": payer.id,
                },
            ],
        )
        self.assertEqual(set(lines.mapped("state")), {"posted"})
        self.assertEqual(lines[-1].account_number, "DE02120300000000202051")
        self.assertEqual(lines[-1].partner_name, "Nordwind GmbH")
        self.assertEqual(lines[-1].transaction_details["bank_reference"], "R1")

    def test_the_same_file_twice_is_refused_with_a_link(self):
        data = camt(camt_statement(IBAN, "USD", 0, [entry(100)]))
        record = self.stage(data)
        with self.assertRaises(RedirectWarning) as caught:
            self.stage(data, name="another name.xml")
        self.assertEqual(caught.exception.args[3]["active_id"], record.id)
        # a cancelled one may come again
        record.action_cancel()
        self.assertEqual(self.stage(data).state, "staged")

    def test_overlapping_file_adds_only_what_is_new_and_keeps_twins(self):
        twins = [entry(1000, text="fee"), entry(1000, text="fee")]
        first = self.stage(camt(camt_statement(IBAN, "USD", 0, twins)))
        self.confirm(first)
        self.assertEqual(self.ledger_balance(self.journal), 20.0)
        # a longer file with the same two, a third one that looks the same, and a new day
        longer = [
            *twins,
            entry(1000, text="fee"),
            entry(500, day="2026-03-03", text="new"),
        ]
        second = self.stage(camt(camt_statement(IBAN, "USD", 0, longer, number="S2")))
        self.assertEqual((second.known_count, second.new_count), (2, 2))
        self.assertIn("2 lines are in the books", second.statement_ids.warning)
        self.confirm(second)
        self.assertEqual(self.ledger_balance(self.journal), 35.0)
        self.assertTrue(second.bank_statement_ids.is_valid)
        # the same movements in a third file: nothing left to post
        third = self.stage(camt(camt_statement(IBAN, "USD", 0, longer, number="S3")))
        self.assertEqual(third.new_count, 0)
        with self.assertRaisesRegex(UserError, "no new lines"):
            self.confirm(third)

    def test_an_id_of_the_bank_used_again_is_told(self):
        # given a posted line with the bank's id, and a batch whose lines share theirs
        rows = [
            entry(1000, text="x", reference="BANK-000123"),
            entry(300, text="a", reference="BATCH-77"),
            entry(400, text="b", reference="BATCH-77"),
        ]
        self.confirm(self.stage(camt(camt_statement(IBAN, "USD", 0, rows))))
        # when the next file has another amount under that id
        rows = [
            entry(1500, day="2026-03-03", text="x", reference="BANK-000123"),
            entry(500, day="2026-03-03", text="c", reference="BATCH-77"),
        ]
        second = self.stage(camt(camt_statement(IBAN, "USD", 1700, rows, number="S2")))
        # then it is told; the batch is not
        self.assertEqual(second.new_count, 2)
        self.assertIn("BANK000123", second.statement_ids.warning)
        self.assertNotIn("BATCH77", second.statement_ids.warning)

    def test_a_person_can_say_that_it_is_another_line(self):
        self.confirm(
            self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(1000, text="x")])))
        )
        again = self.stage(
            camt(camt_statement(IBAN, "USD", 1000, [entry(1000, text="x")]))
        )
        self.assertEqual(again.known_count, 1)
        with self.assertRaises(AccessError):
            again.line_ids.action_take_as_new()
        again.line_ids.with_user(self.accountant).action_take_as_new()
        self.assertEqual((again.known_count, again.new_count), (0, 1))
        self.confirm(again)
        self.assertEqual(self.ledger_balance(self.journal), 20.0)
        self.assertTrue(again.bank_statement_ids.is_valid)

    def test_unbalanced_file_is_held_and_cannot_be_confirmed(self):
        data = camt(camt_statement(IBAN, "USD", 0, [entry(100)], closing=150))
        record = self.stage(data)
        self.assertEqual(record.state, "held")
        self.assertEqual(record.statement_ids.difference_amount, 0.5)
        self.assertIn("0.50 is missing", record.statement_ids.problem)
        with self.assertRaisesRegex(UserError, "on hold"):
            self.confirm(record)
        # nor by giving it up and resuming it
        record = record.with_user(self.accountant)
        record.action_cancel()
        with self.assertRaisesRegex(UserError, "confirmed"):
            record.action_resume_run()
        self.assertEqual(self.ledger_balance(self.journal), 0)
        self.assertFalse(record.line_ids.statement_line_id)

    def test_gap_to_the_last_closing_balance_is_a_warning(self):
        self.confirm(self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(1000)]))))
        later = camt_statement(
            IBAN, "USD", 5000, [entry(1, day="2026-03-05")], number="S9"
        )
        record = self.stage(camt(later))
        self.assertEqual(record.state, "staged")
        self.assertIn("may be missing", record.statement_ids.warning)

    def test_two_accounts_go_to_two_journals(self):
        self.foreign_currency("JPY")
        yen = self.env.ref("base.JPY")
        journal = self.new_journal("BNKJ", "JP-001-2345678", yen)
        record = self.stage(
            camt(
                camt_statement(IBAN, "USD", 0, [entry(100)], number="A"),
                camt_statement("JP0012345678", "JPY", 0, [entry(120500)], number="B"),
            )
        )
        self.assertEqual(record.statement_ids.journal_id, self.journal | journal)
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 1.0)
        self.assertEqual(self.ledger_balance(journal), 120500)
        self.assertEqual(len(record.bank_statement_ids), 2)

    def test_three_decimals(self):
        dinar = self.env.ref("base.BHD")
        dinar.active = True
        journal = self.new_journal("BNKB", "BH67BMAG00001299123456", dinar)
        data = camt(camt_statement("BH67BMAG00001299123456", "BHD", 0, [entry(2505)]))
        record = self.stage(data)
        self.assertEqual(record.line_ids.amount, 2.505)
        self.confirm(record)
        self.assertEqual(self.ledger_balance(journal), 2.505)

    def test_unknown_account_says_what_to_do(self):
        other = "FR7630006000011234567890189"
        record = self.stage(camt(camt_statement(other, "USD", 0, [entry(100)])))
        self.assertEqual(record.state, "held")
        self.assertIn(other, record.statement_ids.problem)
        self.assertIn("Account Number", record.statement_ids.problem)
        # leaving the statement out lets the rest of the file pass
        record.statement_ids.is_left_out = True
        self.assertEqual((record.state, record.new_count), ("staged", 0))
        record.statement_ids.is_left_out = False
        self.assertEqual(record.state, "held")
        # setting up the journal and checking again does it, too
        self.new_journal("BNKF", other)
        record.action_check()
        self.assertEqual(record.state, "staged")

    def test_wrong_journal_is_not_accepted(self):
        other = self.new_journal("BNKO", "GB29NWBK60161331926819")
        record = self.stage(camt(camt_statement("XX1", "USD", 0, [entry(100)])))
        record.statement_ids.journal_id = other
        self.assertIn("another bank account", record.statement_ids.problem)

    def test_locked_period_is_held(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        record = self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(100)])))
        self.assertIn("locked period", record.statement_ids.problem)

    def test_paid_in_another_currency(self):
        euro = self.foreign_currency("EUR")
        data = camt(camt_statement(IBAN, "USD", 0, [entry(11000, text="x")])).replace(
            b"<TxDtls>",
            b'<TxDtls><AmtDtls><InstdAmt><Amt Ccy="EUR">100.00</Amt></InstdAmt></AmtDtls>',
        )
        line = self.confirm(self.stage(data)).bank_statement_ids.line_ids
        self.assertEqual(line.foreign_currency_id, euro)
        self.assertEqual((line.amount, line.amount_currency), (110.0, 100.0))

    def test_receipts_of_the_file_are_matched(self):
        customer = self.customer("Harbour Foods Ltd")
        invoice = self.invoice(customer, 250.0, "2026-02-01")
        receipt = entry(
            25000, text=f"payment {invoice.name}", payer="Harbour Foods Ltd"
        )
        data = camt(camt_statement(IBAN, "USD", 0, [receipt, entry(-500)]))
        record = self.confirm(self.stage(data))
        record.action_match()
        line = record.line_ids.statement_line_id.filtered(lambda one: one.amount > 0)
        proposal = self.env["ar.match.proposal"].search(
            [("statement_line_id", "=", line.id)]
        )
        self.assertEqual(len(proposal), 1)

    def test_first_statement_must_meet_the_ledger(self):
        record = self.stage(camt(camt_statement(IBAN, "USD", 5000, [entry(100)])))
        self.assertEqual(record.state, "staged")
        self.assertIn("opening entry", record.warning_text)

    def test_every_step_is_in_the_audit_log(self):
        record = self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(100)])))
        self.confirm(record).action_undo()
        log = self.env["customer.audit.entry"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )
        self.assertEqual(
            [(one.event, one.user_id) for one in log],
            [
                ("bank_file.stage", self.clerk),
                ("bank_file.confirm", self.accountant),
                ("bank_file.undo", self.accountant),
            ],
        )

    def test_undo(self):
        data = camt(camt_statement(IBAN, "USD", 0, [entry(1000), entry(-300)]))
        record = self.confirm(self.stage(data))
        record.action_undo()
        self.assertEqual(record.state, "cancelled")
        self.assertEqual(self.ledger_balance(self.journal), 0)
        # the movements are not known any more: the file can be imported again
        again = self.stage(data)
        self.assertEqual(again.new_count, 2)
        self.confirm(again)
        self.assertEqual(self.ledger_balance(self.journal), 7.0)

    def test_reconciled_lines_cannot_be_undone(self):
        record = self.confirm(
            self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(1000, text="paid")])))
        )
        _liquidity, suspense, _other = (
            record.line_ids.statement_line_id._seek_for_lines()
        )
        suspense.account_id = self.receivable_account
        with self.assertRaisesRegex(UserError, "reconciled"):
            record.action_undo()
        self.assertEqual(self.ledger_balance(self.journal), 10.0)


@tagged("post_install", "-at_install")
class TestBankTables(BankFileCase):
    TABLE = (
        "Date,Description,Payer,Money Out,Money In,Balance\n"
        '2026-03-02,INV/2026/00044,Harbour Foods Ltd,,"2,200.00","2,200.00"\n'
        "2026-03-03,Fee,,12.50,,2187.50\n"
    )

    def test_csv_waits_for_confirmed_totals(self):
        record = self.stage(self.TABLE.encode(), "list.csv", journal_id=self.journal.id)
        self.assertEqual(record.state, "held")
        self.assertIn("complete", record.statement_ids.problem)
        # wrong figures do not help
        record.statement_ids.write(
            {"confirmation": "closing", "confirmed_closing_amount": 2187.0}
        )
        self.assertEqual(
            (record.state, record.statement_ids.proof), ("held", "control")
        )
        # the right ones do
        record.write(
            {
                "statement_ids": [
                    Command.update(
                        record.statement_ids.id, {"confirmed_closing_amount": 2187.5}
                    )
                ]
            }
        )
        self.assertEqual(record.state, "staged")
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 2187.5)

    def test_number_and_sum_prove_a_list_without_balances(self):
        data = b"Date,Amount,Description\n2026-03-02,100.00,a\n2026-03-02,-30.00,b\n"
        record = self.stage(data, "list.csv", journal_id=self.journal.id)
        record.statement_ids.write(
            {
                "confirmation": "total",
                "confirmed_count": 2,
                "confirmed_total_amount": 71,
            }
        )
        self.assertEqual(record.state, "held")
        record.statement_ids.confirmed_total_amount = 70
        self.assertEqual(record.state, "staged")
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 70)

    def test_cut_csv_is_never_taken_as_whole(self):
        for end in range(len(self.TABLE)):
            data = self.TABLE[:end].encode()
            name = f"cut-{end}.csv"
            if end % 40 or not data.strip():
                continue
            try:
                with self.cr.savepoint():
                    record = self.stage(data, name, journal_id=self.journal.id)
            except UserError:
                continue
            self.assertEqual(record.state, "held", f"cut after {end} bytes")

    def test_workbook_with_balances_is_proven(self):
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for position, row in enumerate(
                [
                    [
                        "交易日期",
                        "借方发生额",
                        "贷方发生额",
                        "余额",
                        "对方户名",
                        "摘要",
                    ],
                    ["2026-03-02", "", 8000.5, 8000.5, "上海测试贸易有限公司", "货款"],
                    ["2026-03-03", 25, "", 7975.5, "", "手续费"],
                ]
            ):
                sheet.write_row(position, 0, row)
        record = self.stage(target.getvalue(), "流水.xlsx", journal_id=self.journal.id)
        self.assertEqual(record.state, "staged")
        self.assertEqual(record.line_ids[0].payer_name, "上海测试贸易有限公司")
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 7975.5)

    def test_own_layout(self):
        profile = self.env["ar.bank.csv.profile"].create(
            {
                "name": "German bank",
                "date_column": "Buchungstag",
                "amount_column": "Betrag",
                "sign_column": "S/H",
                "debit_marks": "S",
                "credit_marks": "H",
                "text_column": "Zweck",
                "date_order": "dmy",
                "number_format": "german",
                "journal_id": self.journal.id,
            }
        )
        data = b"Buchungstag;Betrag;S/H;Zweck\n02.03.2026;1.190,00;H;Rechnung\n"
        record = self.stage(data, "umsatz.csv")
        self.assertEqual(record.line_ids.amount, 1190.0)
        self.assertEqual(record.statement_ids.journal_id, self.journal)
        with self.assertRaisesRegex(UserError, "either the amount column"):
            profile.debit_column = "Soll"
            profile.credit_column = "Haben"


@tagged("post_install", "-at_install")
class TestBadBankFiles(BankFileCase):
    def test_each_bad_file_has_its_message_and_writes_nothing(self):
        good = camt(camt_statement(IBAN, "USD", 0, [entry(100, text="x")]))
        for part, data, name in (
            ("is empty", b" ", "empty.xml"),
            ("damaged or incomplete", good[:-20], "cut.xml"),
            ("DTD", good.replace(b"<Doc", b"<!DOCTYPE x><Doc"), "dtd.xml"),
            (
                "the file is cut off",
                b":20:REF\r\n:25:1\r\n:28C:1\r\n:60F:C260302EUR0,\r\n",
                "a.sta",
            ),
            ("PDF", b"%PDF-1.7 ...", "statement.xml"),
            ("not an amount", good.replace(b">1.00<", b">NaN<"), "nan.xml"),
            ("decimal places", good.replace(b">1.00<", b">1.001<"), "precise.xml"),
            ("not a date", good.replace(b"<Dt>2026-03-02", b"<Dt>2026-02-30"), "d.xml"),
            ("not a currency", good.replace(b"USD", b"QQQ"), "currency.xml"),
            ("No layout fits", b"Tag,Betrag\n2026-03-02,1.00\n", "list.csv"),
            (
                ", row 2, Date: .* not a date",
                b"Date,Amount\n02.03.2026,1.00\n",
                "order.csv",
            ),
            (
                ", row 2, Amount: .* not an amount",
                b"Date,Amount\n2026-03-02,1e5\n",
                "amount.csv",
            ),
            ("holds no bank statement", b"Date,Amount\n", "headings.csv"),
        ):
            with self.subTest(file=name):
                self.assertRefused(f"^{name}(?!.*{name}).*{part}", data, name)

    def test_one_bad_file_stops_all(self):
        good = camt(camt_statement(IBAN, "USD", 0, [entry(100)]))
        with self.assertRaises(UserError), self.cr.savepoint():
            self.upload(("good.xml", good), ("bad.xml", good[:-9]))
        self.assertFalse(self.env["ar.bank.import"].search_count([]))

    def test_file_names_are_made_harmless(self):
        data = camt(camt_statement(IBAN, "USD", 0, [entry(100)]))
        record = self.stage(data, "../../etc/\u202ebank.xml")
        self.assertEqual(record.name, "bank.xml")
        self.assertEqual(base64.b64decode(record.file), data)


@tagged("post_install", "-at_install")
class TestBankRights(BankFileCase):
    def setUp(self):
        super().setUp()
        self.record = self.stage(camt(camt_statement(IBAN, "USD", 0, [entry(100)])))

    def test_without_a_role_nothing(self):
        employee = self.user_with(login="bank-employee")
        with self.assertRaises(AccessError):
            self.upload(("x.xml", b"<x/>"), user=employee)
        record = self.record.with_user(employee)
        for method in (
            "action_check",
            "action_cancel",
            "action_confirm",
            "action_undo",
            "action_cancel_run",
            "action_resume_run",
            "action_open_bank_lines",
            "action_open_bank_statements",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(record, method)()
        with self.assertRaises(AccessError):
            record.read(["name"])
        with self.assertRaises(AccessError):
            self.journal.with_user(employee).action_ar_bank_import()

    def test_clerk_stages_but_does_not_post(self):
        with self.assertRaises(AccessError):
            self.record.action_confirm()
        with self.assertRaises(AccessError):
            self.record.action_resume_run()
        with self.assertRaises(AccessError):
            self.record.action_undo()

    def test_staged_figures_cannot_be_edited_even_by_an_accountant(self):
        record = self.record.with_user(self.accountant)
        for records, values in (
            (record, {"state": "confirmed"}),
            (record, {"run_state": "running"}),
            (record, {"confirmed_by_id": self.accountant.id}),
            (record.statement_ids, {"booked_amount": 5}),
            (record.statement_ids, {"state": "ready"}),
            (record.line_ids, {"amount": 5}),
            (record.line_ids, {"payer_account": "X"}),
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                records.write(values)
        with self.assertRaises(AccessError):
            record.copy()
        with self.assertRaises(AccessError):
            record.unlink()

    def test_auditor_reads_and_writes_nothing(self):
        record = self.record.with_user(self.user_with("auditor", login="bank-auditor"))
        self.assertEqual(record.line_ids.mapped("amount"), [1.0])
        with self.assertRaises(AccessError):
            record.action_check()
        with self.assertRaises(AccessError):
            record.statement_ids.is_left_out = True

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.user_with("ar_accountant", company=other, login="bank-stranger")
        self.assertFalse(self.env["ar.bank.import"].with_user(stranger).search([]))
        for records in (self.record, self.record.statement_ids, self.record.line_ids):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read([])


@tagged("post_install", "-at_install")
class TestBankVolume(BankFileCase):
    def test_statements_do_not_depend_on_the_number_of_lines(self):
        def queries(count, number):
            lines = [entry(100 + i, text=f"{number}-{i}") for i in range(count)]
            data = camt(camt_statement(IBAN, "USD", 0, lines, number=number))
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.stage(data, f"{number}.xml")
            return self.cr.sql_log_count - before

        queries(1, "warm")
        few, many = queries(5, "few"), queries(200, "many")
        self.assertLessEqual(many, few + 5)

    def test_many_lines_are_posted_in_the_background(self):
        lines = [entry(100, text=f"line {i}") for i in range(120)]
        record = self.confirm(self.stage(camt(camt_statement(IBAN, "USD", 0, lines))))
        self.assertEqual((record.state, record.run_state), ("confirmed", "running"))
        self.assertEqual(self.ledger_balance(self.journal), 0)
        # lines on their way are known to every other file
        other = self.stage(camt(camt_statement(IBAN, "USD", 0, lines, number="again")))
        self.assertEqual(other.new_count, 0)
        # on a slow machine a cron's time may end before the work: it is called again
        cron = self.env.ref("customer_ar_suite.ar_run_cron")
        for _call in range(20):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            if record.run_state == "done":
                break
        self.assertEqual((record.run_state, record.error_count), ("done", 0))
        self.assertEqual(self.ledger_balance(self.journal), 120.0)
        self.assertTrue(record.bank_statement_ids.is_complete)
        self.assertEqual(record.bank_statement_ids.line_ids.create_uid, self.accountant)
