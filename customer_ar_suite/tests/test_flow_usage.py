"""Trade and usage: scores, counts by file, call and hand, changes told, like customers."""

import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ArCommon


class UsageCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.acme = cls.customer("Acme Ltd", ref="T-ACME")
        cls.bolt = cls.customer("Bolt Ltd", ref="T-BOLT")
        cls.clerk = cls.user_with("customer_clerk", login="usage_clerk")
        cls.manager = cls.user_with("credit_manager", login="usage_manager")
        cls.kind = cls.env.ref("customer_ar_suite.customer_usage_kind_active_users")
        cls.month = cls.today.replace(day=1)

    def back(self, months):
        return self.month - relativedelta(months=months)

    def count(self, partner, *values, kind=None):
        """Counts of the last months, the latest last."""
        return self.env["customer.usage"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind_id": (kind or self.kind).id,
                    "month": self.back(number),
                    "value": value,
                }
                for number, value in enumerate(reversed(values))
            ]
        )

    def score(self, user=None):
        scores = self.env["customer.trading.score"].with_user(user or self.manager)
        scores.with_context(allowed_company_ids=self.company.ids).action_score()
        self.env.invalidate_all()

    def held(self, partner):
        return self.env["customer.trading.score"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )


@tagged("post_install", "-at_install")
class TestTradingScores(UsageCase):
    def test_scores_by_hand(self):
        # given five customers who are better in everything from one to the next
        people = [self.customer(f"R{n}") for n in range(5)]
        self.settled(
            [
                (
                    partner,
                    100 * (number + 1),
                    self.today - timedelta(days=10 * (5 - number) + invoice),
                    None,
                    (),
                )
                for number, partner in enumerate(people)
                for invoice in range(number + 1)
            ]
        )
        self.credit_note(people[4], 500, self.today)
        long_ago = self.customer("Long ago")
        self.invoice(long_ago, 9999, self.today - timedelta(days=500))
        # when
        self.score()
        # then, revenue 100, 400, 900, 1600, 2500 - 500
        found = [self.held(partner) for partner in people]
        self.assertEqual(
            [(s.recency_points, s.frequency_points, s.monetary_points) for s in found],
            [(n, n, n) for n in range(1, 6)],
        )
        self.assertEqual([s.amount for s in found], [100, 400, 900, 1600, 2000])
        self.assertEqual(
            [s.level for s in found], ["low", "low", "medium", "high", "high"]
        )
        self.assertEqual(self.held(long_ago).level, "none")
        self.assertEqual(
            self.held(long_ago).last_invoice_on, self.today - timedelta(days=500)
        )
        self.assertFalse(self.held(self.acme))

    def test_a_second_night_writes_nothing(self):
        self.invoice(self.acme, 100, self.today)
        self.score()
        row = self.held(self.acme)
        before = row.write_date
        self.env.cr.execute(
            "SELECT xmin::text FROM customer_trading_score WHERE id = %s", [row.id]
        )
        (version,) = self.env.cr.fetchone()
        self.score()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin::text FROM customer_trading_score WHERE id = %s", [row.id]
        )
        self.assertEqual((self.env.cr.fetchone()[0], row.write_date), (version, before))

    def test_changes_are_told_once(self):
        sales = self.user_with(login="usage_sales")
        self.company.ar_usage_alert_percent = 40
        self.acme.user_id = sales
        self.count(self.acme, 100, 100, 100, 100)
        self.score()
        self.assertFalse(self.acme.activity_ids)
        # when usage falls by more than 40 %
        self.env["customer.usage"].search([("partner_id", "=", self.acme.id)]).unlink()
        self.env["customer.usage.score"].search(
            [("partner_id", "=", self.acme.id)]
        ).sudo()._set(month=self.back(1))
        self.count(self.acme, 100, 100, 100, 50)
        self.score()
        self.assertEqual(self.acme.activity_ids.user_id, sales)
        self.assertIn("-50 %", self.acme.activity_ids.summary)
        self.score()
        self.assertEqual(len(self.acme.activity_ids), 1)

    def test_nobody_is_told_unless_switched_on(self):
        self.assertEqual(self.company.ar_usage_alert_percent, 0)
        self.acme.user_id = self.user_with(login="usage_quiet")
        self.count(self.acme, 100, 1)
        self.score()
        self.assertFalse(self.acme.activity_ids)

    def test_nightly_schedule_is_off_and_works(self):
        cron = self.env.ref("customer_ar_suite.customer_trading_score_cron")
        self.assertFalse(cron.active)
        self.invoice(self.acme, 100, self.today)
        self.env["customer.trading.score"].sudo()._cron_score()
        self.assertTrue(self.held(self.acme))

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.score(self.clerk)
        with self.assertRaises(AccessError):
            self.held(self.acme).sudo().create({"partner_id": self.acme.id})


@tagged("post_install", "-at_install")
class TestUsage(UsageCase):
    def load(self, text, name="usage.csv", user=None):
        wizard = (
            self.env["customer.usage.upload"]
            .with_user(user or self.clerk)
            .with_context(allowed_company_ids=self.company.ids)
            .create(
                {
                    "file_data": base64.b64encode(text.encode()),
                    "filename": name,
                    "company_id": self.company.id,
                }
            )
        )
        action = wizard.action_stage()
        return (
            self.env["customer.usage.import"]
            .with_user(self.clerk)
            .browse(action["res_id"])
        )

    def file(self, *rows):
        return "\n".join(["Customer,Month,Metric,Value", *rows]) + "\n"

    def counts(self, partner):
        rows = self.env["customer.usage"].search([("partner_id", "=", partner.id)])
        return {(row.kind_id.code, row.month): row.value for row in rows}

    def test_months_of_merged_customers_add_up(self):
        # given a month both have, and one that only the merged one has
        self.count(self.acme, 7)
        self.count(self.bolt, 5, 3)
        # when
        self.env["customer.usage"]._ar_merge_partners(self.bolt.ids, self.acme.id)
        # then
        rows = self.env["customer.usage"].search(
            [("partner_id", "in", (self.acme | self.bolt).ids)], order="month"
        )
        self.assertEqual(rows.partner_id, self.acme)
        self.assertEqual(rows.mapped("value"), [5, 10])

    def test_file_reviewed_loaded_and_undone(self):
        month = f"{self.back(1):%Y-%m}"
        self.count(self.bolt, 7, 0)
        one = self.load(
            self.file(
                f"T-ACME,{month},active_users,12",
                f"T-ACME,{month},Hours of Use,30.5",
                f"T-BOLT,{month},active_users,9",
                f"T-BOLT,{month},active_users,10",
                f"T-NONE,{month},active_users,1",
                f"T-ACME,{month},tea,1",
                f"T-ACME,{month},active_users,-1",
            )
        )
        statuses = one.line_ids.mapped("status")
        self.assertEqual(
            statuses,
            ["new", "new", "change", "twice", "unknown_customer", "unknown_kind"],
        )
        self.assertIn("below zero", one.fault_text)
        self.assertFalse(self.counts(self.acme))
        # when loaded
        one.action_apply()
        self.assertEqual(
            self.counts(self.acme),
            {("active_users", self.back(1)): 12, ("duration", self.back(1)): 30.5},
        )
        self.assertEqual(self.counts(self.bolt)["active_users", self.back(1)], 9)
        # somebody corrects one of them; the rest goes back
        changed = self.env["customer.usage"].search(
            [("partner_id", "=", self.acme.id), ("kind_id.code", "=", "duration")]
        )
        changed.with_user(self.clerk).value = 31
        one.action_undo()
        self.assertEqual(self.counts(self.acme), {("duration", self.back(1)): 31})
        self.assertEqual(self.counts(self.bolt)["active_users", self.back(1)], 7)
        with self.assertRaisesRegex(UserError, "only in the state"):
            one.action_apply()

    def test_file_that_cannot_be_read(self):
        with self.assertRaisesRegex(UserError, "Missing"):
            self.load("a,b\n1,2\n")
        with self.assertRaises(AccessError):
            self.load(self.file("T-ACME,2026-01,active_users,1"), user=self.manager)
        one = self.load(self.file(f"T-ACME,{self.back(1):%Y-%m},active_users,1"))
        one.action_apply()
        again = self.load(self.file(f"T-ACME,{self.back(1):%Y-%m},active_users,1"))
        self.assertEqual(again.line_ids.status, "same")
        with self.assertRaisesRegex(UserError, "nothing to load"):
            again.action_apply()
        again.action_cancel()
        with self.assertRaises(AccessError):
            again.write({"state": "applied"})

    def test_calls_of_another_system(self):
        usage = (
            self.env["customer.usage"]
            .with_user(self.clerk)
            .with_context(allowed_company_ids=self.company.ids)
        )
        rows = [
            {
                "customer": "T-ACME",
                "month": f"{self.back(1):%Y-%m}",
                "kind": "sign_ins",
                "value": 5,
            },
            {
                "customer": "T-NONE",
                "month": f"{self.back(1):%Y-%m}",
                "kind": "sign_ins",
                "value": 5,
            },
            {"customer": "T-ACME", "month": "soon", "kind": "sign_ins", "value": 5},
            7,
        ]
        answers = usage.api_upsert(rows)
        self.assertEqual(
            [answer["result"] for answer in answers],
            ["created", "refused", "refused", "refused"],
        )
        self.assertTrue(all(answer["error"] for answer in answers[1:]))
        again = usage.api_upsert(rows[:1])
        self.assertEqual(again[0]["result"], "unchanged")
        rows[0]["value"] = 6.5
        self.assertEqual(usage.api_upsert(rows[:1])[0]["result"], "updated")
        self.assertEqual(self.counts(self.acme), {("sign_ins", self.back(1)): 6.5})
        with self.assertRaises(AccessError):
            usage.with_user(self.manager).api_upsert(rows[:1])
        with self.assertRaises(UserError):
            usage.api_upsert({})

    def test_counts_by_hand(self):
        with self.assertRaises(ValidationError):
            self.count(self.acme, -1)
        with self.assertRaises(ValidationError):
            self.count(self.contact(self.acme), 1)
        row = self.count(self.acme, 3)
        row.month = self.back(2) + timedelta(days=9)
        self.assertEqual(row.month, self.back(2))

    def test_levels_and_the_dimension_that_mirrors_them(self):
        self.env["customer.usage"].search([]).unlink()
        people = [self.customer(f"U{n}") for n in range(4)]
        for number, partner in enumerate(people):
            self.count(partner, 10, 10 * (number + 1))
        self.score()
        rows = self.env["customer.usage.score"].search(
            [("company_id", "=", self.company.id), ("kind_id", "=", self.kind.id)]
        )
        levels = {row.partner_id: row.level for row in rows}
        self.assertEqual(
            [levels[one] for one in people], ["low", "medium", "medium", "high"]
        )
        last = rows.filtered(lambda row: row.partner_id == people[3])
        self.assertEqual(
            (last.value, last.usual_value, last.change_percent), (40, 10, 300)
        )
        dimension = self.env["customer.dimension"].search(
            [("code", "=", "usage_frequency"), ("is_mirror", "=", True)]
        )
        if dimension:
            held = self.env["customer.category.assignment"].search(
                [("partner_id", "=", people[3].id), ("dimension_id", "=", dimension.id)]
            )
            self.assertEqual(held.category_id.code, "high")


@tagged("post_install", "-at_install")
class TestPurchases(UsageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.user_with("ar_clerk", login="purchase_reader")
        cls.goods, cls.service = cls.env["product.category"].create(
            [{"name": "Goods"}, {"name": "Service"}]
        )
        cls.pump, cls.valve, cls.advice = cls.env["product.product"].create(
            [
                {"name": "Pump", "categ_id": cls.goods.id, "standard_price": 60},
                {"name": "Valve", "categ_id": cls.goods.id, "standard_price": 0},
                {"name": "Advice", "categ_id": cls.service.id, "standard_price": 0},
            ]
        )
        for product in (cls.pump, cls.valve, cls.advice):
            product.with_company(cls.company).standard_price = product.standard_price

    def sell(self, partner, day, *lines, move_type="out_invoice"):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": day,
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price in lines
                ],
            }
        )
        move.action_post()
        return move

    def report(self, first):
        return (
            self.env["customer.purchase.report"]
            .with_user(self.reader)
            .with_context(
                allowed_company_ids=self.company.ids,
                ar_date_from=fields.Date.to_string(first),
            )
        )

    def test_by_month_and_product_category(self):
        self.pump.with_company(self.company).standard_price = 60
        last_month = self.back(1)
        self.sell(self.acme, last_month, (self.pump, 2, 100), (self.advice, 1, 50))
        self.sell(self.acme, self.month, (self.pump, 1, 100), (self.valve, 3, 10))
        self.sell(self.acme, self.month, (self.pump, 1, 100), move_type="out_refund")
        rows = self.report(last_month)._read_group(
            [("partner_id", "=", self.acme.id)],
            ["category_id", "month:month"],
            ["revenue_amount:sum", "quantity:sum", "margin_amount:sum"],
        )
        found = {(category, month): rest for category, month, *rest in rows}
        self.assertEqual(found[self.goods, last_month], [200, 2, 80])
        self.assertEqual(found[self.service, last_month][:2], [50, 1])
        self.assertEqual(found[self.goods, self.month], [30, 3, 0])
        # the period is that of the screen
        later = self.report(self.month)._read_group(
            [("partner_id", "=", self.acme.id)], [], ["revenue_amount:sum"]
        )
        self.assertEqual(later, [(30,)])

    def test_card_opens_them_and_a_row_opens_its_lines(self):
        move = self.sell(self.acme, self.month, (self.pump, 1, 100))
        action = self.acme.with_user(self.reader).action_view_purchases()
        keys = {k: v for k, v in action["context"].items() if k.startswith("ar_")}
        rows = self.report(self.month).with_context(**keys).search(action["domain"])
        lines = self.env["account.move.line"].search(rows.action_view_lines()["domain"])
        self.assertEqual(lines, move.invoice_line_ids)
        table = rows._as_table(action["domain"], ["category_id"])
        self.assertEqual(table.rows[0].cells[1], 10_000)
        with self.assertRaises(AccessError):
            self.acme.with_user(self.clerk).action_view_purchases()

    def test_products_of_like_customers(self):
        dimension = self.env.ref("customer_ar_suite.customer_dimension_region")
        category, other = self.env["customer.category"].create(
            [
                {"name": "Here", "dimension_id": dimension.id},
                {"name": "There", "dimension_id": dimension.id},
            ]
        )
        like = [self.customer(f"Like {n}") for n in range(3)]
        stranger = self.customer("Stranger")
        assign = self.env["customer.category.assignment"]._assign
        members = {one.id: category.id for one in [self.acme, *like]}
        assign({**members, stranger.id: other.id}, dimension, "rule", self.today)
        for one in like:
            self.sell(one, self.month, (self.pump, 1, 1), (self.valve, 1, 1))
        self.sell(stranger, self.month, (self.advice, 1, 1))
        self.sell(like[0], self.month, (self.advice, 1, 1))
        self.sell(self.acme, self.month, (self.pump, 1, 1))
        card = self.acme.with_user(self.reader).with_context(
            allowed_company_ids=self.company.ids
        )
        action = card.action_view_product_gap()
        gap = (
            self.env["customer.product.gap"]
            .with_user(self.reader)
            .browse(action["res_id"])
        )
        gap = gap.with_context(allowed_company_ids=self.company.ids)
        gap.dimension_id = dimension
        gap.action_find()
        # the pump he has; advice only one of them bought
        self.assertEqual(gap.line_ids.product_id, self.valve)
        self.assertEqual((gap.like_count, gap.line_ids.buyer_count), (3, 3))
        self.assertEqual(gap.line_ids.buyer_share, 100)
        with self.assertRaises(AccessError):
            self.acme.with_user(self.clerk).action_view_product_gap()

    def test_like_customers_by_the_first_dimension_that_has_some(self):
        # given nobody of the same industry, and three of the same region
        assign = self.env["customer.category.assignment"]._assign
        like = [self.customer(f"Like {n}") for n in range(3)]
        for code, members in (("industry", []), ("region", like)):
            dimension = self.env.ref(f"customer_ar_suite.customer_dimension_{code}")
            category = self.env["customer.category"].create(
                {"name": f"Own {code}", "dimension_id": dimension.id}
            )
            ids = [one.id for one in [self.acme, *members]]
            assign(dict.fromkeys(ids, category.id), dimension, "rule", self.today)
        for one in like:
            self.sell(one, self.month, (self.valve, 1, 1))
        card = self.acme.with_user(self.reader).with_context(
            allowed_company_ids=self.company.ids
        )
        gap = self.env["customer.product.gap"].with_user(self.reader)
        found = gap.browse(card.action_view_product_gap()["res_id"])
        self.assertEqual(found.dimension_id.code, "region")
        self.assertEqual(found.line_ids.product_id, self.valve)

    def test_printed_report(self):
        self.sell(self.acme, self.month, (self.pump, 2, 100))
        self.count(self.acme, 5, 9)
        self.score()
        reports = (
            self.env["ir.actions.report"]
            .with_user(self.reader)
            .with_context(allowed_company_ids=self.company.ids)
        )
        html, _kind = reports._render_qweb_html(
            "customer_ar_suite.customer_usage_document", self.acme.ids
        )
        for text in (b"Acme Ltd", b"Goods", b"200.00", b"Active Users"):
            self.assertIn(text, html)
        # who may not see money gets the usage alone
        html, _kind = reports.with_user(self.clerk)._render_qweb_html(
            "customer_ar_suite.customer_usage_document", self.acme.ids
        )
        self.assertIn(b"Active Users", html)
        self.assertNotIn(b"200.00", html)
