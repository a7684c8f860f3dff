from datetime import timedelta

from odoo import Command, fields
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

    def go_the_way_of_a_rule(self, lang):
        """Preview, apply, evidence, choice by hand, history: one customer, one rule."""
        # what the sample has classified is no part of it
        column = self.dimension._column_name()
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM customer_category_assignment WHERE dimension_id = %s",
            [self.dimension.id],
        )
        self.env.cr.execute(f"UPDATE res_partner SET {column} = NULL")
        self.env.invalidate_all()
        self.dimension.rule_ids.active = False
        bronze, silver = self.env["customer.category"].create(
            [
                {"name": name, "dimension_id": self.dimension.id}
                for name in ("TOUR-BRONZE", "TOUR-SILVER")
            ]
        )
        # what he was before stays in the history; choices of one day replace each other
        self.env["customer.category.assignment"]._assign(
            {self.acme.id: bronze.id},
            self.dimension,
            "rule",
            self.today - timedelta(days=10),
        )
        rule = self.env["customer.category.rule"].create(
            {
                "dimension_id": self.dimension.id,
                "category_id": self.gold.id,
                "partner_domain": "[('name', '=', 'TOUR-CUSTOMER')]",
                "active": True,
                "condition_ids": [
                    Command.create(
                        {
                            "metric": "revenue",
                            "operator": "at_least",
                            "threshold": 1000,
                        }
                    )
                ],
            }
        )
        user = self.reader(lang)
        # a shared dimension sums all companies: amounts are for who works in all of them
        user.company_ids = self.env["res.company"].search([])
        self.dimension.currency_id = self.company.currency_id
        self.start_tour(
            f"/odoo/customer-dimensions/{self.dimension.id}",
            "customer_ar_suite_category_rules",
            login=user.login,
            timeout=240,
        )
        rows = self.env["customer.category.assignment"].search(
            [
                ("partner_id", "=", self.acme.id),
                ("dimension_id", "=", self.dimension.id),
            ]
        )
        self.assertEqual(set(rows.mapped("category_id")), {bronze, silver})
        self.assertEqual(rule.customer_count, 0)
        held = rows.filtered(lambda row: not row.valid_to)
        self.assertEqual((held.category_id, held.source), (silver, "manual"))
        self.assertEqual((held.reason, held.user_id), ("TOUR-REASON", user))

    def test_rules_english(self):
        self.go_the_way_of_a_rule("en_US")

    def test_rules_chinese(self):
        self.go_the_way_of_a_rule("zh_CN")

    def test_dashboard_and_card_english(self):
        self.look("en_US")

    def test_dashboard_and_card_chinese(self):
        self.look("zh_CN")
