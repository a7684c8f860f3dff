from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common_tour import TourCase
from .test_flow_lifecycle import LifecycleCommon


@tagged("post_install", "-at_install")
class TestLifecycleTour(LifecycleCommon, TourCase):
    """In Chromium: from the board to the card to another stage; a review by rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def work(self, lang):
        user = self.user_with("customer_clerk", login=f"lifecycle_{lang}", lang=lang)
        today = fields.Date.context_today(self.env.user)
        self.acme.name = "TOUR-LIFECYCLE"
        self.acme.customer_stage_id = self.stages["prospect"]
        # when the clerk moves the customer by hand
        self.start_tour(
            "/odoo/lifecycle-board",
            "customer_ar_suite_lifecycle",
            login=user.login,
            timeout=180,
        )
        # then the track says so
        self.assertEqual(self.acme.customer_stage_id.code, "growth")
        self.assertEqual(self.track(self.acme)[-1][3], "manual")
        # and when a rule finds that he has not bought for a long time
        self.invoice(self.acme, 100.0, today - timedelta(days=200))
        rules = self.env["customer.lifecycle.rule"].with_context(active_test=False)
        rules.search([]).unlink()
        rules.create(
            {
                "name": "Idle",
                "to_stage_id": self.stages["decline"].id,
                "from_stage_ids": self.stages["growth"].ids,
                "condition_ids": [
                    Command.create({"metric": "days_since_last_invoice", "value": 180})
                ],
            }
        )
        self.start_tour(
            "/odoo/lifecycle-reviews",
            "customer_ar_suite_lifecycle_review",
            login=user.login,
            timeout=180,
        )
        self.assertEqual(self.acme.customer_stage_id.code, "decline")

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
