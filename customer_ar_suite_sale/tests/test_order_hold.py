"""Holds at confirmation: every path, releases, growing orders, invoices of released orders."""

from odoo.tests import tagged

from .common import AccessError, Command, OrderCase, UserError


@tagged("post_install", "-at_install")
class TestOrderHold(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme_profile = cls.profile(cls.acme, 1000)

    def assertOrderHeld(self, call, order):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call()
        self.env.invalidate_all()
        self.assertNotEqual(order.state, "sale")

    def ask_order(self, order, user=None):
        known = self.env["ar.credit.release"].search([])
        self.env["ar.credit.release.ask"].with_user(user or self.seller).create(
            {"order_id": order.id, "reason": "They pay on Friday"}
        ).action_ask()
        return self.env["ar.credit.release"].search([]) - known

    def test_no_path_confirms_what_is_held(self):
        def importing(order):
            result = order.with_user(self.seller).load(
                [".id", "state"], [[str(order.id), "sale"]]
            )
            if not result["ids"]:
                raise UserError(str(result["messages"]))

        paths = {
            "form": lambda o: o.with_user(self.seller).action_confirm(),
            "write": lambda o: o.with_user(self.seller).write({"state": "sale"}),
            "import": importing,
            "several": lambda o: (o | self.order(quantity=1)).action_confirm(),
            "superuser": lambda o: o.sudo().action_confirm(),
            "context": lambda o: o.with_context(
                bypass_risk=True, tracking_disable=True, ar_credit_ok=True
            ).action_confirm(),
            "signature": lambda o: o.sudo()._validate_order(),
            "created": lambda o: o.copy({"state": "sale"}),
        }
        for name, action in (("limit", "approve"), ("limit", "block"), ("hold", None)):
            with self.rolled_back():
                if action:
                    self.rule(action=action)
                else:
                    self.acme_profile._set_hold(True, "Rumours")
                order = self.order(self.contact(self.acme), quantity=11)
                order.action_quotation_sent()
                for path, confirm in paths.items():
                    with self.subTest(name, action=action, path=path):
                        self.assertOrderHeld(lambda c=confirm, o=order: c(o), order)

    def test_free_warned_and_other_stages_pass(self):
        self.rule(action="warn")
        self.rule(action="block", on_order=False)
        order = self.order(quantity=11)
        self.assertEqual(order.ar_credit_verdict, "warn")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.order(self.customer("Free"), quantity=99).action_confirm()

    def test_a_confirmed_order_does_not_grow_past_the_limit(self):
        self.rule(action="block")
        order = self.order(quantity=9)
        order.action_confirm()
        for grow in (
            lambda: order.order_line.write({"product_uom_qty": 11}),
            lambda: order.order_line.write({"price_unit": 200}),
            lambda: order.write(
                {
                    "order_line": [
                        Command.create({"product_id": self.goods.id, "price_unit": 200})
                    ]
                }
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                grow()
            self.env.invalidate_all()
        order.order_line.product_uom_qty = 10
        self.assertEqual(order.amount_total, 1000)
        small = self.profile(self.customer("Small"), 10)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.partner_invoice_id = small.partner_id

    def test_release_then_order_then_invoice(self):
        self.rule()
        order = self.order(quantity=12)
        release = self.ask_order(order)
        self.assertEqual((release.order_id, release.asked_amount), (order, 1200))
        with self.assertRaises(AccessError):
            self.decide(release, self.seller)
        self.assertOrderHeld(order.action_confirm, order)
        self.decide(release)
        order.with_user(self.seller).action_confirm()
        self.assertEqual((order.state, release.state), ("sale", "used"))
        # the order was let pass: its invoices need no second release
        invoice = self.invoice_order(order)
        invoice.invoice_line_ids.quantity = 7
        self.assertEqual(invoice.ar_credit_verdict, "released")
        invoice.action_post()
        rest = self.invoice_order(order)
        rest.action_post()
        self.assertEqual(
            (rest.state, sum((invoice | rest).mapped("amount_total"))), ("posted", 1200)
        )
        # another document of the customer does
        other = self.draft(self.acme, 10)
        self.assertHeld(other.action_post, other)

    def test_an_invoice_over_what_was_released_is_held(self):
        self.rule()
        order = self.order(quantity=12)
        self.decide(self.ask_order(order))
        order.action_confirm()
        invoice = self.invoice_order(order)
        invoice.invoice_line_ids.price_unit = 150
        self.assertHeld(invoice.action_post, invoice)
        invoice.invoice_line_ids.price_unit = 100
        # and so is one if something else has come up since
        self.acme_profile._set_hold(True, "Rumours")
        self.assertHeld(invoice.action_post, invoice)
        self.acme_profile._set_hold(False, "")
        invoice.action_post()
        release = self.env["ar.credit.release"].search([("order_id", "=", order.id)])
        self.assertEqual((invoice.state, release.invoiced_amount), ("posted", 1200))

    def test_online_payment_is_kept_and_the_order_held(self):
        self.rule()
        order = self.order(quantity=12)
        order.action_quotation_sent()
        provider = (
            self.env["payment.provider"]
            .sudo()
            .with_context(active_test=False)
            .search([], limit=1)
        )
        method = (
            self.env["payment.method"]
            .sudo()
            .with_context(active_test=False)
            .search([], limit=1)
        )
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": "credit-test",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": self.acme.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "state": "done",
                }
            )
        )
        confirmed = transaction._check_amount_and_confirm_order()
        self.assertEqual((len(confirmed), order.state), (0, "sent"))
        self.assertTrue(any("held" in (m.body or "") for m in order.message_ids))

    def test_held_orders_are_listed(self):
        self.rule()
        held, free = self.order(quantity=11), self.order(self.customer("Free"))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite_sale.sale_order_held_action"
        )
        self.assertEqual(action["res_model"], "sale.order")
        listed = (
            self.env["sale.order"]
            .with_user(self.seller)
            .search([("ar_credit_verdict", "in", ("approve", "block"))])
        )
        self.assertIn(held, listed)
        self.assertNotIn(free, listed)
        self.assertIn("100", held.with_user(self.seller).ar_credit_text)

    def test_a_seller_reads_releases_and_writes_none(self):
        releases = self.env["ar.credit.release"].with_user(self.seller)
        for operation in ("create", "write", "unlink"):
            self.assertFalse(releases.has_access(operation))
        self.assertTrue(releases.has_access("read"))

    def test_looks_at_orders_are_kept_and_replayed(self):
        rule = self.rule(on_order=True)
        order = self.order(quantity=5)
        order.action_confirm()
        held = self.order(quantity=99)
        self.assertOrderHeld(held.action_confirm, held)
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
        kept = self.env["ar.credit.judgement"].search(
            [("partner_id", "=", self.acme.id)], order="id"
        )
        self.assertEqual(
            [(one.order_id, one.stage, one.verdict) for one in kept],
            [(order, "order", "free"), (held, "order", "approve")],
        )
        self.assertTrue(all(kept.mapped("is_exact")))
        simulations = self.env["ar.simulation"].with_user(self.manager)
        simulation = simulations.create(
            {"name": "Tried", "company_id": self.company.id, "with_past": False}
        )
        simulation.action_load_rules()
        self.assertTrue(simulation.rule_ids.on_order)
        simulation.rule_ids.on_order = False
        simulation.action_start()
        self.assertTrue(simulation.is_exact)
        self.assertEqual(
            (simulation.held_then_count, simulation.held_now_count), (1, 0)
        )
        self.assertTrue(rule.on_order)
