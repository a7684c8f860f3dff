from odoo.tests import tagged

from .common import date
from .common_reconciliation import ReconciliationCommon
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestReconciliationTour(ReconciliationCommon, TourCase):
    """In Chromium: a task is prepared, its statement looked at, signed off by another."""

    def work(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        for code in ("en_US", lang):
            self.bank_journal.with_context(lang=code).name = "TOUR-BANK"
        self.statement(0, 50, (50, "2026-06-02", "TOUR-LINE", None))
        users = {
            role: self.user_with(role, login=f"tour_{role}_{lang}", lang=lang)
            for role in ("ar_accountant", "credit_manager")
        }
        schedule = self.env["ar.reconciliation.schedule"].create(
            {
                "name": "Month end",
                "company_id": self.company.id,
                "journal_ids": [(6, 0, self.bank_journal.ids)],
                "user_id": users["ar_accountant"].id,
                "active": True,
            }
        )
        schedule._make_tasks(date(2026, 7, 10))
        for role, name in (("ar_accountant", "prepare"), ("credit_manager", "sign")):
            self.start_tour(
                "/odoo/reconciliations",
                f"customer_ar_suite_reconciliation_{name}",
                login=users[role].login,
                timeout=240,
            )
        self.env.invalidate_all()
        task = schedule.task_ids
        self.assertEqual(
            (task.state, task.signed_by_id), ("signed", users["credit_manager"])
        )
        self.assertTrue(task.is_intact)

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
