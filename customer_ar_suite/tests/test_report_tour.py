from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common_books import Books
from .common_tour import TourCase

PREFIX = "customer_ar_suite.customer_ar_suite_group_"


@tagged("post_install", "-at_install")
class TestReportTour(Books, TourCase):
    """Aging of a past date, a figure opened, a workbook; trial balance to the ledger."""

    def look_through(self, lang):
        company = self.company_data["company"]
        self.env = self.env(user=self.env.ref("base.user_root"))
        self.env["res.lang"]._activate_lang(lang)
        partner = self.env["res.partner"].create(
            {"name": "Tidewater Mills", "is_company": True, "company_id": company.id}
        )
        today = fields.Date.today()
        for ago, price in ((75, 1250.0), (10, 480.0)):
            self.init_invoice(
                "out_invoice",
                partner=partner,
                invoice_date=today - timedelta(days=ago),
                amounts=[price],
                taxes=[],
                post=True,
                company=company,
            )
        user = new_test_user(
            self.env,
            login=f"reader_{lang}",
            lang=lang,
            groups=f"{PREFIX}ar_accountant,base.group_allow_export",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.start_tour(
            "/odoo", "customer_ar_suite_reports", login=user.login, timeout=240
        )
        exports = self.env["customer.audit.entry"].search(
            [("event", "=", "report.export"), ("user_id", "=", user.id)]
        )
        self.assertEqual(len(exports), 1)

    def test_english(self):
        self.look_through("en_US")

    def test_chinese(self):
        self.look_through("zh_CN")
