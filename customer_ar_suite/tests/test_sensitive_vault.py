from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..engine import vault
from .common_vault import IDENTITY, NOTE, VaultCase, key

UNAVAILABLE = "Unavailable: the key is missing"


@tagged("post_install", "-at_install")
class TestVault(VaultCase):
    """T-EN: values unreadable in the database, keys outside it, nothing lost by their lack."""

    # -- at rest --------------------------------------------------------------------------

    def test_nothing_readable_is_left_in_the_database(self):
        # given everything a user can do with a confidential value
        editor = self.user_with("customer_clerk", "customer_reviewer")
        Partner = self.env["res.partner"].with_user(editor)
        last = self.env["ir.attachment"].sudo().search([], order="id desc", limit=1).id
        person = self.confidential(email="ana@example.com")
        self.env.flush_all()
        mine = person.with_user(editor)
        mine._ar_unmask("contract of guarantee")
        with Form(mine) as form:
            self.assertEqual(form.ar_identity_number, IDENTITY)
            form.ar_private_note = NOTE + " twice"
        mine.read(["ar_identity_number", "ar_private_note"])
        mine.message_post(body="read the file")
        Partner.search([("ar_identity_number", "=", IDENTITY)])
        person.copy()
        self.env["ir.exports"].create({"name": "x", "resource": "res.partner"})
        person.export_data(["name", "ar_identity_number"])
        with self.keys(("second", 2), ("first", 1)):
            self.env["customer.vault.rotation"].with_user(self.admin)._rotate()
        # then no table holds it, as text, as json or as bytes, and no file written since
        self.assertEqual(self.tables_with(IDENTITY, NOTE), set())
        for file in self.env["ir.attachment"].sudo().search([("id", ">", last)]):
            self.assertNotIn(IDENTITY.encode(), file.raw or b"")
        # and the search can find what is there, so that the look above can fail
        self.assertIn("res_partner", self.tables_with("ana@example.com"))

    def test_value_comes_back_after_the_cache_is_gone(self):
        person = self.confidential()
        self.env.invalidate_all()
        self.assertEqual(person.ar_identity_number, IDENTITY)
        self.assertEqual(person.ar_private_note, NOTE)
        person.ar_identity_number = "OTHER-1"
        self.env.invalidate_all()
        self.assertEqual(person.ar_identity_number, "OTHER-1")
        person.ar_identity_number = False
        self.env.invalidate_all()
        self.assertFalse(person.ar_identity_number)
        self.assertFalse(
            self.entries.search(
                [("res_id", "=", person.id), ("field", "=", "ar_identity_number")]
            )
        )

    def test_many_values_in_few_statements(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "ar_identity_number": f"ID-{n:05}"} for n in range(50)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        # the user and his rights; the companies of all, the values of all
        with self.assertQueryCount(4):
            self.assertEqual(people[49].ar_identity_number, "ID-00049")
            self.assertEqual(people.mapped("ar_identity_number")[7], "ID-00007")

    def test_a_copy_has_no_confidential_values(self):
        self.assertFalse(self.confidential().copy().ar_identity_number)

    def test_deleting_a_contact_deletes_what_was_sealed(self):
        person = self.confidential()
        id_ = person.id
        person.unlink()
        self.assertFalse(self.entries.search([("res_id", "=", id_)]))

    def test_erasure_works_without_the_key(self):
        person = self.confidential()
        with self.keys():
            person._ar_erase()
        self.assertFalse(person.ar_identity_number)
        self.assertFalse(person.ar_private_note)

    # -- moved and changed ----------------------------------------------------------------

    def test_a_token_opens_for_its_own_record_and_field_only(self):
        ana, bob = self.confidential(), self.confidential("Bob")
        bob.ar_identity_number = "BOB-0001"
        self.env.flush_all()
        moved = {
            "other record": (self.token(bob), "ar_identity_number"),
            "other field": (self.token(ana, "ar_private_note"), "ar_identity_number"),
        }
        for what, (token, name) in moved.items():
            with self.subTest(what):
                self.overwrite(ana, token, name)
                self.assertEqual(ana[name], UNAVAILABLE)
        self.assertEqual(bob.ar_identity_number, "BOB-0001")

    def test_a_token_opens_for_its_own_company_only(self):
        ana = self.confidential(company_id=self.company.id)
        other = self.env["res.company"].create({"name": "Other House"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s", [other.id, ana.id]
        )
        self.env.invalidate_all()
        self.assertEqual(ana.ar_identity_number, UNAVAILABLE)
        # whereas a change through Odoo takes the value along
        bob = self.confidential("Bob", company_id=self.company.id)
        bob.company_id = other
        self.env.invalidate_all()
        self.assertEqual(bob.ar_identity_number, IDENTITY)

    def test_flipped_bits_are_refused_and_not_overwritten(self):
        ana = self.confidential()
        self.env.flush_all()
        token = self.token(ana)
        for at in range(0, len(token), 7):
            flipped = token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :]
            self.overwrite(ana, flipped)
            self.assertEqual(ana.ar_identity_number, UNAVAILABLE, flipped)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                ana.ar_identity_number = "NEW-1"
            self.env.invalidate_all()
            self.assertEqual(self.token(ana), flipped)
        self.overwrite(ana, token)
        self.assertEqual(ana.ar_identity_number, IDENTITY)

    # -- keys -----------------------------------------------------------------------------

    def check_kept(self, person, *pairs, message):
        """Unreadable, said why, writes refused, nothing lost."""
        token = self.token(person)
        with self.keys(*pairs):
            mine = person.with_user(self.reviewer)
            self.assertEqual(mine.ar_identity_number, UNAVAILABLE)
            self.assertIn(message, mine.ar_vault_trouble)
            for value in ("NEW-1", False, UNAVAILABLE):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    person.ar_identity_number = value
                self.env.invalidate_all()
            # what is not confidential works as ever
            person.write({"name": "Ana Renamed"})
            with self.assertRaises(UserError):
                self.entries._open_all(person)
        self.assertEqual(self.token(person), token)
        self.assertEqual(person.ar_identity_number, IDENTITY)

    def test_without_key(self):
        person = self.confidential()
        self.env.flush_all()
        self.check_kept(person, message="no encryption key")
        with self.keys(), self.assertRaises(UserError):
            self.confidential("Bob")

    def test_with_another_key(self):
        person = self.confidential()
        self.env.flush_all()
        self.check_kept(person, ("other", 9), message="first")

    def test_with_another_secret_under_the_same_name(self):
        person = self.confidential()
        self.env.flush_all()
        with self.keys(("first", 9)):
            self.assertEqual(person.ar_identity_number, UNAVAILABLE)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                person.ar_identity_number = "NEW-1"
        self.assertEqual(person.ar_identity_number, IDENTITY)

    def test_keys_that_cannot_be_read(self):
        person = self.confidential()
        self.env.flush_all()
        with patch.dict("os.environ", {"CUSTOMER_AR_VAULT_KEYS": "first:secret-typo"}):
            self.env.invalidate_all()
            self.assertEqual(person.ar_identity_number, UNAVAILABLE)
            trouble = self.env["customer.vault"]._trouble()
        self.assertIn("entry 1", trouble)
        self.assertNotIn("secret-typo", trouble)

    def test_without_the_library(self):
        person = self.confidential()
        self.env.flush_all()
        with patch.object(vault, "AESGCM", None):
            self.env.invalidate_all()
            self.assertEqual(person.ar_identity_number, UNAVAILABLE)
            self.assertIn("cryptography", self.env["customer.vault"]._trouble())
        self.env.invalidate_all()
        self.assertEqual(person.ar_identity_number, IDENTITY)

    def test_the_option_of_the_configuration_file_serves_as_well(self):
        from odoo.tools import config

        with (
            patch.dict("os.environ", {"CUSTOMER_AR_VAULT_KEYS": ""}),
            patch.dict(
                config.options.maps[0], {"customer_ar_vault_keys": key("file", 5)}
            ),
        ):
            self.assertEqual(self.env["customer.vault"]._keyring().names(), ("file",))

    # -- rotation -------------------------------------------------------------------------

    def counts(self):
        return dict(
            self.entries._read_group(
                [("is_sealed", "=", True)], ["key_name"], ["__count"]
            )
        )

    def test_rotation_leaves_nothing_under_the_old_key(self):
        people = [self.confidential(f"P{n}") for n in range(5)]
        before = self.counts()["first"]
        with self.keys(("second", 2), ("first", 1)):
            run = self.env["customer.vault.rotation"].with_user(self.admin)._rotate()
            self.assertEqual(run.run_state, "done")
            self.assertEqual((run.done_count, run.error_count), (before, 0))
            self.assertEqual(self.counts(), {"second": before})
            # once more is nothing to do
            again = self.env["customer.vault.rotation"].with_user(self.admin)._rotate()
            self.assertEqual(again.total_count, 0)
        # then the old key may be removed, and search finds by the new one
        with self.keys(("second", 2)):
            for person in people:
                self.assertEqual(person.ar_identity_number, IDENTITY)
            found = self.env["res.partner"].search(
                [("ar_identity_number", "=", IDENTITY)]
            )
            self.assertEqual(
                set(found.ids) & {p.id for p in people}, {p.id for p in people}
            )

    def test_interrupted_rotation_reads_on_and_is_resumed(self):
        people = [self.confidential(f"P{n}") for n in range(6)]
        total = self.counts()["first"]
        Rotation = type(self.env["customer.vault.rotation"])
        with self.keys(("second", 2), ("first", 1)):
            # given a run whose worker is killed after the first chunk of four
            with (
                patch.object(Rotation, "_run_interactive_limit", 0),
                patch.object(Rotation, "_run_chunk_size", 4),
            ):
                run = (
                    self.env["customer.vault.rotation"].with_user(self.admin)._rotate()
                )
                self.assertEqual(run._work_off_chunk(), 4)
                self.env.invalidate_all()
                # then every value is readable, some by the old key, some by the new
                self.assertEqual(self.counts(), {"second": 4, "first": total - 4})
                for person in people:
                    self.assertEqual(person.ar_identity_number, IDENTITY)
                found = self.env["res.partner"].search(
                    [("ar_identity_number", "=", IDENTITY)]
                )
                self.assertGreaterEqual(len(found), 6)
                # and a value written meanwhile is not lost
                people[5].ar_identity_number = "CHANGED-9"
                self.env.flush_all()
                while run._work_off_chunk() is not None:
                    pass
            self.assertEqual(run.run_state, "done")
            self.assertEqual(self.counts(), {"second": total})
            self.env.invalidate_all()
            self.assertEqual(people[5].ar_identity_number, "CHANGED-9")
            self.assertEqual(people[0].ar_identity_number, IDENTITY)

    def test_rotation_sets_aside_what_it_cannot_open(self):
        good, bad = self.confidential(), self.confidential("Bob")
        self.env.flush_all()
        token = self.token(bad)
        self.overwrite(bad, "v1.first." + "A" * 60)
        with self.keys(("second", 2), ("first", 1)):
            with mute_logger("odoo.addons.customer_ar_suite.models.ar_run_mixin"):
                run = (
                    self.env["customer.vault.rotation"].with_user(self.admin)._rotate()
                )
            self.assertEqual(run.error_count, 1)
            self.assertEqual(good.ar_identity_number, IDENTITY)
            # put right, the same run takes it up again
            self.overwrite(bad, token)
            run.action_resume_run()
            self.env.invalidate_all()
            self.assertEqual(run.error_count, 0)
            self.assertEqual(bad.ar_identity_number, IDENTITY)

    def test_page_of_keys_says_which_may_be_removed(self):
        self.confidential()
        self.env.flush_all()

        def states():
            status = self.env["customer.vault.status"].with_user(self.admin)
            page = status.browse(status.action_open()["res_id"])
            return page, {line.name: line.state for line in page.line_ids}

        with self.keys(("second", 2), ("first", 1)):
            page, found = states()
            self.assertEqual(found, {"second": "current", "first": "needed"})
            self.assertTrue(page.old_count)
            page.action_rotate()
            page, found = states()
            self.assertEqual(found, {"second": "current", "first": "removable"})
            self.assertFalse(page.old_count)
        with self.keys(("third", 3)):
            page, found = states()
            self.assertEqual(found, {"third": "current", "second": "missing"})
            self.assertTrue(page.has_missing)
        with self.keys():
            page, found = states()
            self.assertIn("no encryption key", page.trouble)
            self.assertEqual(found, {"second": "missing"})

    def test_only_administrators_rotate(self):
        for user in (self.reviewer, self.clerk, self.user_with("auditor")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["customer.vault.rotation"].with_user(user)._rotate()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["customer.vault.status"].with_user(user).action_open()

    def test_nobody_reads_or_writes_tokens(self):
        self.confidential()
        for user in (self.admin, self.user_with("auditor")):
            entries = self.entries.with_user(user)
            found = entries.search([("is_sealed", "=", True)], limit=1)
            self.assertTrue(found)
            for name in ("token", "digest"):
                self.assertNotIn(name, entries.fields_get())
                with self.assertRaises(AccessError):
                    found.read([name])
                with self.assertRaises(AccessError):
                    entries.search([(name, "=like", "a%")])
            with self.assertRaises(AccessError):
                found.write({"field": "name"})

    # -- merge ----------------------------------------------------------------------------

    def merge(self, target, *sources):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((target | self.env["res.partner"].union(*sources)).ids, target)

    def test_merged_contacts_keep_their_values(self):
        target, source = self.person(), self.confidential("Ana Persson")
        self.merge(target, source)
        self.env.invalidate_all()
        self.assertEqual(target.ar_identity_number, IDENTITY)
        self.assertEqual(target.ar_private_note, NOTE)

    def test_merge_joins_notes_and_refuses_two_numbers(self):
        target, source = self.confidential(), self.confidential("Ana Persson")
        source.ar_private_note = "second remark"
        self.merge(target, source)
        self.env.invalidate_all()
        self.assertEqual(target.ar_private_note, f"{NOTE}\nsecond remark")
        other = self.person("Ana P", ar_identity_number="ANOTHER-77")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.merge(target, other)
        self.env.invalidate_all()
        self.assertEqual(target.ar_identity_number, IDENTITY)
        self.assertEqual(other.ar_identity_number, "ANOTHER-77")

    # -- who sees what --------------------------------------------------------------------

    def test_employee_without_a_role_does_not_know_the_fields(self):
        person = self.confidential()
        employee = new_test_user(self.env, "vault_employee", "base.group_user")
        mine = person.with_user(employee)
        self.assertNotIn("ar_identity_number", mine.fields_get())
        with self.assertRaises(AccessError):
            mine.read(["ar_identity_number"])
        with self.assertRaises(AccessError):
            mine.search([("ar_identity_number", "=", IDENTITY)])

    def test_encrypted_values_are_masked_whether_masks_are_on_or_off(self):
        person = self.confidential()
        for user in (self.reviewer, self.clerk, self.collector, self.admin):
            mine = person.with_user(user)
            self.assertEqual(mine.ar_identity_number, "****0815")
            self.assertEqual(mine.ar_private_note, "****")

    def test_exact_search_is_for_those_who_may_unmask(self):
        person = self.confidential()
        Partner = self.env["res.partner"]
        found = Partner.with_user(self.reviewer).search(
            [("ar_identity_number", "=", " idcanary-4711 xyz 0815")]
        )
        self.assertEqual(found, person)
        for operator, value in (("=like", "ID%"), ("ilike", "canary"), (">", "A")):
            with self.subTest(operator), self.assertRaises(UserError):
                Partner.with_user(self.reviewer).search(
                    [("ar_identity_number", operator, value)]
                )
        with self.assertRaises(AccessError):
            Partner.with_user(self.clerk).search(
                [("ar_identity_number", "=", IDENTITY)]
            )
        # whether there is one is no secret
        filled = Partner.with_user(self.clerk).search(
            [("ar_identity_number", "!=", False), ("id", "=", person.id)]
        )
        self.assertEqual(filled, person)
