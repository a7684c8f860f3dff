from odoo.tests import tagged

from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestMergeTour(TourCase):
    """From two cards in the list to one customer and back, in Chromium."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def there_and_back(self, lang):
        # given a customer entered twice, each card with the same account
        cards = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "customer_rank": 1}
                for name in ("TOUR-MERGE Ltd", "TOUR-MERGE Limited")
            ]
        )
        banks = self.env["res.partner.bank"].create(
            [{"partner_id": one.id, "acc_number": "NL00TOUR"} for one in cards]
        )
        user = person(
            self.env,
            f"ar_merge_tour_{lang}",
            f"{PREFIX}customer_clerk",
            lang=lang,
            password="tour-password",
            email=f"merge.{lang}@tour.example",
        )
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Twice",
                "res_model": "res.partner",
                "view_mode": "list,form",
                "domain": f"[('id', 'in', {cards.ids})]",
            }
        )
        # when the clerk merges them, looks, and takes it back
        self.start_tour(
            f"/odoo/action-{action.id}",
            "customer_ar_suite_merge",
            login=user.login,
            timeout=240,
        )
        # then
        merge = self.env["customer.merge"].search([], limit=1, order="id desc")
        self.assertEqual((merge.state, merge.responsible_id), ("unmerged", user))
        self.assertTrue(merge.merged_at)
        self.assertEqual(cards.mapped("name"), ["TOUR-MERGE Ltd", "TOUR-MERGE Limited"])
        self.assertEqual([one.partner_id for one in banks], list(cards))
        self.assertEqual(cards.mapped("active"), [True, True])

    def test_english(self):
        self.there_and_back("en_US")

    def test_chinese(self):
        self.there_and_back("zh_CN")
