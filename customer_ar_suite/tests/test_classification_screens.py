"""Dimensions on documents, levels, defaults, templates, reviews, moves between two dates."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_classification import ClassificationCase


@tagged("post_install", "-at_install")
class TestDocumentDimensions(ClassificationCase):
    """Filter and group documents by what the customer is today, and what he was then."""

    def setUp(self):
        super().setUp()
        self.column = self.tier._column_name()
        self.then = f"x_customer_dim{self.tier.id}_then_id"
        self.acme = self.customer("Acme Ltd")
        self.old_day = self.today - timedelta(days=100)
        for category, day in (
            (self.gold, self.today - timedelta(days=200)),
            (self.silver, self.today - timedelta(days=50)),
        ):
            self.env["customer.category.assignment"]._assign(
                {self.acme.id: category.id}, self.tier, "rule", day
            )
        self.before = self.invoice(self.acme, 100, self.old_day)
        self.after = self.invoice(self.acme, 30, self.today)
        self.clerk = self.user_with("ar_clerk", login="tier_ar_clerk")

    def grouped(self, model, name, domain, amount):
        rows = self.env[model].with_user(self.clerk)._read_group(
            domain, [name], [f"{amount}:sum"]
        )  # fmt: skip
        return dict(rows)

    def test_invoices(self):
        invoices = [("id", "in", (self.before | self.after).ids)]
        amount = "amount_total_signed"
        self.assertEqual(
            self.grouped("account.move", self.column, invoices, amount),
            {self.silver: 130},
        )
        self.assertEqual(
            self.grouped("account.move", self.then, invoices, amount),
            {self.gold: 100, self.silver: 30},
        )
        # read one by one, the same
        moves = (self.before | self.after).with_user(self.clerk)
        self.assertEqual([move[self.then] for move in moves], [self.gold, self.silver])
        self.assertEqual(moves.mapped(self.column), self.silver)

    def test_search(self):
        moves = self.env["account.move"].with_user(self.clerk)
        ours = [("id", "in", (self.before | self.after).ids)]
        self.assertEqual(
            moves.search([*ours, (self.then, "=", self.gold.id)]), self.before
        )
        self.assertEqual(
            moves.search([*ours, (self.then, "child_of", self.silver.id)]), self.after
        )
        self.assertEqual(
            moves.search([*ours, (self.then, "ilike", "gol")]), self.before
        )
        self.assertEqual(
            moves.search([*ours, (self.then, "!=", self.gold.id)]), self.after
        )
        self.assertEqual(
            moves.search_count([*ours, (self.column, "=", self.silver.id)]), 2
        )
        stranger = self.invoice(self.customer("Stranger"), 5, self.today)
        self.assertEqual(
            moves.search([("id", "=", stranger.id), (self.then, "=", False)]), stranger
        )

    def test_items_and_reports(self):
        lines = (self.before | self.after).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(
            self.grouped(
                "account.move.line", self.then, [("id", "in", lines.ids)], "balance"
            ),
            {self.gold: 100, self.silver: 30},
        )
        ours = [("partner_id", "=", self.acme.id)]
        aging = self.grouped("ar.aging.report", self.then, ours, "residual_amount")
        self.assertEqual(aging, {self.gold: 100, self.silver: 30})
        aging = self.grouped("ar.aging.report", self.column, ours, "residual_amount")
        self.assertEqual(aging, {self.silver: 130})
        analysis = self.grouped(
            "account.invoice.report",
            self.then,
            [("commercial_partner_id", "=", self.acme.id)],
            "price_subtotal",
        )
        self.assertEqual(analysis, {self.gold: 100, self.silver: 30})

    def test_screens_show_them(self):
        for model in ("account.move", "account.move.line", "ar.aging.report"):
            records = self.env[model].with_user(self.clerk)
            arch = records.get_view(view_type="search")["arch"]
            names = etree.fromstring(arch).xpath("//filter/@name")
            self.assertIn(f"group_{self.column}", names, model)
            self.assertIn(f"group_{self.then}", names, model)
            described = records.fields_get([self.column, self.then])
            self.assertEqual(described[self.column]["string"], "Tier")
            self.assertEqual(described[self.then]["string"], "Tier (Then)")
            self.assertTrue(described[self.then]["groupable"], model)
            self.assertTrue(described[self.then]["searchable"], model)

    def test_who_is_no_user_of_the_suite_sees_no_category(self):
        outsider = self.user_with(login="tier_outsider")
        outsider.write(
            {
                "group_ids": [
                    Command.link(self.env.ref("account.group_account_invoice").id)
                ]
            }
        )
        outsider.write(
            {
                "group_ids": [
                    Command.unlink(
                        self.env.ref(
                            "customer_ar_suite.customer_ar_suite_group_user"
                        ).id
                    )
                ]
            }
        )
        self.assertFalse(
            outsider.has_group("customer_ar_suite.customer_ar_suite_group_user"),
            "who invoices needs no role of the suite",
        )
        with self.assertRaises(AccessError):
            self.before.with_user(outsider).read([self.column])

    def test_whole_life(self):
        dimension = self.dimension("mood")
        column, then = dimension._column_name(), f"x_customer_dim{dimension.id}_then_id"
        self.assertIn(then, self.env["account.move"]._fields)
        dimension.name = "Temper"
        label = self.env["account.move"].fields_get([then])[then]["string"]
        self.assertEqual(label, "Temper (Then)")
        dimension.action_archive()
        arch = self.env["account.move"].get_view(view_type="search")["arch"]
        self.assertNotIn(then, arch)
        self.assertNotIn(then, self.env["account.move"].fields_get())
        dimension.action_unarchive()
        dimension.unlink()
        for name in (column, then):
            self.assertNotIn(name, self.env["account.move"]._fields)
        left = self.env["ir.model.fields"].search([("name", "in", [column, then])])
        self.assertFalse(left.mapped("model"))


@tagged("post_install", "-at_install")
class TestLevels(ClassificationCase):
    def test_levels_name_the_tree_and_rule_the_codes(self):
        dimension = self.dimension("sector")
        dimension.write(
            {
                "naming": "code",
                "level_ids": [
                    Command.create({"number": 1, "name": "Section", "code_mask": "@"}),
                    Command.create(
                        {"number": 2, "name": "Division", "code_mask": "@##"}
                    ),
                ],
            }
        )
        category = self.env["customer.category"]
        top = category.create(
            {"name": "Manufacturing", "code": "C", "dimension_id": dimension.id}
        )
        below = {
            "name": "Electronics",
            "dimension_id": dimension.id,
            "parent_id": top.id,
        }
        with self.assertRaisesRegex(ValidationError, "Division"):
            category.create({**below, "code": "26"})
        child = category.create({**below, "code": "C26"})
        self.assertEqual((child.level, child.level_name), (2, "Division"))
        self.assertEqual(child.display_name, "C26 Electronics")
        with self.assertRaisesRegex(ValidationError, "no level 3"):
            category.create(
                {**below, "code": "C261", "parent_id": child.id, "name": "Boards"}
            )
        dimension.naming = "path"
        self.assertEqual(child.display_name, "Manufacturing / Electronics")


@tagged("post_install", "-at_install")
class TestCategoryDefaults(ClassificationCase):
    def setUp(self):
        super().setUp()
        self.acme = self.customer("Acme Ltd")
        self.sixty = self.terms((100, 60))
        self.sales = self.user_with(login="tier_sales")
        self.env["customer.category.default"].create(
            {
                "category_id": self.gold.id,
                "company_id": self.company.id,
                "payment_term_id": self.sixty.id,
                "salesperson_id": self.sales.id,
            }
        )

    def put(self, category):
        self.env["customer.category.assignment"].with_user(self.clerk)._assign(
            {self.acme.id: category.id}, self.tier, "manual", self.today
        )
        return self.env["customer.category.proposal"].search(
            [("partner_id", "=", self.acme.id)]
        )

    def test_proposed_old_to_new_and_accepted_in_bulk(self):
        proposals = self.put(self.gold)
        self.assertEqual(
            sorted(proposals.mapped("field_name")),
            ["property_payment_term_id", "user_id"],
        )
        terms = proposals.filtered(lambda one: "term" in one.field_name)
        self.assertEqual(terms.new_text, self.sixty.display_name)
        self.assertFalse(self.acme.with_company(self.company).property_payment_term_id)
        proposals.with_user(self.clerk).action_accept()
        self.assertEqual(set(proposals.mapped("state")), {"accepted"})
        acme = self.acme.with_company(self.company)
        self.assertEqual(acme.property_payment_term_id, self.sixty)
        self.assertEqual(acme.user_id, self.sales)
        with self.assertRaisesRegex(UserError, "decided already"):
            proposals.with_user(self.clerk).action_accept()

    def test_guarded_fields_ask_for_approval(self):
        field = self.env["ir.model.fields"]._get(
            "res.partner", "property_payment_term_id"
        )
        policies = self.env["customer.change.policy"].with_context(active_test=False)
        policies.search([("field_id", "=", field.id)]).unlink()
        policies.create({"field_id": field.id})
        self.addCleanup(self.registry.clear_cache)
        proposals = self.put(self.gold).filtered(lambda one: "term" in one.field_name)
        proposals.with_user(self.clerk).with_company(self.company).action_accept()
        self.assertEqual(proposals.state, "requested")
        self.assertFalse(self.acme.with_company(self.company).property_payment_term_id)

    def test_another_category_outdates_and_rejection_keeps(self):
        first = self.put(self.gold)
        self.put(self.silver)
        self.assertEqual(set(first.mapped("state")), {"outdated"})
        again = self.put(self.gold) - first
        again.with_user(self.clerk).action_reject()
        self.assertEqual(set(again.mapped("state")), {"rejected"})
        self.assertFalse(self.acme.user_id)

    def test_parents_count_and_the_nearest_wins(self):
        child = self.env["customer.category"].create(
            {
                "name": "Platinum",
                "dimension_id": self.tier.id,
                "parent_id": self.gold.id,
            }
        )
        thirty = self.terms((100, 30))
        self.env["customer.category.default"].create(
            {
                "category_id": child.id,
                "company_id": self.company.id,
                "payment_term_id": thirty.id,
            }
        )
        values = {p.field_name: p.new_value for p in self.put(child)}
        self.assertEqual(
            values,
            {"property_payment_term_id": thirty.id, "user_id": self.sales.id},
        )

    def test_who_may_decide(self):
        proposals = self.put(self.gold)
        auditor = self.user_with("auditor", login="tier_auditor_2")
        with self.assertRaises(AccessError):
            proposals.with_user(auditor).action_accept()


@tagged("post_install", "-at_install")
class TestTemplates(ClassificationCase):
    def test_switching_on_shows_and_does_but_moves_nobody(self):
        for xmlid in ("manufacturing", "retail", "services", "trade"):
            template = self.env.ref(
                f"customer_ar_suite.customer_dimension_template_{xmlid}"
            )
            self.assertGreaterEqual(len(template.dimension_ids), 6)
        before = self.env["customer.category.assignment"].search_count([])
        wizard = Form(
            self.env["customer.dimension.switch"].with_user(self.administrator)
        )
        wizard.template_id = template
        # rules move all customers of the database: nobody gets them unasked
        self.assertFalse(wizard.with_rules)
        self.assertNotIn("rules are enabled", wizard.summary)
        wizard.with_rules = True
        dialog = wizard.save()
        self.assertIn("rules are enabled", dialog.summary)
        dialog.action_switch_on()
        for dimension in template.dimension_ids:
            self.assertTrue(dimension.active, dimension.code)
            self.assertIn(dimension._column_name(), self.env["res.partner"]._fields)
        self.assertEqual(
            self.env["customer.category.assignment"].search_count([]), before
        )
        with self.assertRaises(AccessError):
            self.env["customer.dimension.switch"].with_user(self.clerk).create(
                {"template_id": template.id}
            )

    def test_shipped_rules_can_all_be_used(self):
        rules = (
            self.env["customer.category.rule"]
            .with_context(active_test=False)
            .search([("dimension_id.code", "!=", False)])
        )
        shipped = rules.filtered(
            lambda rule: rule.get_external_id()[rule.id].startswith(
                "customer_ar_suite."
            )
        )
        self.assertGreaterEqual(len(shipped.dimension_id), 8)
        shipped.active = True
        dimensions = shipped.dimension_id
        dimensions.filtered(lambda one: one.mode == "manual").mode = "both"
        plans = self.env["customer.classifier"]._plans(dimensions, self.today)
        self.assertEqual(len(plans), len(dimensions))
        for rule in shipped:
            self.assertNotIn("customer_ar_suite", rule.partner_domain or "")


@tagged("post_install", "-at_install")
class TestReviews(ClassificationCase):
    def test_asked_reviewed_signed_asked_again(self):
        reviewer = self.user_with("customer_clerk", login="tier_reviewer")
        self.tier.write({"review_month_count": 3, "review_user_id": reviewer.id})
        acme = self.customer()
        self.env["customer.category.assignment"]._assign(
            {acme.id: self.gold.id}, self.tier, "manual", self.today
        )
        reviews = self.env["customer.category.review"]
        reviews._cron_ask()
        reviews._cron_ask()
        review = self.tier.review_ids
        self.assertEqual(len(review), 1)
        self.assertEqual(review.activity_ids.user_id, reviewer)
        with self.assertRaises(AccessError):
            review.with_user(self.manager).action_sign()
        with self.assertRaises(AccessError):
            review.with_user(reviewer).state = "signed"
        with self.assertRaises(AccessError):
            review.with_user(self.clerk).note = "Not mine"
        review.with_user(reviewer).note = "Looked at all of them"
        review.with_user(reviewer).action_sign()
        with self.assertRaises(AccessError):
            review.with_user(reviewer).note = "Something else"
        self.assertEqual((review.state, review.customer_count), ("signed", 1))
        self.assertEqual(review.signed_by_id, reviewer)
        self.assertFalse(review.activity_ids)
        with self.assertRaisesRegex(UserError, "signed already"):
            review.with_user(reviewer).action_sign()
        reviews._cron_ask()
        following = self.tier.review_ids - review
        due = review.signed_at.date() + relativedelta(months=3)
        self.assertEqual(following.due_date, due)
        action = following.with_user(reviewer).action_view_changes()
        self.assertEqual(action["res_model"], "customer.category.assignment")


@tagged("post_install", "-at_install")
class TestTransitions(ClassificationCase):
    def test_matrix_between_two_dates(self):
        people = [self.customer(f"M{n}") for n in range(4)]
        early, late = self.today - timedelta(days=90), self.today - timedelta(days=10)
        assign = self.env["customer.category.assignment"]._assign
        moves = {
            (people[0], early): self.gold, (people[0], late): self.silver,
            (people[1], early): self.gold, (people[2], late): self.gold,
            (people[3], early): self.bronze, (people[3], late): self.env["customer.category"],
        }  # fmt: skip
        for (partner, day), category in moves.items():
            assign({partner.id: category.id}, self.tier, "rule", day)
        wizard = Form(
            self.env["customer.category.transition.open"].with_user(self.clerk)
        )
        wizard.dimension_id = self.tier
        wizard.date_from = self.today - timedelta(days=60)
        action = wizard.save().action_open()
        rows = (
            self.env["customer.category.transition"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .search(action["domain"])
        )
        none = self.env["customer.category"]
        self.assertEqual(
            {
                row.partner_id: (
                    row.from_category_id,
                    row.to_category_id,
                    row.has_moved,
                )
                for row in rows
            },
            {
                people[0]: (self.gold, self.silver, True),
                people[1]: (self.gold, self.gold, False),
                people[2]: (none, self.gold, True),
                people[3]: (self.bronze, none, True),
            },
        )

    def test_without_a_category(self):
        acme, other = self.customer("Acme"), self.customer("Other")
        self.tier.is_required = True
        self.env["customer.category.assignment"]._assign(
            {acme.id: self.gold.id}, self.tier, "manual", self.today
        )
        partners = self.env["res.partner"].with_user(self.clerk)
        required = self.env["customer.dimension"].search([("is_required", "=", True)])
        (required - self.tier).is_required = False
        lacking = partners.search([("ar_lacks_category", "=", True)])
        self.assertIn(other, lacking)
        self.assertNotIn(acme, lacking)
        action = self.tier.with_user(self.clerk).action_view_unassigned()
        self.assertIn(other, partners.search(action["domain"]))
        self.assertNotIn(acme, partners.search(action["domain"]))


@tagged("post_install", "-at_install")
class TestClassificationDemo(ClassificationCase):
    """The sample's customers are classified by the shipped rules, along eight axes."""

    def test_eight_dimensions_have_assigned_themselves(self):
        self.assertTrue(self.env.ref("base.module_customer_ar_suite").demo)
        rows = self.env["customer.category.assignment"]._read_group(
            [("source", "=", "rule"), ("rule_id", "!=", False)],
            ["dimension_id"],
            ["__count"],
        )
        counts = {dimension.code: count for dimension, count in rows}
        self.assertGreaterEqual(len(counts), 8, counts)
        run = self.env.ref("__ar_sample__.classification_applied")
        self.assertEqual(run.run_state, "done")
        self.assertFalse(run.error_count)
        preview = self.env.ref("__ar_sample__.classification_preview")
        self.assertTrue(preview.move_count)
        self.assertTrue(
            self.env["customer.category.proposal"]
            .sudo()
            .search_count([("state", "=", "open")])
        )
        review = self.env.ref("__ar_sample__.category_review")
        self.assertEqual(review.state, "open")
