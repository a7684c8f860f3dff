from odoo.tests import tagged

from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestClosingTour(TourCase):
    """Deletion in Chromium: asked for, approved with a password, kept as a tombstone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def user(self, role, lang):
        return person(
            self.env,
            f"ar_closing_{role}_{lang}",
            f"{PREFIX}{role}",
            lang=lang,
            password="tour-password",
            email=f"{role}.{lang}@closing.example",
        )

    def delete(self, lang):
        # given a customer entered twice
        customer = self.env["res.partner"].create(
            {
                "name": "TOUR-CLOSING",
                "is_company": True,
                "customer_rank": 1,
                "email": "last@closing.example",
            }
        )
        maker = self.user("customer_clerk", lang)
        checker = self.user("customer_reviewer", lang)
        auditor = self.user("auditor", lang)
        # when the clerk asks, the reviewer approves, and the auditor looks
        for user, path, tour in (
            (maker, "customer-closing-requests", "closing_request"),
            (checker, "customer-closing-requests", "closing_approve"),
            (auditor, "customer-tombstones", "closing_tombstone"),
        ):
            self.start_tour(
                f"/odoo/{path}",
                f"customer_ar_suite_{tour}",
                login=user.login,
                timeout=180,
            )
        # then
        self.assertFalse(customer.exists())
        stone = self.env["customer.tombstone"].search(
            [("customer_name", "=", "TOUR-CLOSING")]
        )
        self.assertRecordValues(
            stone, [{"maker_id": maker.id, "approver_id": checker.id}]
        )

    def test_english(self):
        self.delete("en_US")

    def test_chinese(self):
        self.delete("zh_CN")
