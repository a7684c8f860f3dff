"""An import is taken back: exactly what nobody touched, the rest is listed with reasons."""

import random
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_import import ImportCase

HEAD = "编码,名称,邮箱,城市,联系人,联系人电话,开户行,账号,收货地址\n"
FIRST = HEAD + (
    "T-1,甲公司,a@test.cn,上海,王丽,13800138000,工商银行,6222021234567890123,浦东大道1号\n"
    "T-2,乙公司,b@test.cn,北京,,,,,\n"
    "T-3,丙公司,c@test.cn,广州,,,,,\n"
)
SECOND = HEAD + (
    "T-1,甲集团,new@test.cn,苏州,王丽,13900139000,建设银行,6217001234567890123,新地址9号\n"
    "T-2,乙集团,b2@test.cn,天津,赵六,,,,\n"
    "T-3,丙公司,c@test.cn,深圳,,,,,\n"
    "T-4,丁公司,d@test.cn,成都,孙七,,,,\n"
)


@tagged("post_install", "-at_install")
class TestImportUndo(ImportCase):
    COLUMNS = (
        "name", "ref", "email", "city", "phone", "street", "active", "comment",
        "country_id", "parent_id", "user_id", "lang", "category_id", "is_company",
    )  # fmt: skip

    def applied(self, text, **values):
        batch = self.dry_run(text, **values)
        batch.action_apply()
        self.assertEqual(batch.error_count, 0, batch.row_ids.mapped("run_error"))
        return batch

    def undone(self, batch, reason="wrong file", user=None):
        wizard = self.env["customer.import.undo.start"].with_user(user or self.clerk)
        action = batch.with_user(user or self.clerk).action_undo()
        wizard = wizard.browse(action["res_id"])
        wizard.reason = reason
        undo = self.env["customer.import.undo"].with_user(user or self.clerk)
        return undo.browse(wizard.action_undo()["res_id"])

    def picture(self):
        """Every value of every customer of the test and what stands beside it."""
        self.env.flush_all()
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(
            ["|", ("ref", "=like", "T-%"), ("parent_id.ref", "=like", "T-%")]
        )
        return (
            {
                partner.id: tuple(
                    tuple(partner[name].ids)
                    if partner._fields[name].relational
                    else partner[name]
                    for name in self.COLUMNS
                )
                for partner in found
            },
            {
                (bank.partner_id.id, bank.acc_number, bank.bank_id.name, bank.active)
                for bank in found.with_context(active_test=False).bank_ids
            },
        )

    def test_everything_as_it_was(self):
        dimension = self.new_dimension("undo_test", name="撤销测试")
        self.applied(FIRST)
        partner = self.env["res.partner"].search([("ref", "=", "T-1")])
        red, blue = self.category(dimension, "Red"), self.category(dimension, "Blue")
        self.assign(partner, red, date(2026, 1, 1))
        before = self.picture()
        batch = self.applied(
            SECOND.replace("收货地址\n", "收货地址,撤销测试\n").replace(
                "新地址9号\n", "新地址9号,Blue\n"
            )
        )
        self.assertNotEqual(self.picture(), before)
        self.assertEqual(partner[dimension._column_name()], blue)
        undo = self.undone(batch)
        self.assertEqual(
            (undo.run_state, undo.restored_count, undo.removed_count, undo.kept_count),
            ("done", 3, 1, 0),
            undo.item_ids.mapped("note_text"),
        )
        self.assertEqual(self.picture(), before)
        self.assertEqual(partner[dimension._column_name()], red)
        self.assertEqual(batch.step, "undone")
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "import_undo"), ("res_id", "=", batch.id)]
        )
        self.assertEqual(entry.user_id, self.clerk)
        # the same file may come again, and does the same again
        again = self.dry_run(SECOND)
        self.assertEqual(self.statuses(again), ["update", "update", "update", "create"])

    def test_what_was_touched_since_stays_and_is_told(self):
        self.applied(FIRST)
        batch = self.applied(SECOND)
        find = self.env["res.partner"].search
        one, two, four = (find([("ref", "=", ref)]) for ref in ("T-1", "T-2", "T-4"))
        one.city = "杭州"  # somebody knew better
        two.child_ids.phone = "+86 21 62345678"  # a contact the import made
        four.website = "http://d.test.cn"  # work in a customer the import made
        undo = self.undone(batch)
        self.assertEqual(
            undo.item_ids.sorted("number").mapped("outcome"),
            ["partly", "partly", "restored", "kept"],
        )
        self.assertEqual(
            (one.city, one.name, one.email), ("杭州", "甲公司", "a@test.cn")
        )
        self.assertEqual((two.name, two.city), ("乙公司", "北京"))
        self.assertEqual(two.child_ids.name, "赵六")
        self.assertTrue(four.exists() and four.active)
        told = undo.item_ids.sorted("number").mapped("note_text")
        self.assertIn("City", told[0])
        self.assertIn("赵六", told[1])
        self.assertIn("Website", told[3])

    def test_what_is_used_is_archived(self):
        batch = self.applied(FIRST)
        one, two, three = batch.row_ids.sorted("number").partner_id
        user = self.env.ref("base.user_admin")
        self.env["res.partner"].create({"name": "Later Person", "parent_id": one.id})
        two.activity_schedule("mail.mail_activity_data_todo", user_id=user.id)
        undo = self.undone(batch)
        self.assertEqual(
            undo.item_ids.sorted("number").mapped("outcome"),
            ["archived", "archived", "removed"],
        )
        self.assertEqual((one.active, two.active), (False, False))
        self.assertFalse(three.exists())
        self.assertIn("in use", undo.item_ids[0].note_text)

    def test_a_customer_deleted_since_is_told(self):
        self.applied(FIRST)
        batch = self.applied(SECOND)
        self.env["res.partner"].search([("ref", "=", "T-3")]).unlink()
        undo = self.undone(batch)
        self.assertEqual(undo.error_count, 0)
        item = undo.item_ids.filtered(lambda one: one.name == "丙公司")
        self.assertEqual((item.outcome, bool(item.note_text)), ("kept", True))

    def test_later_imports_are_not_undone_with_it(self):
        first = self.applied(FIRST)
        self.applied(SECOND)
        undo = self.undone(first)
        self.assertEqual(set(undo.item_ids.mapped("outcome")), {"kept"})
        partner = self.env["res.partner"].search([("ref", "=", "T-1")])
        self.assertEqual(partner.name, "甲集团")

    def test_random_later_edits(self):
        """Undo restores exactly the values nobody touched; a second algorithm says which."""
        dice = random.Random(20261122)
        head = "编码,名称,邮箱,城市\n"
        old = [[f"T-{n}", f"公司{n}", f"a{n}@test.cn", f"旧城{n}"] for n in range(30)]
        new = [[f"T-{n}", f"集团{n}", f"b{n}@test.cn", f"新城{n}"] for n in range(40)]
        self.applied(head + "".join(",".join(row) + "\n" for row in old))
        batch = self.applied(head + "".join(",".join(row) + "\n" for row in new))
        expected = {}
        for place, (ref, *_rest) in enumerate(new):
            partner = self.env["res.partner"].search([("ref", "=", ref)])
            values = dict(zip(("name", "email", "city"), new[place][1:], strict=True))
            edited = {
                name: f"edit-{name}-{ref}" for name in values if dice.random() < 0.25
            }
            partner.write(edited)
            if place >= len(old):
                # made by the import: gone, unless somebody worked on it
                expected[ref] = {**values, **edited} if edited else None
            else:
                held = dict(zip(values, old[place][1:], strict=True))
                expected[ref] = {**held, **edited}
        self.undone(batch)
        self.env.invalidate_all()
        for ref, values in expected.items():
            partner = self.env["res.partner"].search([("ref", "=", ref)])
            found = {name: partner[name] for name in ("name", "email", "city")}
            self.assertEqual(found if partner else None, values, ref)

    def test_killed_and_resumed(self):
        batch = self.applied(
            HEAD + "".join(f"T-k{n},公司k{n},,,,,,,\n" for n in range(25))
        )
        before = self.partners()
        undos = self.env["customer.import.undo"]
        with patch.object(type(undos), "_run_interactive_limit", 0):
            undo = self.undone(batch)
        self.assertEqual((undo.run_state, batch.step), ("running", "undone"))
        with patch.object(type(undos), "_run_chunk_size", 10):
            undo._process_items(undo._next_items())
            try:
                with self.env.cr.savepoint():
                    undo._process_items(undo._next_items())
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                self.env.invalidate_all()
            self.assertEqual(self.partners(), before - 10)
            undo._start_run()
        self.env.invalidate_all()
        self.assertEqual((undo.run_state, undo.removed_count), ("done", 25))
        self.assertEqual(self.partners(), before - 25)
        self.assertTrue(batch.undone_at)

    def test_who_and_when(self):
        batch = self.applied(FIRST)
        other = self.role_user("second_clerk", "customer_clerk")
        for user in (self.employee, self.role_user("auditor"), other):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                batch.with_user(user).action_undo()
        with self.assertRaisesRegex(UserError, "Say why"), self.env.cr.savepoint():
            self.undone(batch, reason=" ")
        undo = self.undone(batch, user=self.administrator)
        for method in ("action_resume_run", "action_cancel_run"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(undo.with_user(other), method)()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            undo.write({"reason": "another"})
        with self.assertRaisesRegex(UserError, "undone already"):
            batch.action_undo()
        with self.assertRaisesRegex(UserError, "undone"):
            batch.action_resume_run()
        fresh = self.dry_run("名称\n未完成公司\n")
        with self.assertRaisesRegex(UserError, "not finished"):
            fresh.action_undo()

    def test_guarded_fields_wait_and_requests_are_withdrawn(self):
        self.applied(FIRST)
        self.env["customer.change.policy"].search([]).active = False
        field = self.env["ir.model.fields"]._get("res.partner", "name")
        self.env["customer.change.policy"].create({"field_id": field.id})
        self.addCleanup(self.registry.clear_cache)
        batch = self.applied(SECOND)
        partner = self.env["res.partner"].search([("ref", "=", "T-1")])
        self.assertEqual((partner.name, partner.city), ("甲公司", "苏州"))
        requests = self.env["customer.change.request"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(requests.state, "pending")
        self.undone(batch)
        self.assertEqual((partner.name, partner.city), ("甲公司", "上海"))
        self.assertEqual(requests.state, "cancelled")
