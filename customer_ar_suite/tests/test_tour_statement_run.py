from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common_books import Books
from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestTourStatementRun(Books, TourCase):
    """Schedule, preview, one left out, sent, a failed one served later; in Chromium."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.env.ref("base.user_root"))
        cls.company = cls.company_data["company"]
        cls.company.write({"name": "Tour Trading", "email": "ar@tour.example"})
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _prepare(self, lang, schedule, names, mute):
        user = person(
            self.env,
            login=f"tour_run_{lang}",
            lang=lang,
            email="collector@tour.example",
            groups=f"{PREFIX}customer_clerk,{PREFIX}collector",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        before = fields.Date.today() - timedelta(days=70)
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "customer_rank": 1,
                    "company_id": self.company.id,
                    "lang": lang,
                    "email": name != mute and f"ap{index}@customers.example",
                }
                for index, name in enumerate(names)
            ]
        )
        for partner in partners:
            self.init_invoice(
                "out_invoice",
                partner=partner,
                invoice_date=before,
                amounts=[1250.0],
                taxes=[],
                post=True,
                company=self.company,
            )
        layout = self.env["ar.statement.layout"].search(
            [("kind", "=", "activity")], limit=1
        )
        plan = (
            self.env["ar.statement.schedule"]
            .with_user(user)
            .with_company(self.company)
            .create(
                {
                    "name": schedule,
                    "company_id": self.company.id,
                    "layout_id": layout.id,
                    "responsible_id": user.id,
                }
            )
        )
        plan.with_context(lang="zh_CN").name = schedule
        return user, partners

    def _check(self, partners, left_out, mute, lang):
        rows = self.env["ar.statement.delivery"].search(
            [("partner_id", "in", partners.ids)]
        )
        by_name = {name: rows.filtered(lambda r, n=name: r.partner_id.name == n)
                   for name in partners.mapped("name")}  # fmt: skip
        self.assertFalse(by_name.pop(left_out))
        self.assertEqual(by_name.pop(mute).mapped("attempt"), [1, 0])
        for others in by_name.values():
            self.assertEqual(others.mapped("attempt"), [0])
        mails = rows.mail_id
        self.assertEqual(len(mails), 4)
        for mail in mails:
            self.assertTrue(mail.attachment_ids.raw.startswith(b"%PDF"))
        self.assertEqual(set(rows.statement_id.mapped("language")), {lang})

    def test_english(self):
        names = [
            "Tidewater Mills",
            "Quayside Pumps",
            "Harbour Lights",
            "Silent Harbour",
        ]
        user, partners = self._prepare("en_US", "Month end", names, names[-1])
        self.start_tour(
            "/odoo", "customer_ar_suite_statement_run", login=user.login, timeout=240
        )
        self._check(partners, names[0], names[-1], "en_US")

    def test_chinese(self):
        names = [
            "淀山湖造纸有限公司",
            "青浦水泵有限公司",
            "练塘灯具有限公司",
            "金泽水产有限公司",
        ]
        user, partners = self._prepare("zh_CN", "月结对账单", names, names[-1])
        self.start_tour(
            "/odoo", "customer_ar_suite_statement_run_zh", login=user.login, timeout=240
        )
        self._check(partners, names[0], names[-1], "zh_CN")
