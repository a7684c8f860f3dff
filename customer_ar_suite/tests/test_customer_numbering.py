"""Customer numbers: given once, by pattern, whatever the route; never to who has one."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_customers import CustomerCase

LOUD = ("odoo.sql_db", "odoo.addons.base.models.ir_rule")


class NumberingCase(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write(
            {"ar_numbering_when": "never", "ar_customers_need_approval": False}
        )
        cls.company = cls.env.company
        cls.old = cls.env["res.partner"].create(
            [
                {"name": "Old One", "ref": "K00002", "customer_rank": 1},
                {"name": "Twin A", "ref": "T-1", "customer_rank": 1},
                {"name": "Twin B", "ref": "t-1", "customer_rank": 1},
                {"name": "Nameless", "customer_rank": 1},
            ]
        )

    def setUp(self):
        super().setUp()
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)

    def switch(self, when="created", **values):
        self.company.ar_numbering_when = when
        self.numbering = self.env["customer.numbering"].search(
            [("company_id", "=", self.company.id)]
        )
        self.numbering.write({"pattern": "K{seq:05d}", "is_gapless": True} | values)
        return self.numbering

    def new(self, name="New Ltd", **values):
        partners = self.env["res.partner"].with_user(self.clerk)
        return partners.create({"name": name, "customer_rank": 1, **values}).with_env(
            self.env
        )


@tagged("post_install", "-at_install")
class TestCustomerNumbering(NumberingCase):
    def test_off_at_installation(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        self.assertEqual(company.ar_numbering_when, "never")
        self.assertFalse(self.new().ref)

    def test_switching_on_renumbers_nobody(self):
        before = {one.id: one.ref for one in self.old}
        self.switch()
        self.assertEqual({one.id: one.ref for one in self.old}, before)
        register = self.env["customer.number"].search([("number", "=", "K00002")])
        self.assertEqual(
            (register.partner_id, register.origin), (self.old[0], "existing")
        )

    def test_given_on_entering_and_used_ones_are_passed_over(self):
        self.switch()
        self.assertEqual(
            [self.new().ref for _i in range(3)], ["K00001", "K00003", "K00004"]
        )

    def test_form_file_and_api(self):
        self.switch()
        model = self.env["res.partner"].with_user(self.clerk)
        with Form(model.with_context(res_partner_search_mode="customer")) as form:
            form.name = "By Form"
        loaded = model.load(["name", "customer_rank"], [["By File", "1"]])
        vals = {"name": "By RPC", "customer_rank": 1}
        by_rpc = call_kw(
            self.env(user=self.clerk)["res.partner"], "create", [[vals]], {}
        )
        refs = [
            form.record.ref,
            self.env["res.partner"].browse(loaded["ids"]).ref,
            self.env["res.partner"].browse(by_rpc).ref,
        ]
        self.assertEqual(refs, ["K00001", "K00003", "K00004"])

    def test_a_number_that_was_typed_stays(self):
        self.switch()
        self.assertEqual(self.new(ref="OWN-7").ref, "OWN-7")
        self.assertEqual(self.new().ref, "K00001")

    def test_contacts_and_vendors_get_none(self):
        self.switch()
        customer = self.new()
        self.assertFalse(self.new("Jo", parent_id=customer.id).ref)
        self.assertFalse(self.new("Vendor", customer_rank=0, supplier_rank=1).ref)

    def test_no_number_exists_twice(self):
        self.switch()
        self.new(ref="DUP-1")
        for route in ("create", "write", "load"):
            with self.subTest(route), self.assertRaises(UserError):
                if route == "create":
                    self.new("Second", ref="dup-1 ")
                elif route == "write":
                    self.new("Third").ref = "DUP-1"
                else:
                    model = self.env["res.partner"].with_user(self.clerk)
                    result = model.load(
                        ["name", "ref", "customer_rank"], [["Fourth", "DUP-1", "1"]]
                    )
                    if not result["ids"]:
                        raise UserError(str(result["messages"]))

    def test_the_database_itself_refuses_a_second_one(self):
        self.switch()
        self.new(ref="DB-1")
        row = self.env["customer.number"].search([("number", "=", "DB-1")])
        vals = row.copy_data()[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            self.env["customer.number"].sudo()._insert([vals])
            self.env.flush_all()
        self.assertIn("customer_number_number_uniq", str(caught.exception))

    def test_double_numbers_from_before_do_no_harm(self):
        self.switch()
        self.old[1].city = "Leeds"
        self.old[2].city = "Leeds"
        self.assertEqual(self.old[2].ref, "t-1")
        self.assertTrue(self.env["customer.number"]._doubles(self.company) is not None)

    def test_a_number_that_was_given_is_not_given_again(self):
        self.switch(is_gapless=False)
        first = self.new()
        first.ref = "OTHER"
        self.assertEqual(self.new().ref, "K00003")
        with self.assertRaises(UserError):
            self.new("Thief", ref="K00001")

    def test_by_category_and_year(self):
        dimension = self.new_dimension("numbering")
        red, blue = (self.category(dimension, name) for name in ("Red", "Blue"))
        self.switch(pattern="X{seq}")
        self.env["customer.numbering"].create(
            {
                "name": "Red",
                "sequence": 1,
                "pattern": "{category_code}{yyyy}-{seq:03d}",
                "dimension_id": dimension.id,
                "category_ids": [(6, 0, red.ids)],
            }
        )
        column = (
            dimension._column_name()
            if hasattr(dimension, "_column_name")
            else (f"x_customer_dim{dimension.id}_id")
        )
        year = self.env["res.partner"]._fields["create_date"].now().year
        refs = [self.new(**{column: one.id}).ref for one in (red, blue, red)]
        self.assertEqual(refs, [f"r{year}-001", "X1", f"r{year}-002"])

    def test_given_on_approval(self):
        self.switch("approved")
        self.company.ar_customers_need_approval = True
        partner = self.new()
        self.assertFalse(partner.ref)
        partner._ar_set_approval("approved")
        self.assertEqual(partner.ref, "K00001")
        # where nobody has to approve, a new customer counts as approved
        self.company.ar_customers_need_approval = False
        self.assertEqual(self.new().ref, "K00003")

    def test_pattern_is_checked_and_shown(self):
        numbering = self.switch()
        self.assertEqual(numbering.example, "K00001, K00002, K00003")
        with self.assertRaisesRegex(ValidationError, "exactly once"):
            numbering.pattern = "K"
        with self.assertRaisesRegex(ValidationError, "dimension"):
            numbering.pattern = "{category_code}{seq}"

    def test_companies_count_for_themselves(self):
        self.switch()
        other = self.env["res.company"].create({"name": "Other"})
        other.ar_numbering_when = "created"
        self.env["customer.numbering"].search(
            [("company_id", "=", other.id)]
        ).pattern = "K{seq:05d}"
        ours = self.new(company_id=self.company.id)
        theirs = (
            self.env["res.partner"]
            .with_company(other)
            .create({"name": "Theirs", "customer_rank": 1, "company_id": other.id})
        )
        self.assertEqual((ours.ref, theirs.ref), ("K00001", "K00001"))
        # what both companies see has a number that is free in both
        shared = self.new("Shared")
        self.assertEqual(shared.ref, "K00003")
        self.assertEqual(
            len(self.env["customer.number"].search([("partner_id", "=", shared.id)])), 2
        )

    def test_statements_do_not_grow_with_the_customers(self):
        self.switch()

        def create(count):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["res.partner"].create(
                [{"name": f"Bulk {n}", "customer_rank": 1} for n in range(count)]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        create(2)
        few, many = create(10), create(200)
        self.assertLessEqual(many, few + 12)

    def test_nobody_writes_the_register(self):
        self.switch()
        partner = self.new()
        row = self.env["customer.number"].search([("partner_id", "=", partner.id)])
        for user in (self.clerk, self.administrator):
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                row.with_user(user).write({"number": "X"})


@tagged("post_install", "-at_install")
class TestNumberingRun(NumberingCase):
    def run_for(self, user=None):
        runs = self.env["customer.numbering.run"].with_user(user or self.clerk)
        return runs.create({"scope": "all"})

    def test_preview_apply_and_take_back(self):
        self.switch("manual")
        extra = [self.new(f"Unnumbered {n}") for n in range(3)]
        run = self.run_for()
        run.action_preview()
        planned = {line.partner_id: line.planned_number for line in run.line_ids}
        self.assertLessEqual({self.old[3], *extra}, set(planned))
        self.assertFalse(any(one.ref for one in planned), "a preview writes nothing")
        run.action_apply()
        self.assertEqual({one: one.ref for one in planned}, planned)
        self.assertEqual(run.run_state, "done")
        # one is changed by hand before the numbers are taken back
        extra[0].ref = "BY-HAND"
        run.action_undo()
        self.assertEqual(extra[0].ref, "BY-HAND")
        self.assertFalse(extra[1].ref or extra[2].ref)
        self.assertEqual(run.kept_count, 1)
        # freed numbers of a pattern without gaps are given first
        again = self.run_for()
        again.action_preview()
        again.action_apply()
        freed = {number for one, number in planned.items() if one != extra[0]}
        self.assertEqual({one.ref for one in planned if one != extra[0]}, freed)

    def test_chosen_customers_only(self):
        self.switch("manual")
        one, other = self.new("One"), self.new("Other")
        action = one.with_user(self.clerk).action_ar_number()
        run = self.env["customer.numbering.run"].browse(action["res_id"])
        run.with_user(self.clerk).action_apply()
        self.assertTrue(one.ref)
        self.assertFalse(other.ref)

    def test_says_why_it_cannot(self):
        self.switch("manual")
        run = self.run_for()
        with self.assertRaisesRegex(UserError, "nobody to number"):
            run.action_apply()
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            run.action_undo()
        self.company.ar_numbering_when = "never"
        with self.assertRaisesRegex(UserError, "switched off"):
            run.action_preview()

    def test_who_does_not_enter_customers_does_not_number_them(self):
        self.switch("manual")
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            self.run_for(self.employee)
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            self.old.with_user(self.employee).action_ar_number()
