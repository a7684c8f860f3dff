"""Merge and unmerge: what moves, what stays, what is refused, what comes back."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common_customers import PREFIX
from .common_merge import MergeCase

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    def test_documents_contacts_and_gaps_move_and_nothing_is_deleted(self):
        # given
        invoice = self.invoice(self.twin)
        contact = self.env["res.partner"].create(
            {"name": "Bob", "parent_id": self.twin.id}
        )
        bank = self.env["res.partner.bank"].create(
            {"partner_id": self.twin.id, "acc_number": "NL00TEST1"}
        )
        note = self.twin.message_post(body="asked for a discount")
        tag = self.env["res.partner.category"].create({"name": "Good payer"})
        self.twin.category_id = tag
        before = self.picture()
        # when
        merge = self.merged()
        # then
        after = self.picture()
        self.assertNothingLost(before, after)
        self.assertEqual(merge.state, "merged")
        self.assertEqual(invoice.partner_id, self.keep)
        self.assertEqual(invoice.commercial_partner_id, self.keep)
        self.assertEqual(invoice.line_ids.partner_id, self.keep)
        self.assertEqual(invoice.invoice_partner_display_name, "Ada Ltd")
        self.assertEqual(contact.commercial_partner_id, self.keep)
        self.assertEqual(contact.parent_id, self.keep)
        self.assertEqual(contact.complete_name, "Ada Ltd, Bob")
        self.assertEqual(bank.partner_id, self.keep)
        self.assertEqual(note.res_id, self.keep.id)
        self.assertEqual(self.keep.category_id, tag)
        # the survivor's values count, gaps are filled
        self.assertEqual(self.keep.ref, "C1")
        self.assertEqual(self.keep.email, "ap@ada.example")
        self.assertEqual(self.keep.email_normalized, "ap@ada.example")
        self.assertEqual(self.keep.phone, "+31 20 555 0100")
        # the other one is archived, keeps its number and says where it went
        self.assertFalse(self.twin.active)
        self.assertEqual(self.twin.ref, "C2")
        self.assertEqual(self.twin.ar_merged_into_id, self.keep)
        self.assertEqual(self.keep.ar_merged_count, 1)
        self.assertIn(
            self.twin,
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("ar_merged_into_id", "!=", False)]),
        )
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "merge.apply"), ("partner_ref", "=", self.twin.id)]
        )
        self.assertEqual(entry.user_id, self.clerk)

    def test_dry_run_lists_tables_and_writes_nothing(self):
        self.invoice(self.twin)
        before = self.picture()
        merge = self.merge()
        self.assertSamePicture(before, self.picture())
        rows = {
            (one.table_name, one.column_name): (one.row_count, one.effect)
            for one in merge.table_ids
        }
        self.assertEqual(rows["account_move", "partner_id"], (1, "move"))
        lines = self.env["account.move.line"].search_count(
            [("partner_id", "=", self.twin.id)]
        )
        self.assertEqual(rows["account_move_line", "partner_id"], (lines, "move"))
        self.assertEqual(merge.state, "checked")
        values = {one.field_name: one for one in merge.field_ids}
        self.assertEqual(values["email"].winner_id, self.twin)
        self.assertTrue(values["ref"].is_different)
        self.assertEqual(values["ref"].survivor_text, "C1")
        self.assertEqual(values["ref"].other_text, "C2")

    def test_a_value_is_chosen_by_hand(self):
        merge = self.merge()
        line = merge.field_ids.filtered(lambda one: one.field_name == "name")
        self.assertEqual(line.winner_id, self.keep)
        line.action_switch()
        merge.action_check()
        self.assertEqual(line.winner_id, self.twin)
        merge.action_merge()
        self.assertEqual(self.keep.name, "Ada Limited")
        merge.action_unmerge()
        self.assertEqual((self.keep.name, self.twin.name), ("Ada Ltd", "Ada Limited"))

    def test_unmerge_brings_everything_back(self):
        invoice = self.invoice(self.twin, 120.0)
        self.pay(invoice, 50.0)
        self.invoice(self.keep, 80.0)
        self.env["res.partner"].create({"name": "Bob", "parent_id": self.twin.id})
        self.env["res.partner.bank"].create(
            {"partner_id": self.twin.id, "acc_number": "NL00TEST1"}
        )
        self.twin.category_id = self.env["res.partner.category"].create({"name": "T"})
        before = self.picture()
        merge = self.merged()
        merge.action_unmerge()
        self.assertEqual(merge.state, "unmerged", merge.undo_text)
        self.assertSamePicture(before, self.picture())
        self.assertTrue(self.twin.active)
        self.assertFalse(self.twin.ar_merged_into_id)

    def test_what_was_touched_since_stays_with_its_document(self):
        paid, other = self.invoice(self.twin, 120.0), self.invoice(self.twin, 60.0)
        merge = self.merged()
        payment = self.pay(paid)
        merge.action_preview_unmerge()
        self.assertIn("come back", merge.undo_text)
        self.assertEqual(merge.state, "merged")
        merge.action_unmerge()
        self.env.invalidate_all()
        self.assertEqual(merge.state, "partly")
        self.assertEqual(other.partner_id, self.twin)
        self.assertEqual(other.line_ids.partner_id, self.twin)
        # the paid invoice stays whole with who paid it, and the reason is told per row
        self.assertEqual(paid.partner_id | payment.partner_id, self.keep)
        self.assertEqual(paid.line_ids.partner_id, self.keep)
        told = {(one.table_name, one.res_id): one.reason for one in merge.rest_ids}
        self.assertEqual(told["account_move", paid.id], "edited")
        self.assertLessEqual(set(told.values()), {"edited", "together"})
        self.assertTrue(self.twin.active)
        # pressed again, what is left is looked at once more: still touched
        merge.action_unmerge()
        self.assertEqual(merge.state, "partly")
        self.assertEqual(paid.partner_id, self.keep)

    def test_values_changed_since_stay(self):
        merge = self.merged()
        self.keep.email = "new@ada.example"
        merge.action_unmerge()
        self.assertEqual(self.keep.email, "new@ada.example")
        self.assertEqual(merge.rest_ids.mapped("table_name"), ["res_partner"])
        self.assertTrue(self.twin.active)

    def test_same_account_is_a_conflict_until_somebody_decides(self):
        banks = self.env["res.partner.bank"].create(
            [
                {
                    "partner_id": one.id,
                    "acc_number": "NL00SAME",
                    "acc_holder_name": one.name,
                }
                for one in (self.keep, self.twin)
            ]
        )
        before = self.picture()
        for verdict, owners in (
            ("a", [self.keep, self.twin]),
            ("b", [self.twin, self.keep]),
        ):
            with self.subTest(verdict), self.env.cr.savepoint() as savepoint:
                merge = self.merge()
                self.assertEqual(merge.open_conflict_count, 1)
                self.assertIn("Ada Ltd", merge.conflict_ids.a_text)
                with self.assertRaisesRegex(UserError, "not decided"):
                    merge.action_merge()
                merge.conflict_ids.write({"verdict": verdict})
                merge.action_merge()
                self.env.invalidate_all()
                self.assertEqual([one.partner_id for one in banks], owners)
                merge.action_unmerge()
                self.assertEqual(merge.state, "unmerged", merge.undo_text)
                self.assertSamePicture(before, self.picture())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_constraint_nobody_told_us_about_is_found(self):
        """A table made this minute: unique, partial, checked and exclusive constraints."""
        self.env.cr.execute(
            SQL("""
            CREATE TABLE x_merge_probe (
                id serial PRIMARY KEY, code text, day daterange, rank int,
                partner_id int REFERENCES res_partner,
                other_id int REFERENCES res_partner,
                CONSTRAINT x_merge_probe_two CHECK (partner_id <> other_id),
                CONSTRAINT x_merge_probe_day EXCLUDE USING gist (partner_id WITH =, day WITH &&)
            );
            CREATE UNIQUE INDEX x_merge_probe_code
                ON x_merge_probe (lower(code), partner_id) WHERE rank > 0;
        """)
        )
        keep, twin = self.keep.id, self.twin.id
        for row in (
            ("A", "[2026-01-01,2026-02-01)", 1, keep, None),
            ("a", "[2026-03-01,2026-04-01)", 1, twin, None),  # collides by code
            ("a", "[2026-05-01,2026-06-01)", 0, twin, None),  # not in the index
            ("b", "[2026-01-15,2026-01-20)", 1, twin, None),  # collides by day
            ("c", None, 1, twin, keep),  # would name one customer twice
            ("d", None, 1, twin, None),
        ):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO x_merge_probe (code, day, rank, partner_id, other_id)"
                    " VALUES %s",
                    row,
                )
            )
        merge = self.merge()
        found = sorted(merge.conflict_ids.mapped("constraint_name"))
        self.assertEqual(
            found, ["x_merge_probe_code", "x_merge_probe_day", "x_merge_probe_two"]
        )
        for conflict in merge.conflict_ids:
            conflict.verdict = "stay" if conflict.kind == "check" else "a"
        before = self.picture(["x_merge_probe"])
        merge.action_merge()
        self.env.cr.execute("SELECT id, partner_id FROM x_merge_probe ORDER BY id")
        self.assertEqual(
            [partner for _id, partner in self.env.cr.fetchall()],
            [keep, twin, keep, twin, twin, keep],
        )
        merge.action_unmerge()
        self.assertSamePicture(before, self.picture(["x_merge_probe"]))

    def test_followers_and_tags_both_have_are_no_conflict(self):
        tag = self.env["res.partner.category"].create({"name": "Both"})
        (self.keep | self.twin).category_id = tag
        invoice = self.invoice(self.keep)
        invoice.message_subscribe((self.keep | self.twin).ids)
        before = self.picture()
        merge = self.merged()
        self.assertFalse(merge.conflict_ids)
        self.assertNothingLost(before, self.picture())
        self.assertEqual(self.keep.category_id, tag)
        merge.action_unmerge()
        self.assertSamePicture(before, self.picture())

    # -- what is refused ------------------------------------------------------------------

    def assertStops(self, merge, text):
        self.assertIn(text, merge.stop_text or "")
        with self.assertRaises(UserError):
            merge.action_merge()

    def test_secured_entries_stop_the_merge(self):
        invoice = self.invoice(self.twin)
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET inalterable_hash = 'x' WHERE id = %s",
                invoice.id,
            )
        )
        self.env.invalidate_all()
        merge = self.merge()
        self.assertStops(merge, "secured with a hash")
        # the other way round it works: the secured entries keep their name
        merge.action_swap()
        self.assertFalse(merge.stop_text)
        self.assertEqual(merge.survivor_id, self.twin)
        merge.action_merge()
        self.assertFalse(self.keep.active)

    def test_family_colleagues_and_other_companies_stop_it(self):
        child = self.env["res.partner"].create(
            {"name": "Bob", "parent_id": self.keep.id}
        )
        self.assertStops(self.merge(self.keep, child), "own contacts")
        colleague = new_test_user(self.env, "ar_merge_colleague", "base.group_user")
        self.assertStops(self.merge(self.keep, colleague.partner_id), "colleague")
        foreign = self.new_customer("Ada B.V.", company_id=False)
        self.assertStops(self.merge(self.keep, foreign), "another company")
        self.assertFalse(self.merge(foreign, self.keep).stop_text)

    def test_contacts_of_one_customer_are_merged(self):
        first, second = self.env["res.partner"].create(
            [
                {"name": "Bob", "parent_id": self.keep.id, "phone": "1"},
                {"name": "Bob B.", "parent_id": self.keep.id, "email": "b@ada.example"},
            ]
        )
        merge = self.merged(first, second)
        self.assertEqual(first.email, "b@ada.example")
        self.assertEqual(first.commercial_partner_id, self.keep)
        merge.action_unmerge()
        self.assertFalse(first.email)
        other = self.env["res.partner"].create({"name": "B", "parent_id": self.twin.id})
        self.assertStops(self.merge(first, other), "within one customer")

    def test_documents_of_a_company_one_does_not_work_in(self):
        keep, twin = (
            self.new_customer("S", company_id=False),
            self.new_customer("T", company_id=False),
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["ar.statement.exclusion"].sudo().create(
            {"partner_id": twin.id, "company_id": other.id, "reason": "far away"}
        )
        self.assertStops(self.merge(keep, twin), "company you do not")
        self.clerk.company_ids |= other
        self.assertFalse(self.merge(keep, twin).stop_text)

    def test_a_customer_is_merged_once(self):
        self.merged()
        third = self.new_customer("Third")
        self.assertStops(self.merge(third, self.twin), "already")
        # the survivor may go on into another one, and the pointer leads there step by step
        self.merged(third, self.keep)
        self.assertEqual(self.keep.ar_merged_into_id, third)
        self.assertEqual(
            third._ar_merged_ids(), sorted((self.keep | self.twin | third).ids)
        )

    def test_a_person_is_all_of_his_cards(self):
        """Who asks for his data, or to be forgotten, asks for the merged cards, too."""
        sweep = self.env["customer.privacy.sweep"]
        self.assertNotIn(self.twin.id, sweep._persons(self.keep)["res.partner"])
        merge = self.merged()
        self.assertIn(self.twin.id, sweep._persons(self.keep)["res.partner"])
        # what was forgotten is not brought back
        merge.sudo().change_ids._ar_privacy_redact(merge.change_ids.ids, None, "")
        merge.action_unmerge()
        self.assertEqual(self.keep.email, "ap@ada.example")

    def test_core_does_not_merge_what_can_be_undone(self):
        self.merged()
        third = self.new_customer("Third")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for partner in (self.keep, self.twin):
            with self.assertRaisesRegex(UserError, "can be undone"):
                wizard._merge((partner | third).ids, third)

    # -- logins ---------------------------------------------------------------------------

    def test_a_portal_login_is_decided_by_who_may(self):
        portal = new_test_user(self.env, "ar_merge_portal", "base.group_portal")
        portal.partner_id.write({"company_id": self.company.id, "is_company": True})
        merge = self.merge(self.keep, portal.partner_id)
        self.assertEqual(merge.conflict_ids.kind, "login")
        with self.assertRaisesRegex(UserError, "not decided"):
            merge.action_merge()
        # a login that changes its customer is a matter of access rights
        with self.assertRaises(AccessError):
            merge.conflict_ids.action_transfer()
        merge.conflict_ids.action_switch_off()
        merge.action_merge()
        self.env.invalidate_all()
        self.assertFalse(portal.active)
        self.assertNotEqual(portal.partner_id, self.keep)
        merge.action_unmerge()
        self.assertTrue(portal.active)

    def test_a_login_moves_if_an_administrator_says_so(self):
        portal = new_test_user(self.env, "ar_merge_portal", "base.group_portal")
        portal.partner_id.write({"company_id": self.company.id, "is_company": True})
        merge = self.merge(self.keep, portal.partner_id)
        self.clerk.group_ids |= self.env.ref("base.group_erp_manager")
        merge.conflict_ids.action_transfer()
        merge.action_merge()
        self.env.invalidate_all()
        self.assertEqual((portal.partner_id, portal.active), (self.keep, True))
        merge.action_unmerge()
        self.env.invalidate_all()
        self.assertNotEqual(portal.partner_id, self.keep)

    # -- who may --------------------------------------------------------------------------

    def test_four_eyes(self):
        self.company.ar_merge_approval = True
        self.invoice(self.twin)
        merge = self.merge()
        with self.assertRaisesRegex(UserError, "approval"):
            merge.action_merge()
        merge.action_request()
        with self.assertRaises(AccessError):
            merge.action_approve()
        for call in (
            merge.field_ids[:1].action_switch,
            lambda: merge.write({"reason": "another one"}),
        ):
            with self.assertRaises(UserError):
                call()
        merge.with_user(self.reviewer).action_approve()
        self.assertEqual((merge.state, merge.checker_id), ("approved", self.reviewer))
        merge.action_merge()
        self.assertEqual(merge.state, "merged")

    def test_what_changed_after_the_approval_is_not_merged(self):
        self.company.ar_merge_approval = True
        merge = self.merge()
        merge.action_request()
        merge.with_user(self.reviewer).action_approve()
        self.invoice(self.twin)
        with self.assertRaisesRegex(UserError, "changed since"):
            merge.action_merge()

    def test_guarded_accounts_need_a_second_person(self):
        self.env.ref(
            "customer_ar_suite.customer_change_policy_bank_accounts"
        ).active = True
        self.env["res.partner.bank"].create(
            {"partner_id": self.twin.id, "acc_number": "NL00TEST1"}
        )
        merge = self.merge()
        self.assertTrue(merge.is_approval_needed)
        with self.assertRaisesRegex(UserError, "approval"):
            merge.action_merge()

    def test_a_guarded_value_becomes_a_change_request(self):
        self.twin.vat = "OLD1"
        self.env.ref("customer_ar_suite.customer_change_policy_tax_id").active = True
        merge = self.merged()
        self.assertFalse(self.keep.vat)
        request = self.env["customer.change.request"].search(
            [("partner_id", "=", self.keep.id)]
        )
        self.assertEqual(request.state, "pending")
        self.assertEqual(merge.state, "merged")

    def test_nobody_writes_by_hand(self):
        merge = self.merged()
        merge_as = {one: merge.with_user(one) for one in (self.clerk, self.reviewer)}
        for user, record in merge_as.items():
            with self.subTest(user.login), self.assertRaises(AccessError):
                record.write({"state": "draft"})
        for call in (
            lambda: merge.sudo().write({"state": "draft"}),
            lambda: merge.sudo().member_ids.write({"is_in_force": False}),
            lambda: merge.sudo().change_ids.write({"state": "restored"}),
            lambda: merge.sudo().table_ids.write({"row_count": 0}),
            lambda: merge.sudo().unlink(),
            lambda: self.env["customer.merge"].create([{"state": "merged"}]),
        ):
            with self.assertRaises(AccessError):
                call()
        employee = new_test_user(self.env, "ar_merge_employee", "base.group_user")
        for call in (
            lambda: self.keep.with_user(employee).action_ar_merge(),
            lambda: merge.with_user(self.reviewer).action_unmerge(),
            lambda: merge.with_user(employee).action_unmerge(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_the_pre_image_is_read_by_nobody(self):
        merge = self.merged()
        auditor = self.account("auditor", f"{PREFIX}auditor")
        rows = merge.with_user(auditor).change_ids
        self.assertTrue(rows)
        for name in ("before", "after", "res_key", "digest"):
            with self.assertRaises(AccessError):
                rows.read([name])

    def test_merge_from_the_list(self):
        partners = (self.keep | self.twin).with_user(self.clerk)
        self.invoice(self.twin)
        action = partners.action_ar_merge()
        merge = self.env["customer.merge"].browse(action["res_id"])
        self.assertEqual(merge.survivor_id, self.twin)  # who has the documents stays
        self.assertEqual(merge.state, "checked")
        self.assertEqual(merge.responsible_id, self.clerk)

    def test_statements_do_not_grow_with_rows(self):
        """Twelve invoices cost as many statements as two, there and back."""
        counts = {}
        for many in (1, 2, 12):  # the first one finds caches the others empty
            keep, twin = self.new_customer(f"K{many}"), self.new_customer(f"T{many}")
            self.invoice(twin, number=many)
            merge = self.merge(keep, twin)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            merge.action_merge()
            between = self.env.cr.sql_log_count
            merge.action_unmerge()
            counts[many] = (between - before, self.env.cr.sql_log_count - between)
        self.assertEqual(counts[2], counts[12])

    # -- categories -----------------------------------------------------------------------

    def test_categories_of_the_same_days_are_a_conflict(self):
        dimension = self.env["customer.dimension"].create({"name": "M", "code": "mrg"})
        self.addCleanup(self.registry.reset_changes)
        red, blue = self.env["customer.category"].create(
            [{"name": one, "dimension_id": dimension.id} for one in ("Red", "Blue")]
        )
        assign = self.env["customer.category.assignment"]._assign
        assign({self.keep.id: red.id}, dimension, "rule", JUNE)
        assign({self.twin.id: blue.id}, dimension, "rule", MAY)
        before = self.picture()
        merge = self.merge()
        self.assertEqual(merge.conflict_ids.table_name, "customer_category_assignment")
        merge.conflict_ids.action_keep_second()
        merge.action_merge()
        self.env.invalidate_all()
        column = dimension._column_name()
        self.assertEqual((self.keep[column], self.twin[column]), (blue, red))
        merge.action_unmerge()
        self.assertSamePicture(before, self.picture())


@tagged("post_install", "-at_install")
class TestMergeCoreWizard(MergeCase):
    def wizard(self):
        return (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_ids": [Command.set((self.keep | self.twin).ids)],
                    "dst_partner_id": self.keep.id,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.twin.email = False
        self.invoice(self.twin)

    def test_untouched_until_somebody_wants_it(self):
        self.wizard().action_merge()
        self.assertFalse(self.twin.exists())

    def test_routed(self):
        self.company.ar_merge_core = "route"
        action = self.wizard().action_merge()
        self.assertEqual(action["res_model"], "customer.merge")
        merge = self.env["customer.merge"].browse(action["res_id"])
        self.assertEqual(merge._cluster(), self.keep | self.twin)
        self.assertTrue(self.twin.exists().active)

    def test_refused_by_every_way(self):
        self.company.ar_merge_core = "refuse"
        wizard = self.wizard()
        for call in (
            wizard.action_merge,
            lambda: wizard._merge((self.keep | self.twin).ids, self.keep),
        ):
            with self.assertRaises(Exception) as caught:
                call()
            self.assertIn("cannot be undone", str(caught.exception))
        self.assertTrue(self.twin.exists())

    def test_contacts_without_receivables_are_none_of_our_business(self):
        self.company.ar_merge_core = "refuse"
        one, two = self.new_customer("X"), self.new_customer("Y")
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).ids, one)
        self.assertFalse(two.exists())
