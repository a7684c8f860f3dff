from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_tour import TourCase
from .test_classification import ClassificationCase


@tagged("post_install", "-at_install")
class TestClassificationTour(ClassificationCase, TourCase):
    """In Chromium: a rule enabled, previewed, applied; why; the moves of a period."""

    def work(self, lang):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.gold.name = "TOUR-GOLD"
        self.tier.company_id = self.company
        acme = self.customer("TOUR-CUSTOMER")
        self.invoice(acme, 1234, self.today - timedelta(days=3))
        rule = self.rule(self.gold, ("revenue", "at_least", 1000))
        # of the shipped dimensions none takes part, and the rule is off
        rule.active = False
        user = self.user_with(
            "administrator",
            "credit_manager",
            "ar_accountant",
            login=f"tour_classify_{lang}",
            lang=lang,
        )
        user.group_ids = [
            Command.link(self.env.ref("account.group_account_readonly").id)
        ]
        self.start_tour(
            "/odoo/customer-category-rules",
            "customer_ar_suite_classification",
            login=user.login,
            timeout=240,
        )
        self.assertEqual(self.held(acme).category_id, self.gold)

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
