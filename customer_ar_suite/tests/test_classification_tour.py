from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import ArCommon
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestClassificationTour(ArCommon, TourCase):
    """In Chromium: rules, the dashboard of categories, the card of a customer.

    Uses a shipped dimension that has its column: one made here would be a column that other
    requests of the same process do not find after the rollback.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.dimension = cls.env.ref("customer_ar_suite.customer_dimension_grade")
        if cls.dimension._column_name() not in cls.env["res.partner"]._fields:
            cls.skipTest(cls, "the dimension has never been switched on")
        cls.dimension.mode = "both"
        # what is shipped or left by the sample takes no part
        cls.env["customer.category.rule"].search([]).active = False
        for lang in ("en_US", "zh_CN"):
            cls.dimension.with_context(lang=lang).name = "TOUR-DIMENSION"
        cls.gold = cls.env["customer.category"].create(
            {"name": "TOUR-GOLD", "dimension_id": cls.dimension.id}
        )
        cls.rule = cls.env["customer.category.rule"].create(
            {
                "dimension_id": cls.dimension.id,
                "category_id": cls.gold.id,
                "partner_domain": "[('name', '=', 'TOUR-CUSTOMER')]",
                "condition_ids": [
                    Command.create(
                        {
                            "metric": "revenue",
                            "operator": "at_least",
                            "threshold": 1000,
                            "month_count": 12,
                        }
                    )
                ],
            }
        )
        cls.acme = cls.customer("TOUR-CUSTOMER")
        cls.invoice(cls.acme, 1234, cls.today)

    def reader(self, lang):
        return self.user_with(
            "administrator",
            "credit_manager",
            "ar_accountant",
            "customer_clerk",
            login=f"tour_classify_{lang}",
            lang=lang,
        )

    def classify(self, lang):
        self.rule.active = False
        user = self.reader(lang)
        self.start_tour(
            "/odoo/customer-category-rules",
            "customer_ar_suite_classification",
            login=user.login,
            timeout=240,
        )
        held = self.env["customer.category.assignment"].search(
            [
                ("partner_id", "=", self.acme.id),
                ("dimension_id", "=", self.dimension.id),
            ]
        )
        self.assertEqual(held.category_id, self.gold)
        self.assertEqual(held.rule_id, self.rule)

    def look(self, lang):
        self.env["customer.category.assignment"]._assign(
            {self.acme.id: self.gold.id}, self.dimension, "rule", self.today
        )
        self.invoice(
            self.acme, 200, self.today - timedelta(days=2), move_type="in_invoice"
        )
        user = self.reader(lang)
        self.start_tour(
            "/odoo/category-dashboard",
            "customer_ar_suite_category_dashboard",
            login=user.login,
            timeout=240,
        )
        self.start_tour(
            f"/odoo/ar-customers/{self.acme.id}",
            "customer_ar_suite_customer_card",
            login=user.login,
            timeout=240,
        )
        netting = self.env["ar.netting"].search([("partner_id", "=", self.acme.id)])
        self.assertEqual((netting.state, netting.amount), ("done", 200))
        self.assertTrue(self.acme.ar_is_important)

    def test_rules_english(self):
        self.classify("en_US")

    def test_rules_chinese(self):
        self.classify("zh_CN")

    def test_dashboard_and_card_english(self):
        self.look("en_US")

    def test_dashboard_and_card_chinese(self):
        self.look("zh_CN")
