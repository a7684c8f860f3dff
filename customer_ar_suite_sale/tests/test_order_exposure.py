"""Orders in the exposure: what is neither invoiced nor in a draft, once."""

import random
from collections import defaultdict

from odoo.tests import tagged

from .common import Command, OrderCase


@tagged("post_install", "-at_install")
class TestOrderExposure(OrderCase):
    def test_quotations_and_cancelled_orders_are_no_risk(self):
        order = self.order(quantity=5)
        self.assertEqual(self.parts(), {})
        order.action_confirm()
        self.assertEqual(self.parts(), {"orders": 500})
        order._action_cancel()
        self.assertEqual(self.parts(), {})

    def test_invoiced_in_part_nothing_counts_twice(self):
        order = self.order(quantity=10)
        order.action_confirm()
        invoice = self.invoice_order(order)
        self.assertEqual(self.parts(), {"draft_invoices": 1000})
        invoice.invoice_line_ids.quantity = 4
        self.assertEqual(self.parts(), {"draft_invoices": 400, "orders": 600})
        invoice.action_post()
        self.assertEqual(self.parts(), {"open_items": 400, "orders": 600})
        rest = self.invoice_order(order)
        rest.action_post()
        self.assertEqual(self.parts(), {"open_items": 1000})

    def test_down_payments(self):
        order = self.order(quantity=10)
        order.action_confirm()
        down = self.invoice_order(order, "fixed", fixed_amount=300)
        self.assertEqual(self.parts(), {"draft_invoices": 300, "orders": 700})
        down.action_post()
        self.assertEqual(self.parts(), {"open_items": 300, "orders": 700})
        self.match(down, self.payment(self.acme, 300, self.today))
        self.assertEqual(self.parts(), {"orders": 700})
        final = self.invoice_order(order)
        final.action_post()
        self.assertEqual(final.amount_total, 700)
        self.assertEqual(self.parts(), {"open_items": 700})

    def test_who_gets_the_invoice_is_at_risk_and_contacts_count(self):
        payer = self.customer("Payer")
        order = self.order(
            self.contact(self.acme),
            quantity=2,
            partner_invoice_id=self.contact(payer).id,
        )
        order.action_confirm()
        self.assertEqual((self.parts(), self.parts(payer)), ({}, {"orders": 200}))

    def test_random_orders_against_an_independent_calculation(self):
        dice = random.Random(19)
        other = self.setup_other_company(name="Other Inc")["company"]
        euro = self.foreign_currency("EUR", (("2020-01-01", 4.0),))
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        customers = [self.customer(f"Random {n}") for n in range(3)]
        expected = defaultdict(float)
        for _n in range(18):
            one = dice.choice(customers)
            company = dice.choice([self.company, self.company, other])
            foreign = dice.random() < 0.4 and company == self.company
            quantity, price = dice.randint(2, 9), dice.randrange(4, 400, 4)
            order = self.order(
                one,
                quantity,
                price,
                company,
                **({"pricelist_id": pricelist.id} if foreign else {}),
            )
            order.order_line.price_unit = price
            factor = 4 if foreign else 1
            if dice.random() < 0.2:
                continue  # stays a quotation
            order.action_confirm()
            invoiced = 0
            if company == self.company and dice.random() < 0.6:
                invoice = self.invoice_order(order)
                invoiced = dice.randint(1, quantity)
                invoice.invoice_line_ids.quantity = invoiced
                if dice.random() < 0.5:
                    invoice.action_post()
            expected[one, company] += quantity * price / factor  # in three components
        self.env.flush_all()
        found = {
            (one, company): round(sum(self.parts(one, company).values()), 2)
            for one in customers
            for company in (self.company, other)
        }
        self.assertEqual(
            {key: total for key, total in found.items() if total},
            {key: round(total, 2) for key, total in expected.items()},
        )

    def test_profile_report_and_drill_down(self):
        profile = self.profile(self.acme, 1000)
        self.order(quantity=3).action_confirm()
        self.assertEqual((profile.orders_amount, profile.headroom_amount), (300, 700))
        row = self.env["ar.credit.exposure.report"].search(
            [("partner_id", "=", self.acme.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((row.orders_amount, row.exposure_amount), (300, 300))
        action = profile.action_view_orders()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(found.mapped("amount_total")), 300)
        self.assertEqual(self.acme.ar_exposure_orders_amount, 300)

    def test_the_figure_does_not_depend_on_the_salesperson(self):
        self.order(quantity=3, user_id=self.env.user.id).action_confirm()
        own = self.env["res.users"].create(
            {
                "name": "Own only",
                "login": "own-only",
                "group_ids": [
                    Command.set(self.env.ref("sales_team.group_sale_salesman").ids)
                ],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        rows = self.env(user=own)["ar.ledger"]._exposures(
            self.today, self.acme.ids, self.company.ids
        )
        self.assertEqual(rows[self.acme.id, self.company.id].orders, 30000)
