"""The same frozen figures as PDF, workbook and web page; codes to pay with; company texts."""

import io
import re

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..engine.statement.matrix import StatementMatrix
from .common import date
from .test_flow_statements import StatementCommon

IBAN = "BE71096123456769"


@tagged("post_install", "-at_install")
class TestStatementWorkbook(StatementCommon):
    def sheets(self, statements):
        book = openpyxl.load_workbook(io.BytesIO(statements._workbook()))
        return [
            [[cell.value for cell in row] for row in sheet.iter_rows()]
            for sheet in book.worksheets
        ]

    def test_same_figures_as_the_matrix_and_numbers_are_numbers(self):
        # given two currencies, one without decimals
        partner = self.customer("Globex Ltd", ref="C-1")
        self.foreign_currency("JPY", rounding=1.0)
        yen = self.env.ref("base.JPY")
        self.invoice(partner, 1234.56, date(2026, 6, 2), date(2026, 6, 12))
        self.invoice(partner, 5000, date(2026, 6, 3), currency=yen)
        self.payment(partner, 234.56, date(2026, 6, 20))
        statement = self.issue(partner, "activity", period_start_date=date(2026, 6, 1))
        # when
        [rows] = self.sheets(statement)
        # then every cell of the matrix is there, with its own type
        matrix = statement._matrix()
        written = [value for row in rows for value in row if value is not None]
        for section in matrix.sections:
            scale = 10**section.digits
            for row in section.rows:
                for cell, column in zip(row.cells, matrix.columns, strict=True):
                    if cell is None or column.kind == "kind":
                        continue
                    if column.kind == "amount":
                        self.assertIn(cell / scale, written)
                    elif column.kind == "date":
                        days = [v.date() for v in written if hasattr(v, "date")]
                        self.assertIn(cell, days)
                    elif cell:
                        self.assertIn(cell, written)
            self.assertIn(section.closing / scale, written)
        self.assertIn(statement.name, written)
        self.assertEqual(
            {s.currency: s.closing for s in matrix.sections},
            {"JPY": 5000, "USD": 100000},
        )

    def test_formulas_of_others_stay_text(self):
        evil = '=HYPERLINK("http://evil.example","pay here")'
        partner = self.customer(evil, ref="+1+1")
        self.invoice(partner, 10, date(2026, 6, 1), ref="@SUM(A1:A9)")
        statement = self.issue(partner)
        book = openpyxl.load_workbook(io.BytesIO(statement._workbook()))
        cells = [
            cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value
        ]
        suspects = [c for c in cells if str(c.value)[0] in "=+-@"]
        self.assertGreaterEqual(len(suspects), 2)
        for cell in suspects:
            if isinstance(cell.value, str):
                self.assertEqual(cell.data_type, "s", cell.value)
                self.assertTrue(cell.style_id and cell.quotePrefix, cell.value)

    def test_one_sheet_per_statement_and_not_endless(self):
        partners = self.customer("One") | self.customer("Two", lang="zh_CN")
        for partner in partners:
            self.invoice(partner, 10, date(2026, 6, 1))
        statements = self.issue(partners)
        self.assertEqual(len(self.sheets(statements)), 2)
        self.patch(type(statements), "_most_files", 1)
        with self.assertRaises(UserError):
            statements._workbook()

    def test_exchange_differences_are_shown_to_nobody(self):
        # given a euro invoice paid in full at another rate: core books a difference
        partner = self.customer("Initech")
        self.foreign_currency("EUR", [("2020-01-01", 2.0), ("2026-06-01", 4.0)])
        euro = self.env.ref("base.EUR")
        invoice = self.invoice(partner, 100, date(2026, 5, 1), currency=euro)
        payment = self.payment(partner, 100, date(2026, 6, 5), currency=euro)
        self.match(invoice, payment)
        self.invoice(partner, 7, date(2026, 6, 9), currency=euro)
        difference = (
            self.env["account.partial.reconcile"]
            .search([("debit_move_id", "in", invoice.line_ids.ids)])
            .exchange_move_id
        )
        self.assertTrue(difference.name)
        for kind, values in (
            ("open_item", {}),
            ("compact", {}),
            ("activity", {"period_start_date": date(2026, 5, 1)}),
        ):
            statement = self.issue(partner, kind, **values)
            # then no renderer knows of it
            self.assertNotIn(difference.name, statement.snapshot)
            self.assertNotIn(difference.name, str(self.sheets(statement)))
            self.assertNotIn(difference.name, self.pages(self.pdf(statement))[0])
            self.assertNotIn(difference.name, statement.preview_html)

    def test_reprint_says_the_same_whatever_was_booked_since(self):
        # given a statement, printed
        partner = self.customer("Globex Ltd", ref="C-1", street="1 Road")
        invoice = self.invoice(partner, 100, date(2026, 6, 1))
        statement = self.issue(partner)
        page, book = self.pages(self.pdf(statement)), self.sheets(statement)
        # when everything around it changes
        partner.write({"name": "Renamed Ltd", "street": "9 Lane"})
        self.match(invoice, self.payment(partner, 100, date(2026, 6, 3)))
        self.company.write({"name": "Other Name", "phone": "000"})
        self.layouts["open_item"].write({"intro": "New text", "show_words": False})
        statement.invalidate_recordset()
        # then the content is the same, to the character
        self.assertEqual(self.pages(self.pdf(statement)), page)
        self.assertEqual(self.sheets(statement), book)
        matrix = StatementMatrix.from_json(statement.snapshot)
        self.assertEqual(matrix.to_json(), statement.snapshot)
        self.assertTrue(statement.is_intact)


@tagged("post_install", "-at_install")
class TestStatementTexts(StatementCommon):
    def test_texts_of_the_company_in_the_language_of_the_customer(self):
        self.company.write(
            {
                "ar_statement_tagline": "Bearings since 1974",
                "ar_statement_intro": "Please compare.",
                "ar_statement_closing": "Thank you.",
                "ar_statement_footer": "Registered in Springfield",
            }
        )
        self.company.with_context(lang="zh_CN").write(
            {"ar_statement_intro": "请核对。", "ar_statement_footer": "春田市注册"}
        )
        english = self.customer("Globex Ltd", lang="en_US")
        chinese = self.customer("上海测试贸易有限公司", lang="zh_CN")
        for partner in english | chinese:
            self.invoice(partner, 10, date(2026, 6, 1))
        statements = self.issue(english | chinese)
        texts = {
            s.partner_id: self.pages(self.pdf(s))[0].replace(" ", "")
            for s in statements
        }
        for text in (
            "Bearingssince1974", "Pleasecompare.", "Thankyou.", "RegisteredinSpringfield",
        ):  # fmt: skip
            self.assertIn(text, texts[english])
        self.assertIn("请核对。", texts[chinese])
        self.assertIn("春田市注册", texts[chinese])
        # what a layout says itself goes before
        self.layouts["open_item"].intro = "Of this layout."
        self.assertEqual(self.issue(english)._matrix().header.intro, "Of this layout.")

    def test_activity_tells_how_the_balance_came_about(self):
        partner = self.customer("上海测试贸易有限公司", lang="zh_CN")
        self.invoice(partner, 100, date(2026, 5, 1))
        self.invoice(partner, 1000, date(2026, 6, 2))
        self.payment(partner, 300, date(2026, 6, 9))
        statement = self.issue(partner, "activity", period_start_date=date(2026, 6, 1))
        [page] = self.pages(self.pdf(statement))
        wording = statement._wording("zh_CN")
        for code, amount in (
            ("opening", "100.00"),
            ("charges", "1,000.00"),
            ("credits", "300.00"),
            ("closing", "800.00"),
        ):
            label = wording.label(f"summary_{code}").replace(" ", "")
            self.assertIn(label, page.replace(" ", ""))
            self.assertIn(amount, page)
        self.assertIn("捌佰元整", page)

    def test_what_we_owe_a_customer_stands_beside_only_where_it_is_turned_on(self):
        # given a customer who sells to us, too
        partner = self.customer("Both Ways Ltd")
        self.invoice(partner, 1000, date(2026, 6, 1))
        self.invoice(partner, 300, date(2026, 6, 2), move_type="in_invoice")
        self.assertEqual(self.issue(partner)._matrix().sections[0].payable, 0)
        # when the company shows payables
        self.company.ar_shows_payables = True
        statement = self.issue(partner)
        # then both sides and the net stand on the paper; the balance is what it was
        [section] = statement._matrix().sections
        self.assertEqual((section.closing, section.payable), (100000, -30000))
        self.assertEqual(statement.balance_amount, 1000)
        [page] = self.pages(self.pdf(statement))
        for text in ("We owe you as our supplier", "-300.00", "700.00"):
            self.assertIn(text, page)

    def test_our_own_accounts_are_printed_for_the_customer_whoever_issues(self):
        """Masking hides account numbers from people, not from the payer."""
        self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.company.partner_id.id}
        )
        self.env.ref(
            "customer_ar_suite.customer_sensitive_field_acc_number"
        ).active = True
        partner = self.customer("Globex Ltd")
        self.invoice(partner, 10, date(2026, 6, 1))
        collector = self.user_with("collector")
        statement = self.issue(partner, user=collector)
        self.assertEqual(statement._matrix().header.banks[0].number, IBAN)


@tagged("post_install", "-at_install")
class TestPayCodes(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_currency("EUR")
        cls.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": cls.company.partner_id.id}
        )

    def setUp(self):
        """A payment code as the modules of countries bring them: euros, by IBAN."""
        super().setUp()
        bank = self.env.registry["res.partner.bank"]

        def error(_bank, _method, _debtor, currency):
            return None if currency.name == "EUR" else "euros only"

        def params(bank, amount, currency, debtor_partner, free_communication, **_how):
            lines = (
                "BCD",
                bank.acc_number,
                f"{currency.name}{amount}",
                free_communication,
                debtor_partner.name,
            )
            return {"barcode_type": "QR", "value": "\n".join(lines)}

        self.patch(bank, "_get_available_qr_methods", lambda _b: [("eu", "Euros", 1)])
        self.patch(bank, "_get_error_messages_for_qr", error)
        self.patch(bank, "_get_qr_code_generation_params", params)

    def test_euro_block_has_a_code_and_the_dollar_block_has_none(self):
        # given what is owed in euros and in dollars, to a company with an IBAN
        partner = self.customer("Globex Ltd", ref="C-9")
        euro = self.env.ref("base.EUR")
        self.invoice(partner, 850.5, date(2026, 6, 1), currency=euro)
        self.invoice(partner, 100, date(2026, 6, 1))
        # when
        statement = self.issue(partner)
        # then the code asks for exactly what is owed, with the number of the statement
        codes = {s.currency: s.pay_code for s in statement._matrix().sections}
        self.assertIsNone(codes["USD"])
        self.assertEqual(
            codes["EUR"].value.split("\n"),
            ["BCD", IBAN, "EUR850.5", f"{statement.name} C-9", "Globex Ltd"],
        )
        # and stands on the paper as a picture, with its own aging beside it
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("customer_ar_suite.ar_statement_report", statement.ids)[
                0
            ]
            .decode()
        )
        self.assertEqual(
            len(re.findall(r'<img[^>]*src="data:image/png;base64,', html)), 1
        )
        self.assertEqual(len(self.pages(self.pdf(statement))), 1)

    def test_no_code_for_credits_or_where_the_layout_has_none(self):
        partner = self.customer("Globex Ltd")
        euro = self.env.ref("base.EUR")
        self.payment(partner, 20, date(2026, 6, 1), currency=euro)
        self.assertIsNone(self.issue(partner)._matrix().sections[0].pay_code)
        self.invoice(partner, 50, date(2026, 6, 1), currency=euro)
        self.assertTrue(self.issue(partner)._matrix().sections[0].pay_code)
        self.layouts["open_item"].show_codes = False
        self.assertIsNone(self.issue(partner)._matrix().sections[0].pay_code)

    def test_codes_cost_no_question_per_customer(self):
        euro = self.env.ref("base.EUR")
        partners = self.env["res.partner"]
        for i in range(20):
            partner = self.customer(f"Customer {i:02}")
            self.invoice(partner, 100 + i, date(2026, 6, 1), currency=euro)
            partners |= partner
        counts = []
        for chosen in (partners[:1], partners[:1], partners):
            wizard = self.send(chosen)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(wizard._issue()), len(chosen))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[-1], counts[-2])


@tagged("post_install", "-at_install")
class TestStatementDownloads(StatementCommon, HttpCase):
    def test_workbook_and_page_for_those_who_may(self):
        partner = self.customer("Canary Customer")
        self.invoice(partner, 987654.32, date(2026, 6, 1))
        statement = self.issue(partner)
        self.authenticate(self.clerk.login, self.clerk.login)
        for button, kind, start in (
            ("action_download_xlsx", "xlsx", b"PK"),
            ("action_download_html", "html", b"<!DOCTYPE html>"),
        ):
            url = getattr(statement, button)()["url"]
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.content.lstrip().startswith(start), kind)
            self.assertIn(f".{kind}", answer.headers["Content-Disposition"])
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("987,654.32", answer.text)
        # complete in one file: nothing is fetched from elsewhere
        self.assertFalse(re.findall(r'(?:src|href)="(?!data:)', answer.text))
        events = self.env["customer.audit.entry"].search(
            [("model", "=", "ar.statement"), ("res_id", "=", statement.id)]
        )
        self.assertEqual(
            events.mapped("event").count("statement_printed"),
            2,
            "both are written down",
        )

    def test_nothing_asked_for_is_nothing_found(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        for kind in ("zip", "xlsx", "html"):
            answer = self.url_open(
                f"/customer_ar_suite/statements.{kind}?ids=,x,999999999"
            )
            self.assertEqual(answer.status_code, 404, kind)
