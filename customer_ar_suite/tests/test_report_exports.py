"""Aging, trial balance and ledger as workbook, PDF and page: the same table each time."""

import io
import re
from unittest.mock import patch

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models import ir_actions_report as core

from .common import date
from .test_receivables_reports import JUN_30, MAR_31, ReportCase

EVIL = (
    "=1+2",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "＝1+1",
    '=HYPERLINK("http://x")',
)


class ExportCase(ReportCase):
    def table(self, name, group_by, domain=(), **context):
        report = self.report(name, ar_as_of=JUN_30, **context)
        return report._as_table(report._checked_domain(list(domain)), group_by)

    def workbook(self, table):
        content = self.env["ar.report.xlsx"]._write(table)
        return openpyxl.load_workbook(io.BytesIO(content)).active

    def head(self, sheet):
        """Number of the row with the column headings, from 1."""
        return next(
            row[0].row for row in sheet.iter_rows() if row[0].font.b and row[1].value
        )


@tagged("post_install", "-at_install")
class TestReportWorkbook(ExportCase):
    def test_figures_are_figures_and_totals_are_right(self):
        self.invoice(self.acme, 1234.56, date(2026, 6, 1), due=date(2026, 7, 1))
        self.invoice(self.acme, 100, date(2026, 1, 1))
        self.invoice(self.bolt, 0.44, date(2026, 6, 1), due=date(2026, 7, 1))
        self.payment(self.bolt, 35, date(2026, 6, 1))
        sheet = self.workbook(
            self.table(
                "ar.aging.report",
                ["partner_id"],
                [("partner_id", "in", [self.acme.id, self.bolt.id])],
            )
        )
        head = self.head(sheet)
        headings = [cell.value for cell in sheet[head]]
        self.assertEqual(
            headings,
            ["Customer", "Customer No.", "Not due", "1–30", "31–60", "61–90", "91–120",
             "> 120", "Unapplied", "Overdue", "Balance"],
        )  # fmt: skip
        rows = [
            [cell.value for cell in row] for row in sheet.iter_rows(head + 1, head + 3)
        ]
        self.assertEqual(
            rows[0], ["Acme Ltd", "C-1", 1234.56, 0, 0, 0, 0, 100, 0, 100, 1334.56]
        )
        self.assertEqual(
            rows[1], ["Bolt Ltd", "C-2", 0.44, 0, 0, 0, 0, 0, -35, 0, -34.56]
        )
        self.assertEqual(rows[2][0], "Total")
        self.assertEqual(rows[2][2:], [1235, 0, 0, 0, 0, 100, -35, 100, 1300])
        self.assertEqual(sheet.cell(head + 1, 3).number_format, "#,##0.00;-#,##0.00;–")
        self.assertEqual(sheet.freeze_panes, f"B{head + 1}")
        self.assertTrue(sheet.cell(head + 3, 1).font.b)

    def test_a_reader_knows_what_he_has(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        table = self.table(
            "ar.aging.report", ["partner_id"], [("partner_id", "=", self.acme.id)]
        )
        facts = dict(table.facts)
        self.assertEqual(facts["Company"], self.company.display_name)
        self.assertEqual(facts["As of"], "06/30/2026")
        self.assertEqual(facts["Filter"], "Customer: Acme Ltd")
        self.assertIn(self.env.user.name, facts["Printed"])
        self.assertIn("30 / 60 / 90 / 120", facts["Buckets"])
        self.assertEqual(facts["Amounts in"], "USD")
        self.assertIn("difference $ 0.00", table.notes[0].replace("\xa0", " "))

    def test_no_text_becomes_a_formula(self):
        for number, text in enumerate(EVIL):
            partner = self.customer(text, ref=text)
            self.invoice(partner, 10 + number, date(2026, 6, 1), ref=text)
        for name, group_by in (
            ("ar.aging.report", ["partner_id"]),
            ("ar.aging.report", []),
            ("ar.trial.balance.report", ["partner_id"]),
            ("ar.customer.ledger.report", ["partner_id"]),
            ("ar.aging.comparison", ["partner_id"]),
        ):
            sheet = self.workbook(self.table(name, group_by))
            for row in sheet.iter_rows():
                for cell in row:
                    self.assertNotEqual(cell.data_type, "f", cell.value)
                    self.assertIsNone(cell.hyperlink)
            texts = {str(cell.value) for row in sheet.iter_rows() for cell in row}
            self.assertTrue(any("=1+2" in text for text in texts), name)

    def test_groups_in_groups_and_several_currencies(self):
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0)])
        yen = self.foreign_currency("JPY", [("2026-01-01", 100.0)], rounding=1)
        for partner in (self.acme, self.bolt):
            self.invoice(partner, 100, date(2026, 6, 1), currency=euro)
            self.invoice(partner, 5000, date(2026, 6, 1), currency=yen)
        table = self.table(
            "ar.aging.report",
            ["account_id", "partner_id"],
            [("partner_id", "in", [self.acme.id, self.bolt.id])],
            ar_amounts_in="document",
        )
        totals = {
            row.cells[2]: (row.cells[-1], row.digits)
            for row in table.rows
            if row.kind == "total"
        }
        self.assertEqual(totals, {"EUR": (20000, 2), "JPY": (10000, 0)})
        sheet = self.workbook(table)
        formats = {
            row[2].value: row[3].number_format
            for row in sheet.iter_rows(self.head(sheet) + 1)
            if row[2].value in ("EUR", "JPY")
        }
        self.assertEqual(formats["JPY"], "#,##0;-#,##0;–")

    def test_the_list_as_it_is_without_groups(self):
        invoice = self.invoice(self.acme, 10, date(2026, 6, 1))
        sheet = self.workbook(
            self.table("ar.aging.report", [], [("partner_id", "=", self.acme.id)])
        )
        row = [cell.value for cell in sheet[self.head(sheet) + 1]]
        self.assertEqual(row[:2], ["Acme Ltd", invoice.display_name])
        self.assertEqual(row[3].date(), date(2026, 6, 1))
        self.assertEqual(row[4], 29)

    def test_many_customers_are_few_statements(self):
        def statements():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            table = self.table("ar.aging.report", ["partner_id"])
            self.env["ar.report.xlsx"]._write(table)
            return self.env.cr.sql_log_count - before, len(table.rows)

        self.invoice(self.acme, 10, date(2026, 6, 1))
        statements()
        few, rows = statements()
        self.invoices(self.customers_named("C", 12), 10, date(2026, 6, 1))
        self.env.flush_all()
        many, more_rows = statements()
        self.assertEqual(more_rows, rows + 12)
        self.assertLessEqual(many, few)


@tagged("post_install", "-at_install")
class TestReportPaper(ExportCase):
    def pages(self, content):
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        return [" ".join(page.extract_text().split()) for page in reader.pages]

    def owed_by(self, partners):
        """An open item of each, in one entry."""
        owed = [
            {
                "account_id": self.receivable_account.id,
                "partner_id": partner.id,
                "balance": 10,
            }
            for partner in partners
        ]
        revenue = self.company_data["default_account_revenue"]
        rest = {"account_id": revenue.id, "balance": -10 * len(partners)}
        move = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": date(2026, 6, 1),
                "line_ids": [Command.create(values) for values in (*owed, rest)],
            }
        )
        move.action_post()

    def test_every_page_has_its_number_and_headings(self):
        if core._wkhtml().state == "install":
            self.fail("wkhtmltopdf is needed for this test")
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n:03}", "is_company": True} for n in range(90)]
        )
        self.owed_by(partners)
        table = self.table("ar.aging.report", ["partner_id"])
        content = self.env["ar.report.document"]._write(table, "pdf")
        pages = self.pages(content)
        self.assertGreater(len(pages), 2)
        for number, text in enumerate(pages, 1):
            self.assertIn(f"Page {number} of {len(pages)}", text)
            self.assertIn("Not due", text)
        joined = "\n".join(pages)
        for number in range(90):
            self.assertEqual(joined.count(f"Customer {number:03}"), 1)

    def test_the_page_shows_the_same_figures_and_runs_no_script(self):
        self.customer("<script>alert(1)</script>")
        evil = self.customer("<img src=x onerror=alert(1)>")
        self.invoice(evil, 1234.5, date(2026, 6, 1))
        table = self.table("ar.trial.balance.report", ["partner_id"])
        html = self.env["ar.report.document"]._write(table, "html").decode()
        self.assertIn("1,234.50", html)
        self.assertIn("&lt;img src=x", html)
        self.assertFalse(re.search(r"<(script|img)\b", html))

    def test_too_long_for_paper(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        table = self.table("ar.aging.report", ["partner_id"])
        document = self.env["ar.report.document"]
        with (
            patch(
                "odoo.addons.customer_ar_suite.report.ar_report_document.MOST_LINES", 0
            ),
            self.assertRaisesRegex(UserError, "Excel"),
        ):
            document._write(table, "pdf")

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.invoice(self.acme, 1234.5, date(2026, 6, 1))
        report = self.report("ar.aging.report", ar_as_of=JUN_30).with_context(
            lang="zh_CN"
        )
        table = report._as_table(report._checked_domain([]), ["partner_id"])
        document = report.env["ar.report.document"]
        self.assertIn("1,234.50", document._write(table, "html").decode())


@tagged("post_install", "-at_install")
class TestReportDownload(ExportCase, HttpCase):
    def ask(self, user, file_type="xlsx", report="ar.aging.report"):
        report = self.report(report, ar_as_of=JUN_30, ar_compare_to=MAR_31)
        return report.with_user(user).action_download(file_type, [], ["partner_id"])

    def may_export(self, user):
        user.sudo().group_ids += self.env.ref("base.group_allow_export")
        return user

    def test_only_who_asked_gets_the_file(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        clerk = self.may_export(self.user_with("ar_clerk"))
        other = self.may_export(self.user_with("collector"))
        url = self.ask(clerk)["url"]
        self.authenticate(other.login, other.login)
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(clerk.login, clerk.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        self.assertEqual(sheet["A1"].value, "Aged Receivables")
        # and it is in the audit log, with what was asked for
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "report.export")], limit=1
        )
        self.assertEqual(entry.user_id, clerk)

    def test_every_report_can_be_downloaded(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        clerk = self.may_export(self.user_with("ar_clerk"))
        self.authenticate(clerk.login, clerk.login)
        for report in (
            "ar.aging.report",
            "ar.aging.comparison",
            "ar.trial.balance.report",
            "ar.customer.ledger.report",
        ):
            for file_type in ("xlsx", "html"):
                answer = self.url_open(self.ask(clerk, file_type, report)["url"])
                self.assertEqual(answer.status_code, 200, (report, file_type))
                self.assertGreater(len(answer.content), 1000)

    def test_rights(self):
        clerk = self.user_with("ar_clerk")
        with self.assertRaises(AccessError):  # Odoo's right to export
            self.ask(clerk)
        self.assertIn("/report/", self.ask(clerk, "pdf")["url"])
        with self.assertRaises(AccessError):
            self.ask(self.user_with(), "pdf")
        for wrong in ({"file_type": "exe"}, {"group_by": ["no_field"]}):
            values = {"file_type": "pdf", "domain": [], "group_by": [], **wrong}
            with self.assertRaises(UserError):
                self.report("ar.aging.report").with_user(clerk).action_download(
                    **values
                )

    def test_the_forms_give_files_too(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        clerk = self.may_export(self.user_with("ar_clerk"))
        aging = (
            self.env["ar.aging.open"].with_user(clerk).create({"as_of_date": JUN_30})
        )
        ledger = (
            self.env["ar.ledger.open"]
            .with_user(clerk)
            .create(
                {
                    "first_date": date(2026, 1, 1),
                    "as_of_date": JUN_30,
                    "report": "ledger",
                }
            )
        )
        for wizard in (aging, ledger):
            for method in ("action_xlsx", "action_pdf"):
                action = getattr(wizard, method)()
                download = self.env["ar.report.download"].browse(
                    int(action["url"].rpartition("/")[2])
                )
                self.assertEqual(download.parameters["ar_as_of"], "2026-06-30")
