"""Rules of categories: preview, apply, night, at once, by hand, why."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..engine.history import Period, assign, value_on
from .common import ArCommon
from .common_models import ChangingModels

AS_OF = date(2026, 6, 30)
PREFIX = "customer_ar_suite.customer_ar_suite_group_"


class ClassificationCase(ChangingModels, ArCommon):
    """A dimension "Tier" with gold, silver, bronze, and short ways to write its rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.administrator = cls.user_with("administrator", login="tier_admin")
        cls.manager = cls.user_with("credit_manager", login="tier_manager")
        cls.clerk = cls.user_with("customer_clerk", login="tier_clerk")
        cls.today = fields.Date.context_today(cls.env.user)
        # what is shipped or left by the sample takes no part
        cls.env["customer.category.rule"].search([]).active = False
        cls.tier = cls.dimension("tier")
        cls.gold, cls.silver, cls.bronze = (
            cls.value(cls.tier, name) for name in ("Gold", "Silver", "Bronze")
        )
        cls.models_changed()

    @classmethod
    def dimension(cls, code, mode="both", company=None, **values):
        return cls.env["customer.dimension"].create(
            {
                "name": code.capitalize(),
                "code": code,
                "mode": mode,
                "company_id": (cls.company if company is None else company).id,
                **values,
            }
        )

    @classmethod
    def value(cls, dimension, name):
        return cls.env["customer.category"].create(
            {"name": name, "dimension_id": dimension.id}
        )

    def rule(self, category, *conditions, domain="[]", **values):
        """Conditions: (figure, operator, bound[, months])."""
        lines = []
        for figure, operator, bound, *months in conditions:
            name = "share" if operator in ("top", "bottom") else "threshold"
            lines.append(
                Command.create(
                    {
                        "metric": figure,
                        "operator": operator,
                        name: bound,
                        "month_count": months[0] if months else 12,
                        "usage_kind_id": self.kind.id if figure == "usage" else False,
                    }
                )
            )
        return self.env["customer.category.rule"].create(
            {
                "dimension_id": category.dimension_id.id,
                "category_id": category.id,
                "partner_domain": domain,
                "condition_ids": lines,
                "active": True,
                **values,
            }
        )

    def preview(self, dimension=None, as_of=None, user=None):
        dimension = dimension or self.tier
        run = (
            self.env["customer.category.run"]
            .with_user(user or self.administrator)
            .create(
                {
                    "dimension_ids": [Command.set(dimension.ids)],
                    "company_id": dimension.company_id[:1].id,
                    "as_of_date": as_of or self.today,
                }
            )
        )
        run.action_preview()
        return run

    def held(self, customer, dimension=None):
        return self.env["customer.category.assignment"].search(
            [
                ("partner_id", "=", customer.id),
                ("dimension_id", "=", (dimension or self.tier).id),
                ("valid_to", "=", False),
            ]
        )

    def night(self):
        self.env["customer.category.run"]._cron_classify()

    def count_rows(self, *tables):
        counts = {}
        for table in tables:
            self.env.cr.execute(f"SELECT count(*), max(id) FROM {table}")
            counts[table] = self.env.cr.fetchone()
        return counts


@tagged("post_install", "-at_install")
class TestRules(ClassificationCase):
    def test_preview_apply_history_why(self):
        big, small, none = (self.customer(name) for name in ("Big", "Small", "None"))
        self.invoice(big, 182_400, self.today - timedelta(days=30))
        self.invoice(small, 1_000, self.today - timedelta(days=30))
        self.rule(self.gold, ("revenue", "at_least", 150_000), sequence=1)
        self.rule(self.silver, ("revenue", "more_than", 0), sequence=2)
        # when previewed, nothing is changed
        run = self.preview()
        moves = {
            line.partner_id: (line.from_category_id, line.to_category_id)
            for line in run.line_ids
        }
        empty = self.env["customer.category"]
        self.assertEqual(moves[big], (empty, self.gold))
        self.assertEqual(moves[small], (empty, self.silver))
        self.assertNotIn(none, moves)
        self.assertFalse(self.held(big))
        why = run.line_ids.filtered(lambda line: line.partner_id == big).why
        self.assertIn("Revenue (12 months)", why)
        # when applied, all stand where the preview said
        run.action_apply()
        self.assertEqual(run.run_state, "done")
        self.assertEqual(self.held(big).category_id, self.gold)
        self.assertEqual(big[self.tier._column_name()], self.gold)
        self.assertEqual(self.held(big).source, "rule")
        accountant = self.user_with("ar_accountant", login="tier_accountant")
        text = self.held(big).with_user(accountant).why
        self.assertIn("182,400.00", text)
        self.assertIn("≥", text)
        self.assertIn("150,000.00", text)
        # a clerk without the right to see entries reads why, not how much
        text = self.held(big).with_user(self.clerk).why
        self.assertIn("Revenue", text)
        self.assertNotIn("182", text)
        with self.assertRaises(AccessError):
            self.held(big).with_user(self.clerk).read(["evidence"])
        # and the form of the customer says it
        self.assertEqual(
            big.with_user(self.clerk).ar_category_reason_ids, self.held(big)
        )

    def test_why_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        acme = self.customer()
        self.rule(self.gold, domain="[('name', '=', 'Acme Ltd')]")
        self.preview().action_apply()
        english = self.held(acme).why
        chinese = self.held(acme).with_context(lang="zh_CN").why
        self.assertIn("as of", english)
        self.assertNotIn("evidence", english)
        self.assertIn(str(self.today.year), chinese)

    def test_a_night_without_change_writes_nothing(self):
        for number in range(3):
            partner = self.customer(f"C{number}")
            self.invoice(partner, 100 * number + 1, self.today)
        self.rule(self.gold, ("revenue", "top", 34))
        known = self.env["customer.category.run"].search([])
        self.night()
        self.assertEqual(len(self.env["customer.category.run"].search([]) - known), 1)
        tables = (
            "customer_category_assignment",
            "customer_category_run",
            "customer_category_run_line",
            "customer_audit_entry",
        )
        before = self.count_rows(*tables)
        with patch.object(
            type(self.env["customer.category.assignment"]), "_assign"
        ) as assign_:
            self.night()
        assign_.assert_not_called()
        self.assertEqual(self.count_rows(*tables), before)

    def test_no_rule_no_night(self):
        self.assertFalse(self.env["customer.category.rule"]._ruled_dimensions())
        known = self.env["customer.category.run"].search([])
        self.night()
        self.assertEqual(self.env["customer.category.run"].search([]), known)

    def test_statements_do_not_depend_on_the_customers(self):
        self.rule(self.gold, ("revenue", "top", 10))
        self.rule(self.silver, ("invoice_count", "at_least", 1))

        def statements():
            counts = []
            for _again in range(2):  # the first fills the caches of the process
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["customer.classifier"]._plans(self.tier, self.today)
                counts.append(self.env.cr.sql_log_count - before)
            return counts[-1]

        self.customer("one")
        few = statements()
        self.env["res.partner"].create(
            [
                {"name": f"C{n}", "customer_rank": 1, "is_company": True}
                for n in range(50)
            ]
        )
        self.assertEqual(statements(), few)

    def test_a_customer_who_has_moved_meanwhile_is_left_out(self):
        acme, other = self.customer("Acme"), self.customer("Other")
        self.rule(self.gold)
        run = self.preview()
        self.env["customer.category.assignment"]._assign(
            {acme.id: self.bronze.id}, self.tier, "manual", self.today
        )
        run.action_apply()
        self.assertEqual(self.held(acme).category_id, self.bronze)
        self.assertEqual(self.held(other).category_id, self.gold)
        self.assertEqual(run.skipped_count, 1)

    def test_who_may(self):
        self.rule(self.gold, ("revenue", "at_least", 1))
        for user in (self.clerk, self.user_with("auditor", login="tier_auditor")):
            with self.assertRaises(AccessError):
                self.preview(user=user)
        run = self.preview(user=self.manager)
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).action_apply()
        with self.assertRaises(AccessError):
            self.env["customer.category.rule"].with_user(self.manager).create(
                {"dimension_id": self.tier.id, "category_id": self.gold.id}
            )

    def test_what_a_rule_may_not_be(self):
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.rule(self.gold, domain="[('no_such_field', '=', 1)]")
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.rule(self.gold, domain="__import__('os')")
        with self.assertRaisesRegex(ValidationError, "Per cent"):
            self.rule(self.gold, ("revenue", "top", 101))
        with self.assertRaisesRegex(ValidationError, "1 to 120"):
            self.rule(self.gold, ("revenue", "at_least", 1, 0))
        with self.assertRaisesRegex(ValidationError, "product category"):
            self.rule(self.gold, ("product_category_revenue", "at_least", 1))
        other = self.value(self.dimension("other"), "Else")
        with self.assertRaisesRegex(ValidationError, "not a category of"):
            self.rule(self.gold).category_id = other
        with self.assertRaisesRegex(UserError, "Preview first"):
            self.env["customer.category.run"].with_user(self.administrator).create(
                {}
            ).action_apply()

    def test_an_addon_brings_its_own_figure(self):
        acme, other = self.customer("Acme"), self.customer("Other")
        counts = {acme.id: 7, other.id: 2}
        metrics = type(self.env["customer.metric"])
        from ..models.customer_metrics.base import Metric

        class Orders(Metric):
            code, label, kind, missing = "orders", "Orders", "count", 0

            def title(self, env):
                return "Orders"

            def load(self, scope):
                return counts

        original = metrics._metrics
        with patch.object(
            metrics, "_metrics", lambda model: {**original(model), "orders": Orders()}
        ):
            self.rule(self.gold, ("orders", "at_least", 5))
            self.preview().action_apply()
            self.assertEqual(self.held(acme).category_id, self.gold)
            self.assertIn("Orders (12 months) = 7 ≥ 5", self.held(acme).why)
        self.assertFalse(self.held(other))


@tagged("post_install", "-at_install")
class TestByHand(ClassificationCase):
    def choose(self, customer, category, reason="Key account", **values):
        wizard = Form(
            self.env["customer.category.choose"]
            .with_user(self.clerk)
            .with_context(default_partner_ids=customer.ids)
        )
        wizard.dimension_id = category.dimension_id
        wizard.category_id = category
        wizard.reason = reason
        for name, value in values.items():
            wizard[name] = value
        return wizard.save().action_choose()

    def test_a_choice_by_hand_wins_until_it_expires(self):
        acme = self.customer()
        self.rule(self.bronze, ("revenue", "at_most", 0))
        self.choose(acme, self.gold, expires_on=self.today + timedelta(days=5))
        run = self.preview()
        self.assertNotIn(acme, run.line_ids.partner_id)
        self.assertEqual(run.kept_count, 1)
        self.assertEqual(self.held(acme).why, "Key account")
        # the day after its last day the rule decides
        later = self.today + timedelta(days=6)
        run = self.preview(as_of=later)
        self.assertEqual(run.line_ids.to_category_id, self.bronze)

    def test_what_a_rule_gave_can_be_kept_by_hand(self):
        acme = self.customer()
        rule = self.rule(self.gold, ("revenue", "at_most", 0))
        self.preview().action_apply()
        self.assertEqual(self.held(acme).source, "rule")
        self.choose(acme, self.gold, "Stays, whatever they buy")
        self.assertEqual(self.held(acme).source, "manual")
        rule.active = False
        self.rule(self.bronze)
        self.assertNotIn(acme, self.preview().line_ids.partner_id)

    def test_dimensions_that_rules_alone_decide(self):
        acme = self.customer()
        self.tier.mode = "rule"
        with self.assertRaisesRegex(UserError, "set by the system"):
            self.env["customer.category.assignment"]._assign(
                {acme.id: self.gold.id}, self.tier, "manual", self.today
            )

    def test_choosing_asks_for_a_reason_and_the_role(self):
        acme = self.customer()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.choose(acme, self.gold, reason="  ")
        with self.assertRaises(AccessError):
            self.env["customer.category.choose"].with_user(self.manager).create({})


@tagged("post_install", "-at_install")
class TestAtOnce(ClassificationCase):
    def test_rules_without_figures_follow_the_data(self):
        china, france = self.env.ref("base.cn"), self.env.ref("base.fr")
        self.rule(self.gold, domain="[('country_id.code', '=', 'CN')]")
        acme = self.customer(country_id=china.id)
        self.assertEqual(self.held(acme).category_id, self.gold)
        acme.country_id = france
        self.assertFalse(self.held(acme))
        # of all customers at once
        others = self.env["res.partner"].create(
            [
                {"name": f"C{n}", "is_company": True, "customer_rank": 1}
                for n in range(5)
            ]
        )
        others.country_id = china
        for other in others:
            self.assertEqual(self.held(other).category_id, self.gold)

    def test_rules_with_figures_wait_for_the_night(self):
        self.rule(self.gold, domain="[('country_id.code', '=', 'CN')]")
        self.rule(self.silver, ("revenue", "at_most", 0))
        acme = self.customer(country_id=self.env.ref("base.cn").id)
        self.assertFalse(self.held(acme))
        self.night()
        self.assertEqual(self.held(acme).category_id, self.gold)

    def test_a_change_that_no_rule_looks_at_costs_nothing(self):
        self.rule(self.gold, domain="[('country_id.code', '=', 'CN')]")
        acme = self.customer()
        classifier = type(self.env["customer.classifier"])
        with patch.object(classifier, "_plans") as plans:
            acme.write({"comment": "Nice people"})
            plans.assert_not_called()

    def test_archived_customers_stay_where_they_were(self):
        self.rule(self.gold, domain="[('country_id.code', '=', 'CN')]")
        acme = self.customer(country_id=self.env.ref("base.cn").id)
        acme.active = False
        self.assertEqual(self.held(acme).category_id, self.gold)
        self.assertNotIn(acme, self.preview().line_ids.partner_id)


@tagged("post_install", "-at_install")
class TestMetrics(ClassificationCase):
    """Every customer on random data: the same category as plain Python over records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eur = cls.foreign_currency("EUR", [("2020-01-01", 0.8)])
        cls.second = cls.setup_other_company(name="Second", currency_id=cls.eur.id)[
            "company"
        ]
        # each company has rates of its own
        cls.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.8,
                "currency_id": cls.eur.id,
                "company_id": cls.second.id,
            }
        )
        cls.draw = random.Random(20260630)
        cls.people = cls.env["res.partner"].create(
            [
                {
                    "name": f"P{number:02}",
                    "is_company": number % 3 > 0,
                    "customer_rank": number % 7 > 0,
                    "ar_headcount": cls.draw.choice([0, 0, 5, 50, 500]),
                    "ar_annual_revenue": cls.draw.choice([0, 1e5, 1e6]),
                    "country_id": cls.env.ref(
                        cls.draw.choice(["base.cn", "base.fr"])
                    ).id,
                }
                for number in range(16)
            ]
        )
        cls._trade()
        cls._use()
        cls.people[-1].active = False

    @classmethod
    def _trade(cls):
        for partner in cls.people[:-2]:
            for _n in range(cls.draw.randrange(4)):
                company = cls.draw.choice([cls.company, cls.company, cls.second])
                amount = cls.draw.choice([100, 100, 250, 333.33, 1000])
                on = AS_OF - timedelta(days=cls.draw.randrange(800))
                kind = cls.draw.choice(["out_invoice"] * 4 + ["out_refund"])
                move = cls.invoice(
                    partner, amount, on, on + timedelta(days=30), company=company,
                    move_type=kind,
                )  # fmt: skip
                if kind == "out_invoice" and company == cls.company:
                    if cls.draw.random() < 0.5:
                        paid_on = on + timedelta(days=cls.draw.randrange(60))
                        cls.match(move, cls.payment(partner, amount, paid_on))

    @classmethod
    def _use(cls):
        """Two kinds in two companies, some months of some customers."""
        cls.kind, other = cls.env["customer.usage.kind"].create(
            [{"name": name, "code": name, "unit": "h"} for name in ("hours", "calls")]
        )
        months = [AS_OF.replace(day=1) - relativedelta(months=n) for n in range(-1, 18)]
        cls.env["customer.usage"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "kind_id": kind.id,
                    "month": month,
                    "value": cls.draw.choice([0, 0.5, 7, 12.25, 100]),
                }
                for partner in cls.people[::2]
                for company in (cls.company, cls.second)
                for kind in (cls.kind, other)
                for month in cls.draw.sample(months, 4)
            ]
        )

    # -- figures, from records ------------------------------------------------------------

    def moves(self, partner, types, after=None, companies=None):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("state", "=", "posted"),
                ("move_type", "in", types),
                ("invoice_date", "<=", AS_OF),
                ("invoice_date", ">", after or date(1900, 1, 1)),
                ("company_id", "in", companies.ids),
            ]
        )

    def total(self, moves):
        """In USD, as one rounds at the end."""
        found = Decimal(0)
        for move in moves:
            rate = Decimal(str(1 / 0.8)) if move.company_id == self.second else 1
            found += Decimal(str(move.amount_untaxed_signed)) * rate
        return found

    def cents(self, amount):
        return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def figures(self, code, months, companies):
        """{partner id: figure} of customers who have one."""
        return {
            partner.id: value
            for partner in self.env["res.partner"].search([("customer_rank", ">", 0)])
            for value in [getattr(self, f"plain_{code}")(partner, months, companies)]
            if value is not None
        }

    def plain_revenue(self, partner, months, companies):
        after = AS_OF - relativedelta(months=months)
        moves = self.moves(partner, ["out_invoice", "out_refund"], after, companies)
        return self.cents(self.total(moves)) if moves else None

    def plain_invoice_count(self, partner, months, companies):
        after = AS_OF - relativedelta(months=months)
        return len(self.moves(partner, ["out_invoice"], after, companies)) or None

    def plain_average_ticket(self, partner, months, companies):
        after = AS_OF - relativedelta(months=months)
        moves = self.moves(partner, ["out_invoice"], after, companies)
        return self.cents(self.total(moves) / len(moves)) if moves else None

    def plain_days_since_first_invoice(self, partner, _months, companies):
        days = self.moves(partner, ["out_invoice"], None, companies).mapped(
            "invoice_date"
        )
        return (AS_OF - min(days)).days if days else None

    def plain_days_since_last_invoice(self, partner, _months, companies):
        days = self.moves(partner, ["out_invoice"], None, companies).mapped(
            "invoice_date"
        )
        return (AS_OF - max(days)).days if days else None

    def plain_growth(self, partner, months, companies):
        after = AS_OF - relativedelta(months=months)
        before = AS_OF - relativedelta(months=2 * months)
        types = ["out_invoice", "out_refund"]
        now = self.total(self.moves(partner, types, after, companies))
        both = self.total(self.moves(partner, types, before, companies))
        past = both - now
        return self.cents((now - past) * 100 / past) if past > 0 else None

    def plain_average_days_late(self, partner, months, companies):
        after = AS_OF - relativedelta(months=months)
        late = []
        for move in self.moves(partner, ["out_invoice"], None, companies):
            line = move.line_ids.filtered(
                lambda one: one.account_id.account_type == "asset_receivable"
            )
            days = {
                part.max_date
                for part in line.matched_credit_ids
                if part.credit_move_id.journal_id.type in ("bank", "cash", "credit")
                and after < part.max_date <= AS_OF
            }
            late += [(day - line.date_maturity).days for day in days]
        if not late:
            return None
        mean = Decimal(sum(late)) / len(late)
        return int(mean.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def plain_overdue_share(self, partner, _months, companies):
        amounts = defaultdict(Decimal)
        for item in self.env["ar.ledger"]._open_items(
            AS_OF, partner_ids=[partner.id], company_ids=companies.ids
        ):
            if item.residual_company > 0:
                rate = Decimal(str(1 / 0.8)) if item.company_id == self.second.id else 1
                amounts[item.due_date < AS_OF] += item.residual_company * rate
        whole = sum(amounts.values())
        return self.cents(amounts[True] * 100 / whole) if whole else None

    def plain_usage(self, partner, months, companies):
        """Month by month; who was never counted is not known."""
        found = None
        for number in range(months):
            month = AS_OF.replace(day=1) - relativedelta(months=number)
            for row in self.env["customer.usage"].search(
                [("partner_id", "=", partner.id), ("kind_id", "=", self.kind.id)]
            ):
                if row.month == month and row.company_id in companies:
                    found = (found or 0) + self.cents(Decimal(str(row.value)))
        return found

    def plain_headcount(self, partner, _months, _companies):
        return partner.ar_headcount or None

    def plain_annual_revenue(self, partner, _months, _companies):
        return self.cents(Decimal(str(partner.ar_annual_revenue))) or None

    CODES = (
        "revenue", "invoice_count", "average_ticket", "days_since_first_invoice",
        "days_since_last_invoice", "growth", "average_days_late", "overdue_share",
        "headcount", "annual_revenue", "usage",
    )  # fmt: skip

    def test_each_figure_of_each_customer(self):
        shared = self.dimension("shared", company=self.env["res.company"])
        shared.currency_id = self.company.currency_id
        with patch.object(
            type(shared), "_rule_companies", lambda _d: self.company | self.second
        ):
            for code in self.CODES:
                rule = self.rule(self.value(shared, code), (code, "known", 0, 12))
                plan = self.plan(shared)
                figures = plan.figures[rule.condition_ids._figure_key()]
                ours = {
                    id_: value
                    for id_, value in figures.items()
                    if id_ in self.people.ids
                }
                expected = self.figures(code, 12, self.company | self.second)
                expected = {
                    id_: value
                    for id_, value in expected.items()
                    if id_ in self.people.ids
                }
                active = set(self.people.filtered("active").ids)
                self.assertEqual(
                    {id_: v for id_, v in ours.items() if id_ in expected or id_ in active
                     and self.env["res.partner"].browse(id_).customer_rank},
                    expected,
                    code,
                )  # fmt: skip
                rule.unlink()

    def plan(self, dimension):
        (plan,) = self.env["customer.classifier"]._plans(dimension, AS_OF)
        return plan

    def test_the_category_of_each_customer_under_random_rules(self):
        categories = [self.value(self.tier, f"T{number}") for number in range(4)]
        cache = {}
        for _round in range(12):
            rules = self.random_rules(categories)
            plan = self.plan(self.tier)
            customers = self.env["res.partner"].search(
                [
                    ("customer_rank", ">", 0),
                    "|",
                    ("is_company", "=", True),
                    ("parent_id", "=", False),
                    ("company_id", "in", (False, self.company.id)),
                ]
            )
            expected = self.expected(rules, customers, cache)
            found = {id_: one.category_id for id_, one in plan.wanted.items()}
            self.assertEqual(found, expected)
            rules.unlink()

    def random_rules(self, categories):
        rules = self.env["customer.category.rule"]
        for sequence, category in enumerate(categories):
            conditions = []
            for _n in range(self.draw.randrange(3)):
                operator = self.draw.choice(
                    ["at_least", "less_than", "top", "bottom", "known", "unknown"]
                )
                bound = self.draw.choice([1, 20, 50, 100, 250])
                if operator in ("top", "bottom"):
                    bound = self.draw.choice([10, 20, 50])
                months = self.draw.choice([6, 12])
                conditions.append(
                    (self.draw.choice(self.CODES), operator, bound, months)
                )
            domain = self.draw.choice(["[]", "[('country_id.code', '=', 'CN')]"])
            if not conditions:
                domain = "[('country_id.code', '=', 'FR')]"
            rules += self.rule(category, *conditions, domain=domain, sequence=sequence)
        return rules

    def expected(self, rules, customers, cache):
        """Customer by customer, rule by rule; the first that holds."""
        result = {}
        for customer in customers:
            for rule in rules:
                if self.rule_holds(rule, customer, customers, cache):
                    result[customer.id] = rule.category_id.id
                    break
        return result

    def rule_holds(self, rule, customer, customers, cache):
        members = customers
        if "country" in rule.partner_domain:
            code = "CN" if "CN" in rule.partner_domain else "FR"
            members = customers.filtered(lambda one: one.country_id.code == code)
        if customer not in members:
            return False
        for condition in rule.condition_ids:
            key = condition.metric, condition.month_count
            if key not in cache:
                cache[key] = self.figures(*key, self.company)
            if not self.condition_holds(condition, cache[key], customer, members):
                return False
        return True

    def condition_holds(self, condition, known, customer, members):
        code, operator = condition.metric, condition.operator
        if operator in ("known", "unknown"):
            return (customer.id in known) == (operator == "known")
        if operator in ("top", "bottom"):
            if customer.id not in known:
                return False
            sign = 1 if operator == "top" else -1
            crowd = [known[one.id] for one in members if one.id in known]
            better = [v for v in crowd if sign * v > sign * known[customer.id]]
            return len(better) < condition.share / 100 * len(crowd) - 1e-9
        missing = 0 if code in ("revenue", "invoice_count") else None
        value = known.get(customer.id, missing)
        if value is None:
            return False
        scale = 1
        if code in ("revenue", "average_ticket", "growth", "overdue_share",
                    "annual_revenue", "usage"):  # fmt: skip
            scale = 100
        bound = condition.threshold * scale
        return value >= bound if operator == "at_least" else value < bound

    def test_margin_of_products_whose_cost_is_known(self):
        acme = self.customer()
        dozen = self.env.ref("uom.product_uom_dozen")
        known = self.env["product.product"].create(
            {"name": "Known", "standard_price": 6.0}
        )
        unknown = self.env["product.product"].create({"name": "Unknown"})
        lines = [(known, 2, 10.0, known.uom_id), (known, 1, 100.0, dozen),
                 (unknown, 5, 50.0, unknown.uom_id)]  # fmt: skip
        self.invoice(
            acme,
            0,
            AS_OF,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": quantity,
                        "price_unit": price,
                        "product_uom_id": unit.id,
                        "tax_ids": [Command.clear()],
                    }
                )
                for product, quantity, price, unit in lines
            ],
        )
        self.rule(self.gold, ("margin", "known", 0), ("margin_rate", "known", 0))
        plan = self.plan(self.tier)
        # 2 × (10 − 6) + (100 − 12 × 6) = 36 of 120
        self.assertEqual(plan.figures["margin:12:0"][acme.id], 3600)
        self.assertEqual(plan.figures["margin_rate:12:0"][acme.id], 3000)

    def test_product_categories(self):
        acme = self.customer()
        parent = self.env["product.category"].create({"name": "Steel"})
        child = self.env["product.category"].create(
            {"name": "Tubes", "parent_id": parent.id}
        )
        tube = self.env["product.product"].create(
            {"name": "Tube", "categ_id": child.id}
        )
        self.invoice(
            acme,
            0,
            AS_OF,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": product.id,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for product, price in ((tube, 70.0), (self.product_a, 30.0))
            ],
        )
        rule = self.rule(self.gold, ("product_category_count", "at_least", 2))
        rule.write(
            {
                "condition_ids": [
                    Command.create(
                        {
                            "metric": "product_category_revenue",
                            "product_category_id": parent.id,
                            "operator": "at_least",
                            "threshold": 70,
                        }
                    )
                ]
            }
        )
        plan = self.plan(self.tier)
        self.assertEqual(plan.wanted[acme.id].category_id, self.gold.id)
        figures = plan.figures[f"product_category_revenue:12:{parent.id}"]
        self.assertEqual(figures[acme.id], 7000)

    def test_usage_says_what_was_counted(self):
        acme = self.customer()
        usage = {
            "partner_id": acme.id,
            "company_id": self.company.id,
            "kind_id": self.kind.id,
        }
        month = self.today.replace(day=1)
        self.env["customer.usage"].create(
            [
                {**usage, "month": month - relativedelta(months=number), "value": value}
                for number, value in enumerate((10.5, 20, 300))
            ]
        )
        rule = self.rule(self.gold, ("usage", "at_least", 30, 2))
        self.assertEqual(
            rule.condition_ids.summary, "Usage Counted hours (2 months) at least 30 h"
        )
        self.preview().action_apply()
        self.assertEqual(self.held(acme).category_id, self.gold)
        self.assertIn(
            "Usage Counted hours (2 months) = 30.50 ≥ 30", self.held(acme).why
        )
        with self.assertRaisesRegex(ValidationError, "kind of usage"):
            rule.condition_ids.usage_kind_id = False

    def test_months_of_cooperation(self):
        old, young = self.customer("Old"), self.customer("Young")
        self.invoice(old, 10, AS_OF - relativedelta(months=30, days=3))
        for partner in old + young:
            self.env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id = %s",
                [AS_OF - timedelta(days=20), partner.id],
            )
        self.rule(self.gold, ("tenure", "known", 0))
        figures = self.plan(self.tier).figures["tenure:0:0"]
        self.assertEqual((figures[old.id], figures[young.id]), (30, 0))


@tagged("post_install", "-at_install")
class TestHistoryProperty(ClassificationCase):
    """Random sequences of choices, rules and imports: no overlap, at-date equals replay."""

    def test_replay(self):
        draw = random.Random(42)
        partners = [self.customer(f"R{number}") for number in range(4)]
        categories = [
            self.gold,
            self.silver,
            self.bronze,
            self.env["customer.category"],
        ]
        days = [AS_OF + timedelta(days=n) for n in range(0, 60, 6)]
        expected = {partner.id: [] for partner in partners}
        for _step in range(60):
            chosen = draw.sample(partners, draw.randrange(1, 4))
            day = draw.choice(days)
            source = draw.choice(["manual", "rule", "import"])
            values = {partner.id: draw.choice(categories).id for partner in chosen}
            self.env["customer.category.assignment"]._assign(
                values, self.tier, source, day
            )
            for partner_id, category_id in values.items():
                expected[partner_id] = assign(
                    expected[partner_id], category_id or None, day
                )
        rows = self.env["customer.category.assignment"].search(
            [("dimension_id", "=", self.tier.id)], order="valid_from"
        )
        for partner in partners:
            mine = rows.filtered(lambda row, p=partner: row.partner_id == p)
            self.assertEqual(
                [
                    Period(row.category_id.id, row.valid_from, row.valid_to or None)
                    for row in mine
                ],
                expected[partner.id],
            )
        for day in days:
            found = self.env["customer.category.assignment"].search(
                [("dimension_id", "=", self.tier.id), ("holds_on", "=", str(day))]
            )
            self.assertEqual(
                {row.partner_id.id: row.category_id.id for row in found},
                {
                    id_: value
                    for id_, history in expected.items()
                    if (value := value_on(history, day))
                },
            )
