"""Dimensions: their columns, histories, screens and files."""

from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..engine.history import Period, assign
from .common_customers import PREFIX, CustomerCase

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


@tagged("post_install", "-at_install")
class TestDimensionColumn(CustomerCase):
    def test_shipped_dimensions_of_which_few_are_on(self):
        shipped = (
            self.env["customer.dimension"].with_context(active_test=False).search([])
        )
        xmlids = [name for name in shipped._get_external_ids().values() if name]
        self.assertEqual(len(xmlids), 17)
        on = {d.code for d in shipped if d.active}
        self.assertLessEqual({"industry", "size", "region", "type"}, on)
        for dimension in shipped:
            has_column = dimension._column_name() in self.env["res.partner"]._fields
            self.assertEqual(has_column, dimension.active, dimension.code)

    def test_installation_classifies_nobody(self):
        shipped = self.env.ref("customer_ar_suite.customer_dimension_industry")
        required = self.env["customer.dimension"].search([("is_required", "=", True)])
        self.assertFalse(required)
        self.assertEqual(shipped.mode, "manual")

    def test_active_dimension_gets_an_indexed_column(self):
        dimension = self.new_dimension()
        field = self.env["res.partner"]._fields[dimension._column_name()]
        self.assertEqual((field.comodel_name, field.index), ("customer.category", True))
        self.assertEqual(
            self.env["res.partner"].fields_get([field.name])[field.name]["string"],
            "Colour",
        )

    def test_archived_dimension_has_none_until_it_is_switched_on(self):
        dimension = self.new_dimension(active=False)
        self.assertNotIn(dimension._column_name(), self.env["res.partner"]._fields)
        dimension.with_user(self.administrator).action_unarchive()
        self.assertIn(dimension._column_name(), self.env["res.partner"]._fields)

    def test_several_columns_in_one_call(self):
        model_fields = type(self.env["ir.model.fields"])
        calls, create = [], model_fields.create

        def counted(records, vals_list):
            calls.append(len(vals_list))
            return create(records, vals_list)

        with patch.object(model_fields, "create", counted):
            self.env["customer.dimension"].create(
                [{"name": f"N{n}", "code": f"n{n}"} for n in range(4)]
            )
        # one call for the columns, one for the fields on documents and reports
        self.assertEqual((len(calls), calls[0]), (2, 4))

    def test_rename_changes_the_label_only(self):
        dimension = self.new_dimension()
        column = dimension._column_name()
        dimension.with_user(self.administrator).name = "Paint"
        self.assertEqual(dimension._column_name(), column)
        label = self.env["res.partner"].fields_get([column])[column]["string"]
        self.assertEqual(label, "Paint")
        self.assertEqual(dimension._find_columns().field_description, "Category: Paint")

    def test_archive_hides_and_keeps_the_values(self):
        dimension = self.new_dimension()
        column = dimension._column_name()
        (customer,) = self.customers("Ada Ltd")
        customer[column] = self.category(dimension, "Blue")
        # when it is switched off
        dimension.with_user(self.administrator).action_archive()
        # then no screen shows it
        self.assertNotIn(column, self.env["res.partner"].fields_get())
        arch = self.env["res.partner"].get_view(view_type="list")["arch"]
        self.assertNotIn(column, arch)
        # and when it is switched on again the value is back
        dimension.with_user(self.administrator).action_unarchive()
        self.assertEqual(customer[column].name, "Blue")
        self.assertIn(column, self.env["res.partner"].fields_get())

    def test_used_dimension_and_category_cannot_be_deleted(self):
        dimension = self.new_dimension()
        blue = self.category(dimension, "Blue")
        (customer,) = self.customers("Ada Ltd")
        customer[dimension._column_name()] = blue
        with self.assertRaisesRegex(UserError, "Archive the dimension"):
            dimension.with_user(self.administrator).unlink()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            blue.with_user(self.administrator).unlink()
        with self.assertRaisesRegex(UserError, "another dimension"):
            blue.with_user(self.administrator).dimension_id = self.new_dimension(
                "taste"
            )

    def test_unused_dimension_is_deleted_with_its_column(self):
        dimension = self.new_dimension()
        column = dimension._column_name()
        dimension.with_user(self.administrator).unlink()
        self.assertNotIn(column, self.env["res.partner"]._fields)
        self.env.cr.execute(
            "SELECT 1 FROM information_schema.columns"
            " WHERE table_name = 'res_partner' AND column_name = %s",
            [column],
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_only_administrators_make_dimensions(self):
        with self.assertRaises(AccessError):
            self.env["customer.dimension"].with_user(self.clerk).create(
                {"name": "X", "code": "x"}
            )


@tagged("post_install", "-at_install")
class TestCategoryValues(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dimension = cls.new_dimension()
        cls.column = cls.dimension._column_name()
        cls.red, cls.blue, cls.dark = (
            cls.category(cls.dimension, name) for name in ("Red", "Blue", "Dark")
        )
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.models_changed()

    def test_edit_on_the_form_writes_history_and_log(self):
        with Form(self.env["res.partner"].with_user(self.clerk)) as form:
            form.name = "Ada Ltd"
            form.company_type = "company"
            form[self.column] = self.red
        customer = form.record
        self.assertEqual(customer[self.column], self.red)
        row = self.env["customer.category.assignment"].search(
            [("partner_id", "=", customer.id)]
        )
        self.assertRecordValues(
            row,
            [
                {
                    "category_id": self.red.id,
                    "valid_from": self.today,
                    "valid_to": False,
                    "source": "manual",
                    "user_id": self.clerk.id,
                }
            ],
        )
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "category.assign"), ("res_id", "=", customer.id)]
        )
        self.assertEqual(entry.event, "category.assign")
        self.assertEqual(entry.user_id, self.clerk)
        self.assertEqual(entry.payload["category_id"], self.red.id)
        self.assertIn("category: Red", entry.payload_text)

    def test_default_of_a_kanban_column_is_an_assignment_too(self):
        customer = (
            self.env["res.partner"]
            .with_context(**{f"default_{self.column}": self.blue.id})
            .create({"name": "Ada Ltd"})
        )
        self.assertEqual(customer[self.column], self.blue)
        self.assertEqual(
            self.history(customer, self.dimension), [("Blue", self.today, None)]
        )

    def test_history_follows_the_dates(self):
        (customer,) = self.customers("Ada Ltd")
        self.assign(customer, self.red, MAY)
        self.assign(customer, self.blue, JULY)
        self.assign(customer, self.dark, JUNE)  # learnt later, true earlier
        self.assertEqual(
            self.history(customer, self.dimension),
            [
                ("Red", MAY, JUNE - timedelta(days=1)),
                ("Dark", JUNE, JULY - timedelta(days=1)),
                ("Blue", JULY, None),
            ],
        )
        self.assertEqual(customer[self.column], self.blue)
        find = self.env["customer.category.find"].with_user(self.clerk)
        for day, there in (
            ("2026-06-15", True),
            ("2026-07-15", False),
            ("2026-04-30", False),
        ):
            action = find.create(
                {"category_ids": self.red.ids, "on_date": day}
            ).action_find()
            found = (
                self.env["res.partner"].with_user(self.clerk).search(action["domain"])
            )
            self.assertEqual(customer in found, there, day)

    def test_database_and_engine_decide_alike(self):
        (customer,) = self.customers("Ada Ltd")
        steps = [
            (self.red, 20), (self.blue, 10), (self.blue, 20), (self.dark, 10),
            (self.dark, 30), (self.red, 5), (self.red, 25), (self.blue, 31),
        ]  # fmt: skip
        expected = []
        for category, day in steps:
            start = date(2026, 3, day)
            expected = assign(expected, category.id, start)
            self.assign(customer, category, start)
            rows = self.env["customer.category.assignment"].search(
                [("partner_id", "=", customer.id)], order="valid_from"
            )
            self.assertEqual(
                [
                    Period(r.category_id.id, r.valid_from, r.valid_to or None)
                    for r in rows
                ],
                expected,
            )

    def test_database_refuses_an_overlap(self):
        (customer,) = self.customers("Ada Ltd")
        self.assign(customer, self.red, MAY)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ExclusionViolation),
            self.env.cr.savepoint(),
        ):
            self.env["customer.category.assignment"].create(
                {
                    "partner_id": customer.id,
                    "dimension_id": self.dimension.id,
                    "category_id": self.blue.id,
                    "valid_from": JULY,
                    "source": "rule",
                }
            )

    def test_same_value_again_changes_nothing(self):
        (customer,) = self.customers("Ada Ltd")
        self.assertTrue(self.assign(customer, self.red, MAY))
        self.assertFalse(self.assign(customer, self.red, JULY))
        self.assertEqual(self.history(customer, self.dimension), [("Red", MAY, None)])

    def test_clearing_ends_the_period(self):
        (customer,) = self.customers("Ada Ltd")
        self.assign(customer, self.red, MAY)
        customer.with_user(self.clerk)[self.column] = False
        self.assertFalse(customer[self.column])
        self.assertEqual(
            self.history(customer, self.dimension),
            [("Red", MAY, self.today - timedelta(days=1))],
        )

    def test_number_of_statements_does_not_grow(self):
        def statements(count):
            customers = self.customers(*(f"C{count}-{n}" for n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["customer.category.assignment"]._assign(
                dict.fromkeys(customers.ids, self.red.id), self.dimension, "import", MAY
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        statements(1)  # warm the caches
        self.assertEqual(statements(1), statements(500))

    def test_refusals(self):
        (customer,) = self.customers("Ada Ltd")
        other = self.category(self.new_dimension("taste"), "Red")
        customer = self.env["res.partner"].browse(customer.id)
        with self.assertRaisesRegex(UserError, "not a category of"):
            customer[self.column] = other
        with self.assertRaisesRegex(UserError, "future"):
            self.assign(customer, self.red, self.today + timedelta(days=2))
        with self.assertRaises(AccessError):
            customer.with_user(self.role_user("customer_reviewer"))[self.column] = (
                self.red
            )
        with self.assertRaises(AccessError):
            customer.with_user(self.employee).read([self.column])

    def test_mirror_is_written_by_its_owner_only(self):
        mirror = self.new_dimension("mood", is_mirror=True)
        column, blue = mirror._column_name(), self.category(mirror, "Blue")
        (customer,) = self.customers("Ada Ltd")
        with self.assertRaises(AccessError):
            customer.with_user(self.clerk)[column] = blue
        with self.assertRaisesRegex(UserError, "set by the system"):
            customer[column] = blue
        self.assertTrue(
            self.env["res.partner"]
            .with_user(self.clerk)
            .fields_get([column])[column]["readonly"]
        )
        self.env["customer.category.assignment"]._assign(
            {customer.id: blue.id}, mirror, "mirror", MAY
        )
        self.assertEqual(customer[column], blue)
        # saving a form with the unchanged value is no edit
        customer.with_user(self.clerk).write({column: blue.id, "comment": "x"})

    def test_nobody_writes_assignments_directly(self):
        (customer,) = self.customers("Ada Ltd")
        self.assign(customer, self.red, MAY)
        for user in (self.clerk, self.administrator):
            model = self.env["customer.category.assignment"].with_user(user)
            row = model.search([("partner_id", "=", customer.id)])
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.has_access(operation))

    def test_group_search_and_tree(self):
        a, b, c = self.customers("A", "B", "C")
        self.assign(a, self.red, MAY)
        self.assign(b, self.dark, MAY)
        self.assign(c, self.blue, MAY)
        partners = self.env["res.partner"].with_user(self.clerk)
        self.assertEqual(
            partners.search([(self.column, "child_of", self.red.id)], order="name"),
            a | b,
        )
        grouped = partners.formatted_read_group(
            [("id", "in", (a | b | c).ids)], [self.column], ["__count"]
        )
        self.assertEqual([group["__count"] for group in grouped], [1, 1, 1])
        self.assertEqual(self.red.customer_count, 2)
        self.assertEqual(self.dark.display_name, "Red / Dark")

    def test_import_and_export_by_name_code_and_path(self):
        self.new_dimension("taste")  # has the same category names
        partners = self.env["res.partner"].with_user(self.clerk)
        result = partners.load(
            ["name", self.column],
            [["L1", "Blue"], ["L2", "Red / Dark"], ["L3", "b"], ["L4", ""]],
        )
        self.assertFalse(result["messages"])
        loaded = partners.browse(result["ids"])
        self.assertEqual(
            [row[0] for row in loaded.sudo().export_data([self.column])["datas"]],
            ["Blue", "Red / Dark", "Blue", ""],
        )
        self.assertEqual(
            self.history(loaded[1], self.dimension), [("Dark", self.today, None)]
        )
        wrong = partners.load(["name", self.column], [["L5", "Green"]])
        self.assertIn("Green", wrong["messages"][0]["message"])

    def test_copy_is_not_classified(self):
        (customer,) = self.customers("Ada Ltd")
        self.assign(customer, self.red, MAY)
        self.assertFalse(customer.with_user(self.clerk).copy()[self.column])


@tagged("post_install", "-at_install")
class TestDimensionViews(CustomerCase):
    def test_columns_are_in_form_list_and_search_for_suite_users_only(self):
        dimension = self.new_dimension(is_required=True)
        column = dimension._column_name()
        partners = self.env["res.partner"]
        for view_type, path in (
            ("form", f"//page[@name='ar_card']//field[@name='{column}']"),
            ("list", f"//field[@name='{column}']"),
            ("search", f"//filter[@name='{column}']"),
            ("search", f"//field[@name='{column}']"),
        ):
            for user, there in ((self.clerk, True), (self.employee, False)):
                arch = etree.fromstring(
                    partners.with_user(user).get_view(view_type=view_type)["arch"]
                )
                self.assertEqual(bool(arch.xpath(path)), there, (view_type, user.login))
        node = etree.fromstring(
            partners.with_user(self.clerk).get_view(view_type="form")["arch"]
        ).xpath(f"//field[@name='{column}']")[0]
        self.assertIn("customer_rank", node.get("required"))

    def test_order_of_the_columns_is_the_order_of_the_dimensions(self):
        first, second = self.new_dimension("aaa"), self.new_dimension("bbb")
        for sequence in ((1, 2), (2, 1)):
            first.sequence, second.sequence = sequence
            arch = self.env["res.partner"].get_view(view_type="list")["arch"]
            positions = [arch.index(d._column_name()) for d in (first, second)]
            self.assertEqual(positions[0] < positions[1], sequence == (1, 2))

    def test_customised_list_without_our_anchor_still_works(self):
        self.new_dimension()
        view = self.env["ir.ui.view"].create(
            {
                "name": "plain",
                "model": "res.partner",
                "arch": "<list><field name='name'/></list>",
            }
        )
        arch = self.env["res.partner"].get_view(view.id, "list")["arch"]
        self.assertIn("x_customer_dim", arch)

    def test_other_companies_dimensions_are_hidden(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        dimension = self.env["customer.dimension"].create(
            {"name": "Local", "code": "local", "company_id": company.id}
        )
        arch = self.env["res.partner"].get_view(view_type="list")["arch"]
        self.assertNotIn(dimension._column_name(), arch)
        self.assertFalse(
            self.env["customer.dimension"]
            .with_user(self.clerk)
            .search([("id", "=", dimension.id)])
        )

    def test_pivot_of_the_customers_screen_begins_with_dimensions(self):
        columns = list(self.env["res.partner"]._shown_columns())
        for view_type, count in (("pivot", 2), ("graph", 1)):
            view = self.env.ref(
                f"customer_ar_suite.res_partner_view_{view_type}_customers"
            )
            arch = (
                self.env["res.partner"].with_user(self.clerk).get_view(view.id)["arch"]
            )
            shown = [node.get("name") for node in etree.fromstring(arch).iter("field")]
            self.assertEqual(shown, columns[:count])

    def test_customers_screen_has_a_panel(self):
        dimension = self.new_dimension()
        action = self.env.ref("customer_ar_suite.res_partner_action_customers")
        arch = etree.fromstring(
            self.env["res.partner"]
            .with_user(self.clerk)
            .get_view(action.search_view_id.id, "search")["arch"]
        )
        self.assertTrue(
            arch.xpath(f"//searchpanel/field[@name='{dimension._column_name()}']")
        )
        self.assertIn(
            self.env.ref(f"{PREFIX}user"),
            self.clerk.all_group_ids,
        )
