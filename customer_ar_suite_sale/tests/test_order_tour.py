from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_ar_suite.tests.common_tour import TourCase


@tagged("post_install", "-at_install")
class TestOrderTour(TourCase):
    """Quotation → hold → release → order in Chromium, by two people, in both languages."""

    def person(self, login, groups, lang):
        return new_test_user(
            self.env, login, groups, lang=lang, email=f"{login}@example.org"
        )

    def hold_and_release(self, name, lang):
        # given: a customer whose limit a quotation exceeds
        self.env["res.lang"]._activate_lang(lang)
        self.addCleanup(self.registry.clear_cache)
        company = self.env.company
        self.env["ar.hold.rule"].create(
            {
                "name": "Limit",
                "trigger": "over_limit",
                "action": "approve",
                "company_id": company.id,
            }
        )
        partner = self.env["res.partner"].create(
            {"name": name, "is_company": True, "customer_rank": 1}
        )
        self.env["ar.credit.profile"].create(
            {"partner_id": partner.id, "limit_amount": 1000}
        )
        goods = self.env["product.product"].create(
            {"name": "Tour goods", "type": "service", "taxes_id": [Command.clear()]}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": goods.id,
                            "product_uom_qty": 3,
                            "price_unit": 500,
                        }
                    )
                ],
            }
        )
        seller = self.person(
            f"tour_seller_{lang}", "sales_team.group_sale_salesman_all_leads", lang
        )
        manager = self.person(
            f"tour_manager_{lang}",
            "customer_ar_suite.customer_ar_suite_group_credit_manager",
            lang,
        )
        url = f"/odoo/action-sale.action_quotations_with_onboarding/{order.id}"
        # when the seller meets the hold and asks
        with mute_logger("odoo.http"):  # the refusal is logged as a warning
            self.start_tour(
                url, "customer_ar_suite_sale_hold", login=seller.login, timeout=120
            )
        release = self.env["ar.credit.release"].search([("order_id", "=", order.id)])
        self.assertEqual((order.state, release.state), ("draft", "requested"))
        # and the credit manager lets it pass
        self.start_tour(
            f"/odoo/ar-credit-releases/{release.id}",
            "customer_ar_suite_sale_release",
            login=manager.login,
            timeout=120,
        )
        self.assertEqual((release.state, release.decided_by_id), ("approved", manager))
        # then it is confirmed
        self.start_tour(
            url, "customer_ar_suite_sale_confirm", login=seller.login, timeout=120
        )
        self.assertEqual((order.state, release.state), ("sale", "used"))

    def test_english(self):
        self.hold_and_release("Tidewater Mills", "en_US")

    def test_chinese(self):
        self.hold_and_release("淀山湖造纸有限公司", "zh_CN")
