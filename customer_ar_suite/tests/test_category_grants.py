"""Category grants as administrators give them and users feel them."""

from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .access_oracle import Row
from .common_grants import GrantCase
from .common_import import ImportCase
from .common_people import PREFIX, person

LOUD = ("odoo.addons.base.models.ir_rule", "odoo.models", "odoo.sql_db")


class GrantedCase(GrantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shanghai = cls.classified("Shanghai Ltd", {"region": "shanghai"})
        cls.japan = cls.classified("Japan KK", {"region": "japan"})
        cls.europe = cls.classified("Europe SE", {"region": "europe", "size": "big"})
        cls.nowhere = cls.classified("Nowhere Ltd", {})
        cls.all = cls.shanghai | cls.japan | cls.europe | cls.nowhere
        cls.administrator = person(
            cls.env, "grants_administrator", f"{PREFIX}administrator"
        )
        cls.user = cls.granted_user("clerk", ())

    def names(self, user=None):
        """Whom of our customers the user sees."""
        partners = self.as_user(user or self.user, "res.partner")
        return {
            p.name.split()[0] for p in partners.search([("id", "in", self.all.ids)])
        }


@tagged("post_install", "-at_install")
class TestCategoryGrant(GrantedCase):
    def test_without_grants_nothing_changes(self):
        self.assertEqual(len(self.names()), 4)
        self.grant(person(self.env, "somebody"), Row("region", "asia"))
        self.assertEqual(len(self.names()), 4)

    def test_a_grant_given_on_its_screen_counts_at_once(self):
        # given a user who has looked at his customers
        self.assertEqual(len(self.names()), 4)
        # when the administrator grants him Asia
        model = self.env["customer.category.grant"].with_user(self.administrator)
        with Form(model) as form:
            form.user_id = self.user
            form.dimension_id = self.dimensions["region"]
            form.category_id = self.categories["asia"]
        # then he sees Asia
        self.assertEqual(self.names(), {"Shanghai", "Japan"})
        # and customers without a category when these are opened
        grant = form.record
        grant.with_uncategorized = True
        self.assertEqual(self.names(), {"Shanghai", "Japan", "Nowhere"})
        grant.with_subcategories = False
        self.assertEqual(self.names(), {"Nowhere"})
        grant.action_archive()
        self.assertEqual(len(self.names()), 4)

    def test_grants_are_given_by_administrators_alone(self):
        grants = self.env["customer.category.grant"]
        for user, operations in (
            (self.administrator, {"read", "create", "write", "unlink"}),
            (person(self.env, "a_auditor", f"{PREFIX}auditor"), {"read"}),
            (self.user, set()),
        ):
            found = {
                operation
                for operation in ("read", "create", "write", "unlink")
                if grants.with_user(user).has_access(operation)
            }
            self.assertEqual(found, operations)

    def test_every_change_is_in_the_audit_log(self):
        grant = self.grant(self.user, Row("region", "asia"))
        grant.can_edit = False
        grant_id = grant.id
        grant.unlink()
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", "customer.category.grant"), ("res_id", "=", grant_id)],
            order="id",
        )
        self.assertEqual(
            entries.mapped("event"), ["grant.create", "grant.write", "grant.unlink"]
        )
        self.assertIn("edit", entries[1].payload["before"]["rights"])
        self.assertNotIn("edit", entries[1].payload["rights"])

    def test_what_does_not_fit_is_refused(self):
        region, size = self.dimensions["region"], self.dimensions["size"]
        grants = self.env["customer.category.grant"]
        values = {"user_id": self.user.id, "dimension_id": region.id}
        with self.assertRaises(ValidationError):
            grants.create({**values, "category_id": self.categories["big"].id})
        with self.assertRaises(ValidationError):
            portal = person(self.env, "a_portal", "base.group_portal")
            grants.create({**values, "user_id": portal.id})
        with self.assertRaises(ValidationError):
            size.action_archive()
            grants.create({**values, "dimension_id": size.id})
        for wrong in (
            {"group_id": self.env.ref("base.group_user").id},
            {"user_id": False},
        ):
            with (
                self.assertRaises(psycopg2.IntegrityError),
                mute_logger(*LOUD),
                self.env.cr.savepoint(),
            ):
                grants.create({**values, **wrong})

    def test_tree_and_membership_count_at_once(self):
        group = self.env["res.groups"].create({"name": "Desk"})
        self.grant(group, Row("region", "china"))
        self.assertEqual(len(self.names()), 4)
        # when the user joins the group, and Japan moves below China
        group.user_ids = self.user
        self.assertEqual(self.names(), {"Shanghai"})
        self.categories["japan"].parent_id = self.categories["china"]
        self.assertEqual(self.names(), {"Shanghai", "Japan"})
        new = self.env["customer.category"].create(
            {
                "name": "Beijing",
                "dimension_id": self.dimensions["region"].id,
                "parent_id": self.categories["china"].id,
            }
        )
        self.env["customer.category.assignment"]._assign(
            {self.europe.id: new.id},
            self.dimensions["region"],
            "rule",
            date(2026, 2, 1),
        )
        self.assertEqual(self.names(), {"Shanghai", "Japan", "Europe"})
        # when another group that the user has implies it
        other = self.env["res.groups"].create({"name": "Other"})
        group.user_ids = False
        self.assertEqual(len(self.names()), 4)
        other.user_ids = self.user
        other.implied_ids = group
        self.assertEqual(len(self.names()), 3)

    def test_a_period_begins_and_ends_by_itself(self):
        self.grant(self.user, Row("region", "asia", until=date(2026, 6, 30)))
        with freeze_time("2026-06-30 12:00:00"):
            self.assertEqual(self.names(), {"Shanghai", "Japan"})
        with freeze_time("2026-07-01 12:00:00"):
            # the cache of the day before does not count, and the restriction stays
            self.assertEqual(self.names(), set())

    def test_a_client_cannot_choose_the_day(self):
        self.grant(self.user, Row("region", "asia", until=date(2026, 6, 30)))
        with freeze_time("2026-07-01 05:00:00"):
            partners = self.as_user(self.user, "res.partner")
            late = partners.with_context(tz="Pacific/Pago_Pago")  # still 30 June there
            self.assertFalse(late.search([("id", "in", self.all.ids)]))

    def test_the_day_is_that_of_the_company(self):
        self.grant(self.user, Row("region", "asia", until=date(2026, 6, 30)))
        with freeze_time("2026-07-01 05:00:00"):
            self.assertEqual(self.names(), set())
            # when it says where it is, that counts from then on
            self.company.partner_id.tz = "Pacific/Pago_Pago"  # still 30 June there
            self.assertEqual(self.names(), {"Shanghai", "Japan"})

    def test_our_own_companies_are_shown_from_the_moment_they_are_ours(self):
        # given somebody who sees Asia only, and has looked
        self.grant(self.user, Row("region", "asia"))
        self.assertEqual(self.names(), {"Shanghai", "Japan"})
        # when a contact becomes that of a company of ours, it is no customer to be hidden
        own, self.other_company.partner_id = self.other_company.partner_id, self.nowhere
        self.assertEqual(self.names(), {"Shanghai", "Japan", "Nowhere"})
        # nor is the house it becomes a part of
        self.nowhere.write({"is_company": False, "parent_id": self.europe.id})
        self.assertEqual(self.names(), {"Shanghai", "Japan", "Nowhere", "Europe"})
        # and when the company is another contact again, both are hidden again
        self.other_company.partner_id = own
        self.assertEqual(self.names(), {"Shanghai", "Japan"})

    def test_administrators_are_never_restricted(self):
        everybody = self.env.ref("base.group_user")
        self.grant(everybody, Row("region", "asia"))
        self.assertEqual(self.names(), {"Shanghai", "Japan"})
        self.assertEqual(len(self.names(self.administrator)), 4)
        # auditors are by grants that name them
        auditor = person(self.env, "b_auditor", f"{PREFIX}auditor")
        self.assertEqual(len(self.names(auditor)), 4)
        self.grant(auditor, Row("region", "europe"))
        self.assertEqual(self.names(auditor), {"Europe"})

    def test_the_audit_log_is_about_open_customers(self):
        auditor = person(
            self.env,
            "c_auditor",
            f"{PREFIX}auditor",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        europe = self.invoice(self.europe, 100, "2026-06-01")
        japan = self.invoice(self.japan, 100, "2026-06-01")
        log = self.env["customer.audit.entry"].with_company(self.company)
        for records in (self.all, europe | japan, self.categories["asia"]):
            log._ar_log("test.event", records)
        self.env.flush_all()

        def seen():
            entries = self.as_user(auditor, "customer.audit.entry").search(
                [("event", "=", "test.event")]
            )
            return {(entry.model, entry.res_id) for entry in entries}

        self.assertEqual(len(seen()), 7)
        self.grant(auditor, Row("region", "europe"))
        self.assertEqual(
            seen(),
            {
                ("res.partner", self.europe.id),
                ("account.move", europe.id),
                ("customer.category", self.categories["asia"].id),
            },
        )

    def test_colleagues_and_companies_stay_visible(self):
        self.grant(self.user, Row("region", "asia"))
        partners = self.as_user(self.user, "res.partner")
        ours = self.user.partner_id | self.administrator.partner_id
        ours |= self.company.partner_id
        self.assertEqual(
            partners.search([("id", "in", ours.ids)], order="id").ids,
            sorted(ours.ids),
        )
        users = self.as_user(self.user, "res.users")
        self.assertIn(self.administrator, users.search([]))

    def test_a_dimension_with_grants_is_kept(self):
        self.grant(self.user, Row("region", "asia"))
        grants = self.env["customer.category.grant"]
        region = self.dimensions["region"]
        with self.assertRaises(UserError):
            region.action_archive()
        with self.assertRaises(UserError):
            self.categories["asia"].unlink()
        # when nobody's grants restrict by it any more, the samples' neither
        grants.search([("dimension_id", "=", region.id)]).action_archive()
        region.action_archive()
        self.assertFalse(region.active)

    def test_rules_exist_for_whatever_leads_to_customers(self):
        grants = self.env["customer.category.grant"]
        ruled = set(grants._ruled_models())
        for name in (
            "res.partner",
            "res.partner.bank",
            "account.move",
            "account.move.line",
            "account.payment",
            "account.bank.statement.line",
            "account.invoice.report",
            "account.partial.reconcile",
            "ar.aging.report",
        ):
            self.assertIn(name, ruled)
        mixin = self.env.registry["ar.partner.rule.mixin"]
        for name, model in self.env.registry.items():
            if (
                issubclass(model, mixin)
                and not model._abstract
                and not model._transient
            ):
                self.assertIn(name, ruled)
        for name in ruled:
            rules = self.env["ir.rule"].search(
                [
                    ("model_id.model", "=", name),
                    ("domain_force", "like", "_ar_grant_domain"),
                ]
            )
            self.assertEqual(len(rules), 2, name)
            self.assertFalse(rules.groups, "a rule of a group is opened by another")

    def test_a_rule_that_got_lost_is_made_again(self):
        rule = self.env.ref("customer_ar_suite.ar_grant_res_partner_bank_see")
        rule.unlink()
        self.env["customer.category.grant"]._sync_rules()
        again = self.env.ref("customer_ar_suite.ar_grant_res_partner_bank_see")
        self.assertTrue(again.perm_read)
        before = self.env["ir.rule"].search_count([])
        self.env["customer.category.grant"]._sync_rules()
        self.assertEqual(self.env["ir.rule"].search_count([]), before)

    def test_rules_do_not_ask_customer_by_customer(self):
        self.grant(self.user, Row("region", "asia"))
        partners = self.as_user(self.user, "res.partner")
        partners.search_count([])
        with self.assertQueryCount(2):
            partners.search([("id", "in", self.all.ids)]).mapped("name")


@tagged("post_install", "-at_install")
class TestGrantedWrites(GrantedCase):
    """Where users may put customers and what hangs on them."""

    def setUp(self):
        super().setUp()
        self.grant(self.user, Row("region", "asia"))
        self.partners = self.as_user(self.user, "res.partner")

    def test_new_customers_need_a_category_of_ones_own(self):
        column = self.columns["region"]
        made = self.partners.create(
            {"name": "New", column: self.categories["japan"].id}
        )
        self.assertEqual(made[column], self.categories["japan"])
        for values in ({}, {column: self.categories["europe"].id}):
            with self.assertRaises(AccessError), mute_logger(*LOUD):
                self.partners.create({"name": "New", **values})

    def test_customers_are_not_moved_out_of_sight(self):
        japan = self.partners.browse(self.japan.id)
        japan.write({self.columns["region"]: self.categories["shanghai"].id})
        with self.assertRaises(AccessError), mute_logger(*LOUD):
            japan.write({self.columns["region"]: self.categories["europe"].id})
        with self.assertRaises(AccessError), mute_logger(*LOUD):
            japan.write({"is_company": False, "parent_id": self.europe.id})

    def test_documents_are_not_hung_on_closed_customers(self):
        invoice = self.invoice(self.japan, 100, "2026-06-01", post=False)
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "JP1", "partner_id": self.japan.id}
        )
        for record in (invoice, bank):
            mine = self.as_user(self.user, record._name).browse(record.id)
            mine.write({"partner_id": self.shanghai.id})
            with self.assertRaises(AccessError), mute_logger(*LOUD):
                mine.write({"partner_id": self.europe.id})

    def test_documents_are_not_made_for_closed_customers(self):
        moves = self.as_user(self.user, "account.move")
        for partner, is_open in ((self.japan, True), (self.europe, False)):
            values = {"move_type": "out_invoice", "partner_id": partner.id}
            if is_open:
                self.assertTrue(moves.create(values))
            else:
                with self.assertRaises(AccessError), mute_logger(*LOUD):
                    moves.create(values)

    def test_an_onchange_tells_nothing_of_closed_customers(self):
        moves = self.as_user(self.user, "account.move")
        spec = {
            "partner_id": {"fields": {"display_name": {}}},
            "commercial_partner_id": {"fields": {"display_name": {}}},
            "invoice_partner_display_name": {},
        }
        values = {"move_type": "out_invoice", "partner_id": self.europe.id}
        with mute_logger(*LOUD):
            try:
                answer = str(moves.onchange(values, ["partner_id"], spec))
            except AccessError:
                answer = ""
        self.assertNotIn("Europe SE", answer)

    def test_names_of_closed_customers_are_masked(self):
        # given an open customer's invoice that is delivered to a closed one
        invoice = self.invoice(
            self.japan,
            100,
            "2026-06-01",
            partner_shipping_id=self.europe.id,
            post=False,
        )
        moves = self.as_user(self.user, "account.move").browse(invoice.id)
        (read,) = moves.read(["partner_id", "partner_shipping_id"])
        self.assertEqual(read["partner_id"][1], "Japan KK")
        self.assertEqual(read["partner_shipping_id"], (self.europe.id, "Restricted"))
        shown = {"partner_shipping_id": {"fields": {"display_name": {}}}}
        (read,) = moves.web_read(shown)
        self.assertEqual(read["partner_shipping_id"]["display_name"], "Restricted")
        groups = moves.formatted_read_group(
            [("id", "=", invoice.id)], ["partner_shipping_id"], ["__count"]
        )
        self.assertEqual(groups[0]["partner_shipping_id"][1], "Restricted")
        # and to others they are not
        free = self.granted_user("free", ())
        (read,) = (
            self.as_user(free, "account.move")
            .browse(invoice.id)
            .read(["partner_shipping_id"])
        )
        self.assertEqual(read["partner_shipping_id"][1], "Europe SE")

    def test_the_refusal_names_nobody(self):
        closed = self.partners.browse(self.europe.id)
        with (
            self.debug_mode(),
            mute_logger(*LOUD),
            self.assertRaises(AccessError) as caught,
        ):
            closed.read(["name"])
        self.assertNotIn("Europe", str(caught.exception))
        self.assertIn("Explain Access", str(caught.exception))

    def debug_mode(self):
        from unittest.mock import patch

        users = type(self.env["res.users"])
        has_group = users.has_group
        return patch.object(
            users,
            "has_group",
            lambda user, group: group == "base.group_no_one" or has_group(user, group),
        )

    def test_statements_are_not_issued_for_closed_customers(self):
        self.invoice(self.europe, 100, "2026-06-01")
        self.invoice(self.japan, 100, "2026-06-01")
        statements = self.as_user(self.user, "ar.statement")
        layout = statements.env["ar.statement.layout"].search([], limit=1)
        with self.assertRaises(AccessError):
            statements._issue(
                self.company, layout, self.AS_OF, partner_ids=self.europe.ids
            )
        issued, _errors = statements._issue(self.company, layout, self.AS_OF)
        self.assertEqual(issued.partner_id & self.all, self.japan)

    def test_grants_of_one_company_count_there(self):
        theirs = self.other_company
        user = self.granted_user("two", [Row("region", "asia")])
        self.grant(user, Row("region", "europe", company="theirs"))
        partners = self.env(user=user)["res.partner"]
        for companies, expected in (
            (self.company, self.shanghai | self.japan),
            (theirs, self.shanghai | self.japan | self.europe),
            (self.company | theirs, self.shanghai | self.japan | self.europe),
        ):
            found = partners.with_context(allowed_company_ids=companies.ids).search(
                [("id", "in", self.all.ids)]
            )
            self.assertEqual(found, expected)
        # and a customer of one company is judged by its grants alone
        self.europe.company_id = self.company
        both = partners.with_context(allowed_company_ids=(self.company | theirs).ids)
        self.assertNotIn(self.europe, both.search([("id", "in", self.all.ids)]))


@tagged("post_install", "-at_install")
class TestExplainAccess(GrantedCase):
    def explain(self, partner, right="see", user=None):
        return (
            self.env["customer.access.explain"]
            .with_user(self.administrator)
            .with_company(self.company)
            .new(
                {
                    "partner_id": partner.id,
                    "user_id": (user or self.user).id,
                    "right": right,
                    "company_id": self.company.id,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.administrator.company_ids = [Command.link(self.company.id)]

    def refusals(self, *args, **kwargs):
        wizard = self.explain(*args, **kwargs)
        return wizard.verdict, [
            (line.kind, line.name) for line in wizard.line_ids if not line.is_open
        ]

    def test_without_grants_everything_is_allowed(self):
        self.assertEqual(self.refusals(self.europe), ("allowed", []))

    def test_names_the_grants_that_decide(self):
        grant = self.grant(self.user, Row("region", "asia", rights=("see",)))
        wizard = self.explain(self.japan)
        self.assertEqual(wizard.verdict, "allowed")
        line = wizard.line_ids.filtered(lambda line: line.kind == "grant")
        self.assertEqual(line.grant_ids._origin, grant)
        region = self.dimensions["region"].name
        for partner, right in (
            (self.europe, "see"),
            (self.nowhere, "see"),
            (self.japan, "edit"),
            (self.japan, "money"),
            (self.japan, "export"),
        ):
            self.assertEqual(
                self.refusals(partner, right), ("refused", [("grant", region)])
            )

    def test_names_the_rule_of_odoo_that_refuses(self):
        self.europe.company_id = self.other_company
        verdict, refusals = self.refusals(self.europe)
        self.assertEqual(
            (verdict, refusals), ("refused", [("rule", "res.partner company")])
        )
        rule = self.env["ir.rule"].create(
            {
                "name": "Only named Shanghai",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('name', 'like', 'Shanghai')]",
            }
        )
        self.assertEqual(
            self.refusals(self.japan), ("refused", [("rule", "Only named Shanghai")])
        )
        rule.groups = self.env.ref("base.group_user")
        self.assertEqual(
            self.refusals(self.japan), ("refused", [("rule", "Only named Shanghai")])
        )
        self.assertEqual(self.refusals(self.shanghai), ("allowed", []))

    def test_names_the_missing_access_right(self):
        employee = person(
            self.env,
            "grants_employee",
            "base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        verdict, refusals = self.refusals(self.japan, "edit", employee)
        self.assertEqual((verdict, refusals[0][0]), ("refused", "right"))
        verdict, refusals = self.refusals(self.japan, "money", employee)
        self.assertEqual(refusals, [("right", "Journal Entry")])
        self.assertEqual(self.refusals(self.japan, "export", employee)[0], "refused")

    def test_verdict_is_what_the_system_does(self):
        """For every right, customer and a few users: explained = enforced."""
        others = [
            self.granted_user("e1", [Row("region", "asia", rights=("see", "money"))]),
            self.granted_user("e2", [Row("region"), Row("size", "big")]),
            self.granted_user("e3", [Row("region", "europe", unclassified=True)]),
        ]
        for user in others:
            for partner in self.all:
                for right in ("see", "edit", "money", "export"):
                    wizard = self.explain(partner, right, user)
                    closed = [line for line in wizard.line_ids if not line.is_open]
                    self.assertEqual(wizard.verdict == "allowed", not closed)

    def test_who_sees_this_customer(self):
        self.grant(self.user, Row("region", "asia", rights=("see",)))
        action = (
            self.japan.with_user(self.administrator)
            .with_company(self.company)
            .action_explain_access()
        )
        wizard = (
            self.env["customer.access.explain"]
            .with_user(self.administrator)
            .with_context(allowed_company_ids=self.company.ids, **action["context"])
            .new({})
        )
        (row,) = wizard.person_ids.filtered(
            lambda row: row.user_id._origin == self.user
        )
        self.assertTrue(row.is_restricted and row.can_see)
        self.assertFalse(row.can_edit or row.can_money or row.can_export)
        with self.assertRaises(AccessError), mute_logger(*LOUD):
            self.japan.with_user(self.user).action_explain_access()


@tagged("post_install", "-at_install")
class TestGrantedImport(ImportCase):
    def test_a_file_reaches_no_closed_customer_and_doubles_none(self):
        # given a clerk who may edit blue customers and sees red ones
        dimension = self.new_dimension()
        red, blue = self.category(dimension, "Red"), self.category(dimension, "Blue")
        ours, seen, closed = self.customers("Blue Ltd", "Red Ltd", "Grey Ltd")
        for customer, ref in ((ours, "T-1"), (seen, "T-2"), (closed, "T-3")):
            customer.ref = ref
        self.assign(ours, blue, date(2026, 1, 1))
        self.assign(seen, red, date(2026, 1, 1))
        for category, can_edit in ((blue, True), (red, False)):
            self.env["customer.category.grant"].create(
                {
                    "user_id": self.clerk.id,
                    "dimension_id": dimension.id,
                    "category_id": category.id,
                    "can_edit": can_edit,
                }
            )
        # when he loads a file with all three
        batch = self.dry_run(
            "Code,Name,City\nT-1,Blue Ltd,Here\nT-2,Red Ltd,There\nT-3,Grey Ltd,Where\n"
        )
        # then the row of his own customer alone can be applied, and no name is told
        rows = batch.row_ids.sorted("number")
        self.assertEqual(rows.mapped("status"), ["update", "error", "error"])
        self.assertEqual(
            [found["code"] for row in rows[1:] for found in row.findings],
            ["customer_not_granted"] * 2,
        )
        self.assertEqual(rows.partner_id, ours)
