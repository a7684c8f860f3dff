"""A dimension comes and goes on a database whose views people have changed."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.customer_dimension_traces import whole_words, without
from .common_customers import CustomerCase


@tagged("post_install", "-at_install")
class TestDimensionLife(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dimension = cls.new_dimension()
        cls.column = cls.dimension._column_name()
        cls.then = cls.column.replace("_id", "_then_id")
        cls.form = cls.env.ref("base.view_partner_form")
        cls.views = cls.env["ir.ui.view"]
        cls.models_changed()

    def view(self, arch, parent=None, model="res.partner"):
        """As Studio and developer mode make them: without an external id."""
        return self.views.create(
            {
                "name": "made by hand",
                "model": model,
                "priority": 99,  # after those of the suite
                "inherit_id": parent and parent.id,
                "arch": arch,
            }
        )

    def customise(self):
        """Views, a filter, an export that name the column; all work."""
        column = self.column
        made = self.view(
            f"""<data>
                <field name="website" position="after">
                    <field name="{column}" options="{{'no_create': True}}"/>
                </field>
                <field name="website" position="attributes">
                    <attribute name="invisible">{column}</attribute>
                </field>
                <field name="phone" position="attributes">
                    <attribute name="placeholder">Call</attribute>
                </field>
            </data>""",
            self.form,
        )
        on_it = self.view(
            f"""<xpath expr="//field[@name='{column}']" position="after">
                <field name="barcode" invisible="{column}"/>
            </xpath>""",
            self.form,
        )
        own = self.view(
            f"""<search>
                <field name="name"/>
                <filter name="mine" context="{{'group_by': '{column}'}}" string="Mine"/>
                <filter name="old" domain="[('active', '=', False)]" string="Old"/>
            </search>"""
        )
        entries = self.view(
            f"<pivot><field name='{self.then}' type='row'/><field name='date'/></pivot>",
            model="account.move.line",
        )
        self.env["ir.filters"].create(
            [
                {
                    "name": "Grouped by hand",
                    "model_id": "res.partner",
                    "context": repr({"group_by": [column]}),
                },
                {
                    "name": "Entries then",
                    "model_id": "account.move.line",
                    "domain": repr([(self.then, "!=", False)]),
                },
                {"name": "Not about it", "model_id": "res.partner"},
            ]
        )
        self.env["ir.exports"].create(
            {
                "name": "Kept",
                "resource": "res.partner",
                "export_fields": [
                    (0, 0, {"name": "name"}),
                    (0, 0, {"name": f"{column}/name"}),
                ],
            }
        )
        self.env.registry.clear_cache("templates")
        return made, on_it, own, entries

    def shown(self):
        for view_type in ("form", "list", "search", "kanban"):
            etree.fromstring(self.env["res.partner"].get_view(None, view_type)["arch"])
        return self.env["res.partner"].get_view(self.form.id, "form")["arch"]

    def test_renamed_and_archived_under_a_changed_view(self):
        self.customise()
        admin = self.dimension.with_user(self.administrator)
        admin.name = "Paint"
        self.assertIn('placeholder="Call"', self.shown())
        admin.action_archive()
        self.assertIn(self.column, self.shown())
        # the value can still be read where somebody has put the column
        (customer,) = self.customers("Ada Ltd")
        self.assertFalse(customer[self.column])
        admin.action_unarchive()
        self.assertIn(self.column, self.shown())

    def test_deleted_without_a_trace(self):
        made, on_it, own, entries = self.customise()
        dimension_id, prefix = self.dimension.id, self.column.removesuffix("id")
        self.dimension.with_user(self.administrator).unlink()
        # nothing names it any more
        for view in made + on_it + own + entries:
            self.assertNotIn(prefix, view.arch_db)
        arch = self.shown()
        self.assertNotIn(prefix, arch)
        # and what else people had changed is there
        self.assertIn('placeholder="Call"', arch)
        filters = etree.fromstring(own.arch_db).xpath("//filter/@name")
        self.assertEqual(filters, ["old"])
        names = self.env["ir.filters"].search([]).mapped("name")
        self.assertIn("Not about it", names)
        self.assertFalse({"Grouped by hand", "Entries then"} & set(names))
        export = self.env["ir.exports"].search([("name", "=", "Kept")])
        self.assertEqual(export.export_fields.mapped("name"), ["name"])
        self.assertFalse(self.env["ir.model.fields"].search([("name", "like", prefix)]))
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name LIKE %s",
            [f"x\\_customer\\_dim{dimension_id}\\_%"],
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_not_deleted_while_something_asks_for_it(self):
        other = self.new_dimension("taste")
        rule = self.env["customer.category.rule"].create(
            {
                "dimension_id": other.id,
                "category_id": self.category(other, "Blue").id,
                "partner_domain": repr([(self.column, "!=", False)]),
            }
        )
        with self.assertRaisesRegex(UserError, "Change that first"):
            self.dimension.with_user(self.administrator).unlink()
        rule.partner_domain = "[]"
        self.dimension.with_user(self.administrator).unlink()

    def test_one_dimension_is_not_taken_for_another(self):
        """7 is not 77."""
        pattern = whole_words([r"x_customer_dim7_(then_)?id"])
        arch = (
            "<list>one<field name='x_customer_dim7_id'/>two"
            "<field name='x_customer_dim77_id' invisible='x_customer_dim7_then_id'/>"
            "<field name='x_customer_dim7_id' optional='show'/></list>"
        )
        self.assertEqual(
            without(arch, pattern),
            '<list>onetwo<field name="x_customer_dim77_id"/></list>',
        )

    def test_views_that_hang_on_a_view_of_the_suite(self):
        """When the suite goes, what cannot be applied without it is switched off."""
        on_page = self.view(
            """<xpath expr="//group[@name='ar_card_credit']" position="inside">
                <field name="barcode"/>
            </xpath>""",
            self.form,
        )
        alone = self.view(
            """<field name="website" position="after">
                <field name="barcode" invisible="ar_is_important"/>
                <field name="ar_is_important"/>
            </field>""",
            self.form,
        )
        self.env["customer.dimension"]._sweep_suite()
        self.assertFalse(on_page.active)
        self.assertTrue(alone.active)
        self.assertNotIn("ar_is_important", alone.arch_db)
        self.assertIn("barcode", alone.arch_db)
        # what is not about the suite is as it was
        self.assertTrue(self.form.active)
