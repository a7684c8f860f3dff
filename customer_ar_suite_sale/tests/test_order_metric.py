"""Orders as a figure of category rules, against orders counted one by one."""

import random
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common import Command, OrderCase


@tagged("post_install", "-at_install")
class TestOrderMetric(OrderCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.reset_changes)

    def test_random_orders_counted_one_by_one(self):
        # given orders of two customers and a contact, confirmed, cancelled or only quoted
        dice = random.Random(23)
        payer = self.customer("Payer")
        people = (self.acme, payer, self.contact(self.acme))
        orders = self.env["sale.order"]
        for _n in range(30):
            order = self.order(dice.choice(people))
            fate = dice.choice(["quoted", "confirmed", "confirmed", "cancelled"])
            if fate != "quoted":
                order.action_confirm()
            if fate == "cancelled":
                order._action_cancel()
            day = self.today - timedelta(days=dice.randrange(300))
            order.date_order = f"{day} 12:00:00"
            orders |= order
        # when a rule asks for them
        dimension = self.env["customer.dimension"].create(
            {"name": "Orders", "code": "orders", "mode": "both",
             "company_id": self.company.id}
        )  # fmt: skip
        busy = self.env["customer.category"].create(
            {"name": "Busy", "dimension_id": dimension.id}
        )
        rule = self.env["customer.category.rule"].create(
            {
                "dimension_id": dimension.id,
                "category_id": busy.id,
                "active": True,
                "condition_ids": [
                    Command.create(
                        {
                            "metric": "order_count",
                            "operator": "at_least",
                            "threshold": 3,
                            "month_count": 6,
                        }
                    )
                ],
            }
        )
        (plan,) = self.env["customer.classifier"]._plans(dimension, self.today)
        # then both say the same
        first = self.today - relativedelta(months=6)
        expected = {}
        for order in orders:
            day = order.date_order.date()
            if order.state == "sale" and first < day <= self.today:
                customer = order.partner_invoice_id.commercial_partner_id.id
                expected[customer] = expected.get(customer, 0) + 1
        figures = plan.figures[rule.condition_ids._figure_key()]
        known = {self.acme.id, payer.id}
        self.assertEqual(
            {id_: count for id_, count in figures.items() if id_ in known}, expected
        )
        self.assertEqual(
            set(plan.wanted) & known,
            {id_ for id_, count in expected.items() if count >= 3},
        )
        self.assertIn("Number of Orders (6 months)", rule.condition_ids.summary)
