"""The customer card: figures, latest records, what to do next, offsets."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged

from .common import ArCommon


@tagged("post_install", "-at_install")
class TestCustomerCard(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.acme = cls.customer("Acme Ltd")
        cls.jo = cls.contact(cls.acme)
        cls.accountant = cls.user_with("ar_accountant", login="card_accountant")
        cls.clerk = cls.user_with("customer_clerk", login="card_clerk")
        cls.old = cls.invoice(
            cls.acme,
            900,
            cls.today - timedelta(days=60),
            cls.today - timedelta(days=30),
        )
        cls.new = cls.invoice(cls.jo, 300, cls.today, cls.today + timedelta(days=30))

    @classmethod
    def bill(cls, partner, amount, on, due=None):
        return cls.invoice(partner, amount, on, due, move_type="in_invoice")

    def card(self, user=None, partner=None):
        return (
            (partner or self.acme)
            .with_user(user or self.accountant)
            .with_company(self.company)
        )

    # -- figures --------------------------------------------------------------------------

    def test_figures(self):
        self.bill(self.acme, 250, self.today)
        self.env["ar.credit.profile"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "limit_amount": 1000,
            }
        )
        for partner in (self.acme, self.jo):
            card = self.card(partner=partner).ar_card
            self.assertEqual((card["balance"], card["overdue"]), (1200, 900))
            self.assertEqual((card["payable"], card["net"]), (250, 950))
            self.assertEqual((card["limit"], card["headroom"]), (1000, -200))
            self.assertEqual(card["parts"][0]["amount"], 1200)
            self.assertEqual(card["grade"], None)
        self.assertEqual(self.card().ar_payable_amount, 250)
        self.assertEqual(self.card().ar_net_amount, 950)

    def test_one_look_costs_few_statements_however_many_customers(self):
        def read(partners):
            partners.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(["ar_card", "ar_latest_item_ids", "ar_latest_statement_ids"])
            return self.env.cr.sql_log_count - before

        more = [self.customer(f"More {n}") for n in range(10)]
        for partner in more:
            self.invoice(partner, 10, self.today)
        several = self.card().browse([self.acme.id, *(one.id for one in more)])
        read(several)
        self.assertLessEqual(read(several), read(self.card()) + 5)

    def test_who_may_not_see_money_sees_none(self):
        card = self.card(self.clerk)
        for group in (
            "account.group_account_invoice",
            "account.group_account_readonly",
        ):
            self.assertFalse(self.clerk.has_group(group))
        self.assertNotIn("balance", card.ar_card)
        for name in ("ar_payable_amount", "ar_latest_item_ids"):
            with self.assertRaises(AccessError):
                card.read([name])

    def test_relationship(self):
        stage = self.env["customer.lifecycle.stage"].search([], limit=1)
        self.acme.customer_stage_id = stage
        self.acme.customer_last_contact_on = self.today - timedelta(days=400)
        facts = {one["code"]: one for one in self.card(self.clerk).ar_card["facts"]}
        self.assertEqual(facts["customer_stage_id"]["text"], stage.name)
        self.assertIn("customer_last_contact_on", facts)

    def test_latest_records(self):
        for number in range(12):
            self.invoice(self.acme, 1 + number, self.today - timedelta(days=number))
        card = self.card()
        self.assertEqual(len(card.ar_latest_item_ids), 8)
        days = card.ar_latest_item_ids.mapped("date")
        self.assertEqual(days, sorted(days, reverse=True))
        self.assertEqual(
            set(card.ar_latest_item_ids.mapped("account_type")), {"asset_receivable"}
        )
        other = self.card(partner=self.customer("Other"))
        self.assertFalse(other.ar_latest_item_ids)

    def test_important_customers_are_found_and_marked(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        self.acme.with_user(self.clerk).ar_is_important = True
        found = partners.search([("ar_is_important", "=", True)])
        self.assertIn(self.acme, found)
        arch = partners.get_view(
            self.env.ref("customer_ar_suite.res_partner_view_list_customers").id, "list"
        )["arch"]
        self.assertIn('decoration-warning="ar_is_important"', arch)
        self.assertIn(
            "ar_important",
            partners.get_view(
                self.env.ref("customer_ar_suite.res_partner_view_search_customers").id,
                "search",
            )["arch"],
        )

    # -- at hand --------------------------------------------------------------------------

    def test_new_invoice(self):
        action = self.card(partner=self.jo).action_ar_new_invoice()
        form = Form(
            self.env["account.move"]
            .with_user(self.accountant)
            .with_context(allowed_company_ids=self.company.ids, **action["context"])
        )
        self.assertEqual(form.partner_id, self.acme)
        with self.assertRaises(AccessError):
            self.card(self.clerk).action_ar_new_invoice()

    def test_register_payment_settles(self):
        action = self.card().action_ar_register_payment()
        self.assertEqual(action["res_model"], "account.payment.register")
        wizard = (
            self.env["account.payment.register"]
            .with_context(**action["context"])
            .create({"group_payment": True})
        )
        wizard._create_payments()
        self.assertEqual(self.card().ar_balance_amount, 0)
        # nothing is open: money on account
        action = self.card().action_ar_register_payment()
        self.assertEqual(action["res_model"], "account.payment")

    # -- offset ---------------------------------------------------------------------------

    def propose(self, amount=None, user=None):
        action = self.card(user).action_ar_propose_offset()
        form = Form(
            self.env["ar.netting.propose"]
            .with_user(user or self.accountant)
            .with_context(allowed_company_ids=self.company.ids, **action["context"])
        )
        if amount is not None:
            form.amount = amount
        result = form.save().action_propose()
        return (
            self.env["ar.netting"].browse(result["res_id"]).with_user(self.accountant)
        )

    def test_offset_from_proposal_to_settlement_and_back(self):
        bill = self.bill(self.acme, 1000, self.today)
        netting = self.propose()
        # given: proposed as a draft, nothing has changed
        self.assertEqual((netting.amount, netting.state), (1000, "draft"))
        self.assertEqual(netting.move_id.state, "draft")
        self.assertEqual(self.card().ar_balance_amount, 1200)
        # when settled: oldest first
        netting.action_post()
        self.env.invalidate_all()
        self.assertEqual(netting.move_id.state, "posted")
        self.assertEqual(self.old.amount_residual, 0)
        self.assertEqual(self.new.amount_residual, 200)
        self.assertEqual(bill.amount_residual, 0)
        self.assertEqual(
            (self.card().ar_balance_amount, self.card().ar_payable_amount), (200, 0)
        )
        # when taken back: as before, and the books are balanced
        netting.action_undo()
        self.env.invalidate_all()
        self.assertEqual(netting.state, "undone")
        self.assertEqual(netting.reverse_move_id.state, "posted")
        self.assertEqual(
            (self.old.amount_residual, self.new.amount_residual), (900, 300)
        )
        self.assertEqual(bill.amount_residual, 1000)
        self.assertEqual(self.card().ar_net_amount, 200)
        with self.assertRaisesRegex(UserError, "decided already"):
            netting.action_undo()
        events = self.env["customer.audit.entry"].search([("model", "=", "ar.netting")])
        self.assertLessEqual(
            {"netting.propose", "netting.post", "netting.undo"},
            set(events.mapped("event")),
        )

    def test_part_of_it(self):
        bill = self.bill(self.acme, 1000, self.today)
        netting = self.propose(400)
        netting.action_post()
        self.assertEqual((self.old.amount_residual, bill.amount_residual), (500, 600))

    def test_offset_in_a_foreign_currency(self):
        eur = self.foreign_currency("EUR")
        invoice = self.invoice(self.acme, 80, self.today, currency=eur)
        bill = self.invoice(
            self.acme, 50, self.today, currency=eur, move_type="in_invoice"
        )
        netting = self.propose()
        self.assertEqual((netting.amount, netting.currency_id), (50, eur))
        netting.action_post()
        self.assertEqual((invoice.amount_residual, bill.amount_residual), (30, 0))

    def test_refusals(self):
        with self.assertRaisesRegex(UserError, "no currency"):
            self.propose()
        self.bill(self.acme, 100, self.today)
        with self.assertRaisesRegex(UserError, "smaller of both"):
            self.propose(101)
        with self.assertRaises(AccessError):
            self.card(self.clerk).action_ar_propose_offset()
        netting = self.propose()
        with self.assertRaises(AccessError):
            netting.with_user(self.clerk).action_post()
        with self.assertRaises(AccessError):
            netting.write({"amount": 1})
        with self.assertRaises(AccessError):
            self.env["ar.netting"].sudo().create({"partner_id": self.acme.id})
        # what has been paid meanwhile is not settled twice
        self.match(self.old, self.payment(self.acme, 850, self.today))
        with self.assertRaisesRegex(UserError, "settled meanwhile"):
            netting.action_post()
        netting.action_discard()
        self.assertEqual(netting.state, "discarded")
        self.assertFalse(netting.move_id.exists())

    def test_changed_draft_is_not_settled(self):
        self.bill(self.acme, 100, self.today)
        netting = self.propose()
        netting.move_id.write(
            {
                "line_ids": [
                    Command.update(
                        line.id,
                        {
                            "amount_currency": line.amount_currency * 2,
                            "balance": line.balance * 2,
                        },
                    )
                    for line in netting.move_id.line_ids
                ]
            }
        )
        with self.assertRaisesRegex(UserError, "was changed"):
            netting.action_post()

    # -- layout of statements -------------------------------------------------------------

    def test_the_customers_own_layout_is_proposed(self):
        layouts = self.env["ar.statement.layout"].search([("company_id", "=", False)])
        self.acme.with_company(self.company).ar_statement_layout_id = layouts[-1]
        wizard = self.env["ar.statement.send"].create(
            {
                "company_id": self.company.id,
                "selection": "chosen",
                "partner_ids": [Command.set(self.acme.ids)],
            }
        )
        self.assertEqual(wizard.layout_id, layouts[-1])
        wizard.partner_ids |= self.customer("Other")
        self.assertEqual(wizard.layout_id, layouts[:1])


@tagged("post_install", "-at_install")
class TestCustomerCardDemo(TransactionCase):
    def test_sample(self):
        def sample(name):
            return self.env.ref(f"__ar_sample__.{name}")

        self.assertEqual(sample("offset_proposed").state, "draft")
        self.assertEqual(sample("offset_proposed").move_id.state, "draft")
        self.assertEqual(sample("offset_settled").state, "done")
        self.assertEqual(sample("offset_taken_back").state, "undone")
        self.assertTrue(sample("customer_C10001").ar_is_important)
        self.assertEqual(sample("usage_import_nl").state, "applied")
        staged = sample("usage_import_cn")
        self.assertEqual((staged.state, staged.problem_count), ("staged", 1))
        for code in ("cn", "nl"):
            scores = self.env["customer.trading.score"].search(
                [("company_id", "=", sample(f"company_{code}").id)]
            )
            self.assertLessEqual({"high", "low"}, set(scores.mapped("level")))
        rule = sample("usage_rule")
        self.assertFalse(rule.active)
        self.assertIn("(3 months)", rule.with_context(lang="en_US").name)
        # products of like customers are found in both companies
        for ref in ("C10021", "C20007"):
            partner = sample(f"customer_{ref}")
            company = partner.company_id or sample(
                f"company_{'cn' if ref[1] == '1' else 'nl'}"
            )
            card = partner.with_user(self.env.ref("base.user_admin")).with_context(
                allowed_company_ids=company.ids
            )
            gap = self.env["customer.product.gap"].browse(
                card.action_view_product_gap()["res_id"]
            )
            self.assertTrue(gap.line_ids, ref)
        falling = self.env["customer.usage.score"].search(
            [
                ("partner_id", "=", sample("customer_C20004").id),
                ("change_percent", "<", -40),
            ]
        )
        self.assertTrue(falling)
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", sample("customer_C20004").id),
            ]
        )
        self.assertTrue(activities)
