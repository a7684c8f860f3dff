from odoo.tests import tagged

from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestTourEntry(TourCase):
    """Paste → prepare → verify → enter → review → file in Chromium, in both languages."""

    def five_steps(self, name, lang, suffix):
        # given a company that invoices approved customers only
        self.speak(lang)
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
