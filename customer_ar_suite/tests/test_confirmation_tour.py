from odoo.tests import tagged

from .common import ArCommon, date
from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestConfirmationTour(ArCommon, TourCase):
    """From the selection to the reply in Chromium, in English and in Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def confirm(self, lang):
        # given a customer who owes 500
        customer = self.customer("TOUR-CONFIRM", city="Leeds", customer_rank=9999)
        self.invoice(customer, 500, date(2026, 6, 1))
        clerk = person(
            self.env,
            f"ar_confirm_{lang}",
            f"{PREFIX}ar_clerk",
            lang=lang,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        # when a clerk asks him, and enters that his books say 400
        self.start_tour(
            "/odoo/ar-confirmation-selections",
            "customer_ar_suite_confirmation",
            login=clerk.login,
            timeout=240,
        )
        # then
        letter = self.env["ar.confirmation"].search([("partner_id", "=", customer.id)])
        self.assertRecordValues(
            letter,
            [{"state": "differing", "difference_amount": -100, "user_id": clerk.id}],
        )

    def test_english(self):
        self.confirm("en_US")

    def test_chinese(self):
        self.confirm("zh_CN")
