import io
import json
import re
import unicodedata
import zipfile
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..engine.statement import BUILDERS
from ..engine.statement.matrix import StatementMatrix
from ..report import ar_paper_report
from .common import ArCommon, date

ISSUERS = ("ar_clerk", "ar_accountant", "collector", "credit_manager")


class StatementCommon(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.layouts = {
            layout.kind: layout for layout in cls.env["ar.statement.layout"].search([])
        }
        cls.clerk = cls.user_with("ar_clerk")

    def send(self, partners=None, kind="open_item", user=None, **values):
        """The filled dialog of ``user`` (an AR clerk unless told)."""
        model = self.env["ar.statement.send"].with_user(user or self.clerk)
        return model.with_company(self.company).create(
            {
                "selection": "chosen" if partners else "open",
                "partner_ids": partners and partners.ids,
                "layout_id": self.layouts[kind].id,
                "as_of_date": self.AS_OF,
                **values,
            }
        )

    def issue(self, *args, **kwargs):
        return self.send(*args, **kwargs)._issue()

    def pdf(self, statements):
        report = self.env["ir.actions.report"].with_user(statements.env.user)
        with self.allow_pdf_render():
            content, kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf("customer_ar_suite.ar_statement_report", statements.ids)
        self.assertEqual(kind, "pdf")
        return content

    def pages(self, content):
        """Text of each page: compatibility characters folded, single spaces."""
        reader = PdfFileReader(io.BytesIO(content))
        return [
            " ".join(
                unicodedata.normalize("NFKC", page.extract_text())
                .replace("\u2ec6", "角")  # a radical that NFKC leaves alone
                .split()
            )
            for page in reader.pages
        ]


@tagged("post_install", "-at_install")
class TestFlowStatements(StatementCommon):
    def test_from_dialog_to_frozen_statement(self):
        # given an invoice half paid, one not due, one in euro
        partner = self.customer("Globex Ltd", ref="C-1001", city="Leeds")
        self.foreign_currency("EUR")
        euro = self.env.ref("base.EUR")
        late = self.invoice(partner, 1000, date(2026, 5, 1), date(2026, 5, 31))
        paid = self.payment(partner, 400, date(2026, 6, 10))
        self.match(late, paid)
        self.invoice(partner, 250.5, date(2026, 6, 20), date(2026, 7, 20))
        self.invoice(partner, 80, date(2026, 6, 1), date(2026, 6, 1), currency=euro)
        # when
        action = self.send(partner).action_print()
        statement = self.env["ar.statement"].search([("partner_id", "=", partner.id)])
        # then it is numbered, has one section per currency, and its totals add up
        self.assertEqual(
            action["report_name"], "customer_ar_suite.ar_statement_document"
        )
        self.assertRegex(statement.name, r"SOA/\d{4}/\d{5}")
        self.assertRecordValues(
            statement.total_ids,
            [
                {"currency_id": euro.id, "closing_amount": 80, "overdue_amount": 80},
                {
                    "currency_id": self.company.currency_id.id,
                    "closing_amount": 850.5,
                    "overdue_amount": 600,
                },
            ],
        )
        self.assertEqual(statement.balance_amount, 850.5 + 40)
        matrix = statement._matrix()
        self.assertEqual([s.currency for s in matrix.sections], ["EUR", "USD"])
        self.assertEqual(matrix.sections[1].aging, (25050, 60000, 0, 0, 0, 0))
        # and later bookings do not change it
        self.invoice(partner, 999, date(2026, 6, 2))
        statement.invalidate_recordset()
        self.assertEqual(statement._matrix(), matrix)

    def test_activity_adds_up_across_currencies_and_exchange_differences(self):
        # given a euro invoice whose payment came at another rate
        partner = self.customer("Initech")
        self.foreign_currency("EUR", [("2020-01-01", 2.0), ("2026-06-01", 4.0)])
        euro = self.env.ref("base.EUR")
        invoice = self.invoice(partner, 100, date(2026, 5, 1), currency=euro)
        payment = self.payment(partner, 60, date(2026, 6, 5), currency=euro)
        self.match(invoice, payment)
        self.invoice(partner, 30, date(2026, 4, 1))
        # when
        statement = self.issue(partner, "activity", period_start_date=date(2026, 6, 1))
        # then the customer sees 100 - 60 and nothing of our exchange difference
        by_code = {s.currency: s for s in statement._matrix().sections}
        section = by_code["EUR"]
        self.assertEqual((section.opening, section.closing), (10000, 4000))
        self.assertEqual([row.value for row in section.rows], [-6000])
        self.assertEqual((by_code["USD"].opening, by_code["USD"].rows), (3000, ()))

    def test_payment_in_another_currency_settles_both_sides(self):
        # given a euro invoice paid in the company's currency
        partner = self.customer("Umbrella")
        self.foreign_currency("EUR")
        euro = self.env.ref("base.EUR")
        invoice = self.invoice(partner, 100, date(2026, 6, 1), currency=euro)
        payment = self.payment(partner, 50, date(2026, 6, 10))
        self.match(invoice, payment)
        self.assertEqual(invoice.payment_state, "paid")
        # when
        statement = self.issue(partner, "activity", period_start_date=date(2026, 6, 1))
        # then each currency shows its settlement and closes at nothing
        for section in statement._matrix().sections:
            self.assertEqual(section.closing, 0)
            self.assertEqual(section.rows[-1].cells[1], "transfer")

    def test_items_paid_meanwhile_are_listed_where_the_layout_says_so(self):
        partner = self.customer("Hooli")
        invoice = self.invoice(partner, 70, date(2026, 6, 10))
        self.match(invoice, self.payment(partner, 70, date(2026, 6, 20)))
        self.assertFalse(self.issue(partner)._matrix().sections)
        self.layouts["open_item"].settled_days = 30
        section = self.issue(partner)._matrix().sections[0]
        self.assertEqual([row.cells[-3:] for row in section.rows], [(7000, 7000, 0)])

    def test_selection_by_filter(self):
        late, fresh = self.customer("Late"), self.customer("Fresh")
        child = self.contact(late)
        self.invoice(child, 10, date(2026, 5, 1))
        self.invoice(fresh, 10, date(2026, 6, 1), date(2026, 8, 1))
        self.customer("Nothing")
        everybody = self.issue(selection="open")
        self.assertEqual(everybody.partner_id, late | fresh)
        self.assertEqual(self.issue(selection="overdue").partner_id, late)
        # a contact stands for its company
        self.assertEqual(self.issue(child).partner_id, late)

    def test_questions_do_not_grow_with_the_number_of_customers(self):
        partners = self.customers_named("Customer", 12)
        self.invoices(partners, 100, date(2026, 6, 1))
        counts = []
        for kind in ("open_item", "activity"):
            for chosen in (partners[:1], partners[:1], partners):
                wizard = self.send(chosen, kind)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertEqual(len(wizard._issue()), len(chosen))
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[-1], counts[-2], kind)

    def test_frozen_after_issue(self):
        partner = self.customer()
        self.invoice(partner, 10, date(2026, 6, 1))
        statement = self.issue(partner)
        for values in ({"snapshot": "{}"}, {"name": "X"}, {"balance_amount": 1}):
            with self.assertRaises(UserError):
                statement.sudo().write(values)
        with self.assertRaises(UserError):
            statement.sudo().unlink()
        # whoever goes round the ORM is found out
        content = json.loads(statement.snapshot)
        content["header"]["customer"][0] = "Somebody else"
        self.env.cr.execute(
            "UPDATE ar_statement SET snapshot = %s WHERE id = %s",
            (json.dumps(content), statement.id),
        )
        statement.invalidate_recordset()
        self.assertFalse(statement.is_intact)
        with self.assertRaises(UserError):
            self.pdf(statement)

    def test_states(self):
        partner = self.customer()
        self.invoice(partner, 10, date(2026, 6, 1))
        statement = self.issue(partner)
        statement.action_mark_sent()
        self.assertEqual((statement.state, statement.sent_by_id), ("sent", self.clerk))
        statement.action_cancel()
        self.assertEqual(statement.state, "cancelled")
        # every step is in the audit log
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", "ar.statement"), ("res_id", "=", statement.id)], order="id"
        )
        self.assertEqual(
            entries.mapped("event"),
            ["statement_issued", "statement_sent", "statement_cancelled"],
        )
        self.assertEqual(entries.user_id, self.clerk)
        # a cancelled statement is not sent
        statement.action_mark_sent()
        self.assertEqual(statement.state, "cancelled")

    def test_address_is_the_one_core_would_print(self):
        # given customers of four countries, one with a contact for invoices
        address = {"street": "1 Long Road", "street2": "Floor 2", "city": "Town"}
        partners = self.env["res.partner"]
        for code in ("us", "cn", "de", "uk"):
            country = self.env.ref(f"base.{code}")
            partners |= self.customer(
                f"Customer {code}",
                zip="12345",
                country_id=country.id,
                state_id=country.state_ids[:1].id,
                **address,
            )
        plain = self.customer("No address")
        contact = self.contact(plain, "Accounts Payable", type="invoice", city="Ghent")
        # when
        statements = self.issue(partners | plain)
        # then
        for statement in statements:
            partner = statement.partner_id
            shown = statement._matrix().header.customer.address
            if partner == plain:
                self.assertEqual(shown, ("Accounts Payable", contact.city))
                continue
            text = partner.with_context(lang=statement.language)._display_address(True)
            self.assertEqual(
                shown, tuple(filter(None, map(str.strip, text.split("\n"))))
            )

    def test_input_that_makes_no_statement(self):
        for values in (
            {"selection": "chosen"},
            {"kind": "activity", "period_start_date": date(2026, 7, 1)},
            {"selection": "open"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.send(**values).action_issue()

    def test_layout_kinds_are_those_of_the_engine(self):
        kinds = dict(self.env["ar.statement.layout"]._fields["kind"].selection)
        self.assertEqual(kinds, {builder.code: builder.label for builder in BUILDERS})
        self.assertEqual(set(self.layouts), set(kinds))


@tagged("post_install", "-at_install")
class TestStatementPdf(StatementCommon):
    def test_english_and_chinese_in_one_print(self):
        # given an English and a Chinese customer
        english = self.customer("Globex Ltd", lang="en_US", ref="C-1")
        chinese = self.customer("上海测试贸易有限公司", lang="zh_CN", ref="C-2")
        for partner in english | chinese:
            self.invoice(partner, 1234567.89, date(2026, 5, 1), date(2026, 5, 31))
        # when
        statements = self.issue(english | chinese)
        pages = self.pages(self.pdf(statements))
        # then one page each, in the language, date and numbers of each
        self.assertEqual(len(pages), 2)
        by_name = dict(zip(statements.partner_id.mapped("name"), pages, strict=True))
        text = by_name["Globex Ltd"]
        for part in ("C-1", "1,234,567.89", "05/31/2026", "US dollars and 89/100"):
            self.assertIn(part, text)
        text = by_name["上海测试贸易有限公司"]
        for part in ("C-2", "1,234,567.89", "美元壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"):
            self.assertIn(part, text)
        for label in ("对账单", "到期日", "未到期", "余额", "逾期"):
            self.assertIn(label, text)
        self.assertIn("2026/05/31", text.replace(" ", ""))

    def test_every_account_to_pay_to_names_its_currency(self):
        # given a bank account kept in the company's currency, and one in euros
        journal = self.env["account.journal"].create(
            {"name": "Bank", "type": "bank", "code": "SOAB", "bank_acc_number": "US-1"}
        )
        self.assertFalse(journal.bank_account_id.currency_id)
        self.env["res.partner.bank"].create(
            {
                "acc_number": "EU-2",
                "partner_id": self.company.partner_id.id,
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        partner = self.customer("Globex Ltd")
        self.invoice(partner, 10, date(2026, 5, 1))
        # when
        banks = self.issue(partner)._matrix().header.banks
        # then
        found = {bank.number: bank.currency for bank in banks}
        self.assertEqual((found["US-1"], found["EU-2"]), ("USD", "EUR"))

    def test_sixty_customers_in_one_print_are_split_right(self):
        # given sixty customers, every seventh with several pages
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Firm {i:02}",
                    "lang": "zh_CN" if i % 2 else "en_US",
                    "is_company": True,
                    "customer_rank": 1,
                }
                for i in range(60)
            ]
        )
        self.owe({one: 1 if i % 7 else 70 for i, one in enumerate(partners)})
        statements = self.issue(partners)
        # when
        with patch.object(
            ar_paper_report.core,
            "_run_wkhtmltopdf",
            side_effect=ar_paper_report.core._run_wkhtmltopdf,
        ) as printer:
            report = self.env["ir.actions.report"]
            content = report._ar_papers_pdf(statements)
        # then the printer ran once and every page names its customer
        self.assertEqual(printer.call_count, 1)
        planned = [
            (statement.name, page.number, page.count)
            for statement, document in zip(
                statements, statements._documents(), strict=True
            )
            for page in document["sheets"].pages
        ]
        pages = self.pages(content)
        self.assertEqual(len(pages), len(planned))
        self.assertGreater(len(pages), 60)
        for text, (name, number, count) in zip(pages, planned, strict=True):
            self.assertIn(name, text)
            numbers = re.findall(r"Page (\d+) of (\d+)|(\d+)\D{1,4}(\d+) ?页", text)
            if count > 1 and numbers:
                self.assertIn((str(number), str(count)), {n[:2] for n in numbers})

    def owe(self, row_counts):
        """As many receivable items as told, in one entry each: enough for long statements."""
        moves = self.env["account.move"].create(
            [
                {
                    "journal_id": self.misc_journal.id,
                    "date": date(2026, 5, 1),
                    "line_ids": [
                        *(
                            Command.create(
                                {
                                    "account_id": self.receivable_account.id,
                                    "partner_id": partner.id,
                                    "balance": 10 + row,
                                    "date_maturity": date(2026, 5, 1),
                                }
                            )
                            for row in range(count)
                        ),
                        Command.create(
                            {
                                "account_id": self.company_data[
                                    "default_account_revenue"
                                ].id,
                                "balance": -sum(10 + row for row in range(count)),
                            }
                        ),
                    ],
                }
                for partner, count in row_counts.items()
            ]
        )
        moves.action_post()

    def test_overflowing_print_is_done_again_one_by_one(self):
        partners = self.customer("One") | self.customer("Two")
        for partner in partners:
            self.invoice(partner, 10, date(2026, 6, 1))
        statements = self.issue(partners)
        report = self.env["ir.actions.report"]
        with (
            patch.object(ar_paper_report, "page_owners", return_value=[1]),
            self.assertLogs("odoo.addons.customer_ar_suite", "WARNING"),
        ):
            content = report._ar_papers_pdf(statements)
        self.assertEqual(len(self.pages(content)), 2)

    def test_file_for_one_customer_holds_nothing_of_another(self):
        one = self.customer("One Ltd")
        two = self.customer("龘靐齉公司")
        for partner in one | two:
            self.invoice(partner, 10, date(2026, 6, 1))
        statements = self.issue(one | two)
        files = self.env["ir.actions.report"]._ar_paper_files(statements)
        mine = files[statements.filtered(lambda s: s.partner_id == one).id]
        # the fonts of the file map no character of the other customer's name
        reader = PdfFileReader(io.BytesIO(mine))
        maps = b"".join(
            font.get_object()["/ToUnicode"].get_data()
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
            if "/ToUnicode" in font.get_object()
        ).lower()
        self.assertTrue(maps)
        for char in "龘靐齉":
            self.assertNotIn(f"{ord(char):04x}".encode(), maps)

    def test_markup_in_names_is_text(self):
        partner = self.customer(
            "<script>alert(1)</script><img src=x>", street="</style><b>x", ref="&amp;"
        )
        self.invoice(
            partner, 10, date(2026, 6, 1), ref="<iframe src=file:///etc/passwd>"
        )
        statement = self.issue(partner)
        html = (
            statement.env["ir.actions.report"]
            ._render_qweb_html("customer_ar_suite.ar_statement_report", statement.ids)[
                0
            ]
            .decode()
        )
        for tag in ("<script", "<img", "<iframe", "<b>x"):
            self.assertNotIn(tag, html)
        self.assertIn("alert(1)", self.pages(self.pdf(statement))[0])
        self.assertNotIn("<img", statement.preview_html)

    def test_us_letter_where_the_company_prints_on_it(self):
        self.company.paperformat_id = self.env.ref("base.paperformat_us")
        partner = self.customer()
        self.invoice(partner, 10, date(2026, 6, 1))
        content = self.pdf(self.issue(partner))
        box = PdfFileReader(io.BytesIO(content)).pages[0].mediabox
        self.assertAlmostEqual(float(box.width), 612, delta=1)
        self.assertAlmostEqual(float(box.height), 792, delta=1)


@tagged("post_install", "-at_install")
class TestStatementRights(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.customer("Secret Customer")
        cls.invoice(cls.partner, 987654.32, date(2026, 6, 1))
        cls.other_company = cls.setup_other_company(name="Elsewhere")["company"]

    def test_issuers_issue(self):
        for role in ISSUERS:
            with self.subTest(role):
                user = self.user_with(role, login=f"issuing-{role}")
                statement = self.issue(self.partner, user=user)
                self.assertEqual(statement.balance_amount, 987654.32)
                self.assertIn("987,654.32", statement.preview_html)

    def test_auditor_reads_and_does_nothing(self):
        statement = self.issue(self.partner)
        auditor = self.user_with("auditor")
        seen = statement.with_user(auditor)
        self.assertEqual(seen.balance_amount, 987654.32)
        self.assertTrue(self.pdf(seen))
        for method in ("action_mark_sent", "action_cancel"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(seen, method)()
        with self.assertRaises(AccessError):
            self.send(self.partner, user=auditor)
        with self.assertRaises(AccessError):
            self.env["ar.statement"].with_user(auditor)._issue(
                self.company, self.layouts["open_item"], self.AS_OF
            )

    def test_nobody_writes_a_statement_by_hand(self):
        statement = self.issue(self.partner)
        for role in (*ISSUERS, "auditor", "administrator"):
            user = self.user_with(role, login=f"writing-{role}")
            mine = statement.with_user(user)
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    mine.write({"state": "sent"})
                with self.assertRaises(AccessError):
                    mine.copy({"name": "X", "snapshot": "{}", "snapshot_hash": "x"})
                with self.assertRaises(AccessError):
                    mine.unlink()

    def test_clerk_of_another_company_sees_nothing(self):
        statement = self.issue(self.partner)
        stranger = self.user_with("ar_clerk", company=self.other_company)
        model = self.env["ar.statement"].with_user(stranger)
        self.assertFalse(model.search([]))
        self.assertFalse(self.env["ar.statement.total"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.pdf(model.browse(statement.id))
        with self.assertRaises(AccessError):
            model._issue(self.company, self.layouts["open_item"], self.AS_OF)
        # and the figures of this company are not in what he issues himself
        mine, _errors = model._issue(
            self.other_company,
            self.layouts["open_item"],
            self.AS_OF,
            partner_ids=self.partner.ids,
        )
        self.assertEqual(mine.balance_amount, 0)

    def test_snapshot_holds_what_was_issued(self):
        statement = self.issue(self.partner)
        matrix = StatementMatrix.from_json(statement.snapshot)
        self.assertEqual(matrix.to_json(), statement.snapshot)


@tagged("post_install", "-at_install")
class TestStatementRoutes(StatementCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_foreign_documents_are_refused(self):
        """An employee without a role gets no statement through any report route."""
        partner = self.customer("Canary Customer")
        self.invoice(partner, 987654.32, date(2026, 6, 1))
        statement = self.issue(partner)
        self.user_with(login="plain")
        stranger_company = self.setup_other_company(name="Elsewhere")["company"]
        self.user_with("ar_clerk", company=stranger_company, login="stranger")
        name = "customer_ar_suite.ar_statement_document"
        options = json.dumps({"partner_ids": partner.ids, "report_type": "pdf"})
        for login in ("plain", "stranger"):
            self.authenticate(login, login)
            response = self.url_open(
                f"/customer_ar_suite/statements.zip?ids={statement.id}"
            )
            self.assertEqual(response.status_code, 403)
            for converter in ("pdf", "html", "text"):
                for url in (
                    f"/report/{converter}/{name}/{statement.id}",
                    f"/report/{converter}/{name}/{statement.id}?options={options}",
                    f"/report/{converter}/{name}?options={options}",
                ):
                    with self.subTest(login=login, url=url):
                        response = self.url_open(url)
                        self.assertGreaterEqual(response.status_code, 400)
                        self.assertNotIn("987,654.32", response.text)
                        self.assertNotIn("Canary", response.text)
                        if str(statement.id) in url.split("?")[0].split("/"):
                            self.assertEqual(response.status_code, 403)

    def test_own_documents_are_given(self):
        partner = self.customer("Canary Customer")
        self.invoice(partner, 987654.32, date(2026, 6, 1))
        statement = self.issue(partner)
        self.authenticate(self.clerk.login, self.clerk.login)
        name = "customer_ar_suite.ar_statement_document"
        url = f"/customer_ar_suite/statements.zip?ids={statement.id}"
        archive = zipfile.ZipFile(io.BytesIO(self.url_open(url).content))
        [file_name] = archive.namelist()
        self.assertIn("Canary Customer", file_name)
        self.assertTrue(archive.read(file_name).startswith(b"%PDF"))
        page = self.url_open(f"/report/html/{name}/{statement.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("987,654.32", page.text)
