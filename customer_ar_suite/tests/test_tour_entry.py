from odoo.tests import new_test_user, tagged

from .common_customers import PREFIX
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestTourEntry(TourCase):
    """Paste → prepare → verify → enter → review → file in Chromium, in both languages."""

    def person(self, role, lang):
        login = f"tour_entry_{role}_{lang}"
        return new_test_user(
            self.env,
            login,
            f"{PREFIX}{role}",
            lang=lang,
            email=f"{login}@example.org",
        )

    def five_steps(self, name, lang, suffix):
        # given a company that invoices approved customers only
        self.env["res.lang"]._activate_lang(lang)
        self.addCleanup(self.registry.clear_cache)
        self.env.company.ar_customers_need_approval = True
        clerk = self.person("customer_clerk", lang)
        reviewer = self.person("customer_reviewer", lang)
        for job, user, state in (
            ("enter", clerk, "review"),
            ("review", reviewer, "file"),
            ("file", clerk, "done"),
        ):
            # when
            tour = f"customer_ar_suite_entry_{job}{suffix}"
            self.start_tour("/odoo", tour, login=user.login, timeout=180)
            # then
            entry = self.env["customer.entry"].search([("name", "=", name)], limit=1)
            self.assertEqual(entry.state, state, job)
        self.assertEqual(entry.partner_id.ar_approval_state, "approved")
        self.assertEqual(entry.filed_by_id, clerk)

    def test_english(self):
        self.five_steps("Harbour Lane Chandlers Ltd", "en_US", "")

    def test_chinese(self):
        self.five_steps("上海测试贸易有限公司", "zh_CN", "_zh")
