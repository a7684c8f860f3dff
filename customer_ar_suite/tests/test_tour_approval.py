from odoo.tests import tagged

from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestTourApproval(TourCase):
    """Request → approval → applied in Chromium, by two people, in English and in Chinese."""

    def four_eyes(self, name, lang, suffix):
        # given: e-mail addresses are guarded, and a customer that nobody has approved yet
        self.speak(lang)
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        self.env["customer.change.policy"].create(
            {"field_id": field.id, "needs_reason": True}
        )
        self.env.company.ar_customers_need_approval = True
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": "old@example.com",
                "customer_rank": 9999,  # first in the list
            }
        )
        clerk = self.person("customer_clerk", lang)
        reviewer = self.person("customer_reviewer", lang)
        steps = (
            ("request_change", clerk, ("old@example.com", "entered")),
            ("approve_change", reviewer, ("new@example.com", "entered")),
            ("request_approval", clerk, ("new@example.com", "review")),
            ("approve_customer", reviewer, ("new@example.com", "approved")),
        )
        for job, user, expected in steps:
            # when
            tour = f"customer_ar_suite_{job}{suffix}"
            self.start_tour("/odoo", tour, login=user.login, timeout=120)
            # then
            self.assertEqual((partner.email, partner.ar_approval_state), expected, job)

    def test_english(self):
        self.four_eyes("Tidewater Mills", "en_US", "")

    def test_chinese(self):
        self.four_eyes("淀山湖造纸有限公司", "zh_CN", "_zh")
