from odoo.tests import tagged

from .common_tour import TourCase
from .common_vault import IDENTITY, VaultCase


@tagged("post_install", "-at_install")
class TestUnmaskTour(VaultCase, TourCase):
    """A mask, the question why, the value: in Chromium."""

    def check_unmask(self, lang):
        login = f"unmask-{lang}"
        self.user_with("customer_clerk", "customer_reviewer", login=login, lang=lang)
        person = self.confidential(company_id=self.company.id)
        self.start_tour(
            f"/odoo/res.partner/{person.id}", "customer_ar_suite_unmask", login=login
        )
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "unmask"), ("res_id", "=", person.id)]
        )
        self.assertEqual(entry.user_id.login, login)
        self.assertEqual(entry.payload["reason"], "Contract of guarantee 77")
        self.assertNotIn(IDENTITY, str(entry.payload))

    def test_unmask(self):
        self.check_unmask("en_US")

    def test_unmask_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.check_unmask("zh_CN")
