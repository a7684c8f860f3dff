import io
from datetime import timedelta

import openpyxl

from odoo import Command, fields
from odoo.tests import tagged

from ..demo.bank_files import camt053
from ..demo.payments import Payment
from .common_books import Books
from .common_people import PREFIX, person
from .common_tour import TourCase

IBAN = "NL79DEMO9444193249"


@tagged("post_install", "-at_install")
class TestTours(Books, TourCase):
    """The main job in Chromium, in English and in Chinese: file in, cash applied, paper out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.env.ref("base.user_root"))
        cls.company = cls.company_data["company"]
        cls.company.name = "Tour Trading"
        journal = cls.company_data["default_journal_bank"]
        journal.with_context(allowed_company_ids=cls.company.ids).set_bank_account(IBAN)
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _user(self, lang):
        return person(
            self.env,
            login=f"tour_{lang}",
            lang=lang,
            groups=f"{PREFIX}customer_clerk,{PREFIX}ar_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def _invoices(self, name, lang):
        """A customer with two open invoices, one of them overdue."""
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "company_id": self.company.id,
                "customer_rank": 1,
                "lang": lang,
            }
        )
        today = fields.Date.today()
        moves = self.env["account.move"].browse()
        for ago, price in ((75, 1250.0), (10, 480.0)):
            moves |= self.init_invoice(
                "out_invoice",
                partner=partner,
                invoice_date=today - timedelta(days=ago),
                amounts=[price],
                taxes=[],
                post=True,
                company=self.company,
            )
        return moves

    def _bank_file(self, invoice):
        """Three receipts: the invoice, an unknown payer, somebody without a reference."""
        day = fields.Date.today()
        amount = round(invoice.amount_residual * 100)
        lines = [
            Payment(day, amount, invoice.partner_id.name, "", invoice.name, "T1", ""),
            Payment(day, 77700, "Nobody We Know", "", "as agreed", "T2", ""),
            Payment(day, 1, "Test", "", "test transfer", "T3", ""),
        ]
        return camt053(lines, IBAN, self.company.currency_id.name, 0, day, "TOUR")

    def _serve(self, name, content):
        """The tour fetches its files from here."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "url": f"/customer_ar_suite/tour/{name}",
                "type": "binary",
                "raw": content,
                "public": True,
            }
        )

    def _check(self, payer, invoice, newcomer):
        """What the tour did is in the database."""
        partner = self.env["res.partner"].search([("name", "=", newcomer)])
        self.assertEqual(len(partner), 1)
        assignment = self.env["customer.category.assignment"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(len(assignment), 1)
        self.assertEqual(invoice.payment_state, "paid")
        statement = self.env["ar.statement"].search([("partner_id", "=", payer.id)])
        self.assertEqual(len(statement), 1)

    def test_main_job_english(self):
        # given: a customer with open invoices, a customer file and a bank file
        moves = self._invoices("Tidewater Mills", "en_US")
        book = openpyxl.Workbook()
        for row in (
            ("Customer Name", "E-Mail", "City", "Country"),
            ("Quayside Pumps", "ap@quayside.example", "Leith", "United Kingdom"),
            ("Harbour Lights", "ap@lights.example", "Oban", "United Kingdom"),
            ("", "nameless@lights.example", "Oban", "United Kingdom"),
        ):
            book.active.append(row)
        target = io.BytesIO()
        book.save(target)
        self._serve("customers.xlsx", target.getvalue())
        self._serve("bank.xml", self._bank_file(moves[0]))
        user = self._user("en_US")
        # when
        self.start_tour(
            "/odoo", "customer_ar_suite_main_job", login=user.login, timeout=240
        )
        # then
        self._check(moves.partner_id, moves[0], "Quayside Pumps")

    def test_main_job_chinese(self):
        # given: the same in Chinese, the customer file in GB18030
        moves = self._invoices("淀山湖造纸有限公司", "zh_CN")
        text = (
            "客户名称,邮箱,城市,国家\r\n"
            "青浦水泵有限公司,ap@qingpu.example,上海市,中国\r\n"
            "练塘灯具有限公司,ap@liantang.example,上海市,中国\r\n"
            ",nameless@liantang.example,上海市,中国\r\n"
        )
        self._serve("customers.csv", text.encode("gb18030"))
        self._serve("bank.xml", self._bank_file(moves[0]))
        user = self._user("zh_CN")
        # when
        self.start_tour(
            "/odoo", "customer_ar_suite_main_job_zh", login=user.login, timeout=240
        )
        # then
        self._check(moves.partner_id, moves[0], "青浦水泵有限公司")
