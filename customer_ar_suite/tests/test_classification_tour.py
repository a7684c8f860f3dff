from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ArCommon
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestClassificationTour(ArCommon, TourCase):
    """In Chromium: the dashboard of categories, the card of a customer.

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
        cls.dimension.mode = "both"
        for lang in ("en_US", "zh_CN"):
            cls.dimension.with_context(lang=lang).name = "TOUR-DIMENSION"
        cls.gold = cls.env["customer.category"].create(
            {"name": "TOUR-GOLD", "dimension_id": cls.dimension.id}
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

    def test_dashboard_and_card_english(self):
        self.look("en_US")

    def test_dashboard_and_card_chinese(self):
        self.look("zh_CN")
