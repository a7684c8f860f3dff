import os
from unittest.mock import patch

from odoo.tests import tagged

from .common_audit import SECRET
from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestAuditTour(TourCase):
    """The audit trail in Chromium: policy → change → log → seal → chain checked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        patcher = patch.dict(
            os.environ,
            {
                "CUSTOMER_AR_AUDIT_KEY": f"2026:{SECRET}",
                "CUSTOMER_AR_AUDIT_ANCHOR_DIR": "",
            },
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def user(self, role, lang):
        return person(self.env, f"ar_audit_{role}_{lang}", f"{PREFIX}{role}", lang=lang)

    def trail(self, lang):
        # given sample policies that are switched off, and a customer
        policies = self.env["customer.audit.policy"]
        policies.search([]).active = False
        customer = self.env["res.partner"].create(
            {
                "name": "TOUR-AUDIT",
                "is_company": True,
                "customer_rank": 1,
                "email": "old@audit-tour.example",
            }
        )
        self.env.flush_all()
        people = {
            role: self.user(role, lang)
            for role in ("administrator", "customer_clerk", "auditor")
        }
        # when one switches on, one changes, one looks, and one checks
        for role, path, tour in (
            ("administrator", "customer-audit-policies", "policy"),
            ("customer_clerk", f"res.partner/{customer.id}", "change"),
            ("auditor", f"res.partner/{customer.id}", "log"),
            ("administrator", "customer-audit-seals", "check"),
        ):
            self.start_tour(
                f"/odoo/{path}",
                f"customer_ar_suite_audit_{tour}",
                login=people[role].login,
                timeout=180,
            )
        # then the change is there, by whom, sealed
        self.env.invalidate_all()
        entry = self.env["customer.audit.entry"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", customer.id),
                ("event", "=", "record.write"),
            ]
        )
        entry.ensure_one()
        self.assertEqual(entry.user_id, people["customer_clerk"])
        self.assertEqual(
            entry.payload["email"], ["old@audit-tour.example", "new@audit-tour.example"]
        )
        self.assertTrue(entry.seal_id)
        check = self.env["customer.audit.check"].search([], limit=1)
        self.assertEqual((check.verdict, check.finding_count), ("good", 0))

    def test_english(self):
        self.trail("en_US")

    def test_chinese(self):
        self.trail("zh_CN")
