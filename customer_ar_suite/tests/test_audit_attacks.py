"""What the superuser of the database does to the log, and what the checker says to it."""

import hashlib
import hmac
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_audit import AuditCase


@tagged("post_install", "-at_install")
class TestAuditAttacks(AuditCase):
    """Three seals of entries; then somebody with all rights in the database comes."""

    def setUp(self):
        super().setUp()
        self.seal()  # what was there before
        self.start = self.mark()
        for turn in range(3):
            for customer in self.customers(*(f"Customer {turn}{n}" for n in range(4))):
                customer.email = f"{customer.id}@example.com"
                self.env.flush_all()
            self.assertEqual(self.seal(), 8)
        self.ids = self.since(self.start).ids
        self.assertEqual(len(self.ids), 24)
        self.third = self.ids[2]
        (self.last_seal, self.last_seq) = (self.head()["seal"], self.head()["seq"])

    def test_nothing_happened(self):
        self.assert_intact([self.head()])

    def test_01_edit_who(self):
        self.attack(
            f"UPDATE customer_audit_entry SET user_id = 2 WHERE id = {self.third}"
        )
        self.assert_named([self.third])

    def test_02_edit_what(self):
        self.attack(
            "UPDATE customer_audit_entry SET payload = jsonb_set(payload, '{email}', "
            f"'[null, \"x@evil.example\"]') WHERE id = {self.ids[1]}"
        )
        self.assert_named([self.ids[1]])

    def test_03_edit_when(self):
        self.attack(
            "UPDATE customer_audit_entry SET at = at - interval '1 microsecond'"
            f" WHERE id = {self.third}"
        )
        self.assert_named([self.third])

    def test_04_delete_in_the_middle(self):
        self.attack(f"DELETE FROM customer_audit_entry WHERE id = {self.third}")
        self.assert_named([self.third])

    def test_05_delete_with_its_link(self):
        self.attack(
            f"DELETE FROM customer_audit_entry WHERE id = {self.third}",
            f"DELETE FROM customer_audit_link WHERE entry_ref = {self.third}",
        )
        # the gap is named by its position; what follows hangs on nothing
        text = self.assert_named([self.ids[3]])
        position = self.last_seq - 24 + 3
        self.assertIn(f"position {position}", text)

    def test_06_insert_in_the_middle(self):
        number = self.start - 1_000_000
        self.attack(
            "INSERT INTO customer_audit_entry (id, at, user_id, event, model, res_id, origin,"
            f" payload, xid) SELECT {number}, at, user_id, event, model, res_id, origin,"
            f" payload, 7 FROM customer_audit_entry WHERE id = {self.third}"
        )
        self.assert_named([number])
        # and when the next day's sealer, which looks at everything, has sealed it
        seals = self.env["customer.audit.seal"]
        yesterday = (*seals._last()[:5], None)
        with patch.object(type(seals), "_last", lambda seals: yesterday):
            self.assertEqual(seals._seal_batch(), 1)
        self.assert_named([number])

    def test_07_insert_dated_back(self):
        # given an entry of now with the time of last month
        (number,) = self.sql("SELECT nextval('customer_audit_entry_id_seq')::int")[0]
        self.attack(
            "INSERT INTO customer_audit_entry (id, at, user_id, event, model, res_id)"
            f" VALUES ({number}, now() - interval '30 days', 2, 'record.write',"
            " 'res.partner', 1)"
        )
        self.assert_named([number])
        self.seal()
        self.assert_named([number])

    def test_08_swap_two_entries(self):
        one, other = self.ids[2], self.ids[5]
        self.attack(
            f"UPDATE customer_audit_entry SET id = -1 WHERE id = {one}",
            f"UPDATE customer_audit_entry SET id = {one} WHERE id = {other}",
            f"UPDATE customer_audit_entry SET id = {other} WHERE id = -1",
        )
        self.assert_named([one, other])

    def test_09_reorder_the_chain(self):
        one, other = self.last_seq - 20, self.last_seq - 19
        self.attack(
            f"UPDATE customer_audit_link SET id = -1 WHERE id = {one}",
            f"UPDATE customer_audit_link SET id = {one} WHERE id = {other}",
            f"UPDATE customer_audit_link SET id = {other} WHERE id = -1",
        )
        # the two that were moved, and the one that follows them
        self.assert_named(self.ids[3:6])

    def test_10_cut_the_end_off(self):
        head = self.head()
        self.attack(
            f"DELETE FROM customer_audit_entry WHERE id > {self.ids[15]}",
            f"DELETE FROM customer_audit_link WHERE seal_id = {self.last_seal}",
            f"DELETE FROM customer_audit_seal WHERE id = {self.last_seal}",
        )
        self.assert_named(seals=[self.last_seal], heads=[head])

    def test_11_cut_the_end_but_for_the_seal(self):
        self.attack(
            f"DELETE FROM customer_audit_entry WHERE id = {self.ids[-1]}",
            f"DELETE FROM customer_audit_link WHERE entry_ref = {self.ids[-1]}",
        )
        text = self.assert_named(seals=[self.last_seal])
        self.assertIn(f"position {self.last_seq}", text)

    def test_12_chain_again_without_the_key(self):
        """As one would who knows the way marks are made, but not the secret."""
        fake = hmac.new(b"guess", b"", hashlib.sha256).hexdigest()
        self.attack(
            f"UPDATE customer_audit_entry SET user_id = 2 WHERE id = {self.ids[-2]}",
            f"UPDATE customer_audit_link SET mark = '{fake}'"
            f" WHERE entry_ref >= {self.ids[-2]}",
            f"UPDATE customer_audit_seal SET mark_of_last = '{fake}', mark = '{fake}'"
            f" WHERE id = {self.last_seal}",
        )
        self.assert_named(self.ids[-2:], [self.last_seal])

    def test_13_restore_an_old_backup(self):
        """The log goes back a seal and on from there, all marks made by the server."""
        head = self.head()
        self.attack(
            f"DELETE FROM customer_audit_entry WHERE id > {self.ids[15]}",
            f"DELETE FROM customer_audit_link WHERE seal_id = {self.last_seal}",
            f"DELETE FROM customer_audit_seal WHERE id = {self.last_seal}",
        )
        self.customers("Another World")
        self.seal()
        self.assert_intact()
        self.assert_named(seals=[self.last_seal], heads=[head])

    def test_14_change_the_key(self):
        self.attack(
            f"UPDATE customer_audit_link SET key_ref = 'mine' WHERE entry_ref = {self.third}"
        )
        self.assert_named([self.third])

    def test_15_edit_a_seal(self):
        for column, value in (
            ("at", "at - interval '1 hour'"),
            ("horizon", "horizon - 1"),
            ("first_seq", "first_seq - 1"),
            ("mark", "md5('x')"),
            ("previous", "md5('x')"),
        ):
            with self.subTest(column):
                savepoint = self.env.cr.savepoint()
                self.attack(
                    f"UPDATE customer_audit_seal SET {column} = {value}"
                    f" WHERE id = {self.last_seal - 1}"
                )
                self.assert_named(seals=[self.last_seal - 1])
                savepoint.close()

    def test_16_take_a_seal_out(self):
        self.attack(f"DELETE FROM customer_audit_seal WHERE id = {self.last_seal - 1}")
        self.assert_named(seals=[self.last_seal - 1])

    def test_17_unseal(self):
        self.attack(f"DELETE FROM customer_audit_link WHERE entry_ref = {self.third}")
        # here it is the gap; in a log of many transactions the entry is named, too
        text = self.assert_named([self.ids[3]])
        self.assertIn(f"position {self.last_seq - 24 + 3}", text)

    def test_18_erase_without_a_record(self):
        self.sql(
            "UPDATE customer_audit_entry SET payload = NULL, salt = NULL WHERE id = %s",
            self.third,
        )
        self.assert_named([self.third])

    def test_19_forge_an_erasure_for_others(self):
        """An erasure on record names its entries; others cannot hide behind it."""
        erased = self.env["customer.audit.entry"]._ar_erase(
            [("id", "=", self.ids[0])], "test"
        )
        self.assertEqual(erased, 1)
        self.seal()
        self.assert_intact()
        self.test_18_erase_without_a_record()

    # -- doors that stay shut with the triggers on -----------------------------------------

    def test_database_refuses(self):
        for table in (
            "customer_audit_entry",
            "customer_audit_link",
            "customer_audit_seal",
        ):
            for statement in (
                f"UPDATE {table} SET id = id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with (
                    self.subTest(statement),
                    mute_logger("odoo.sql_db"),
                    self.assertRaisesRegex(psycopg2.Error, "append-only"),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(statement)
        for change in (
            "payload = '{}'", "payload = NULL", "salt = NULL",
            "payload = NULL, salt = NULL, user_id = 2",
        ):  # fmt: skip
            with (
                self.subTest(change),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    f"UPDATE customer_audit_entry SET {change} WHERE id = {self.third}"
                )

    def test_orm_refuses(self):
        for model in (
            "customer.audit.entry",
            "customer.audit.seal",
            "customer.audit.link",
        ):
            record = self.env[model].sudo().search([], limit=1)
            with self.subTest(model):
                with self.assertRaises(UserError):
                    record.write({"id": 1})
                with self.assertRaises(UserError):
                    record.unlink()
                for role in ("auditor", "administrator"):
                    user = self.env.ref(
                        f"customer_ar_suite.customer_ar_suite_group_{role}"
                    ).all_user_ids[:1]
                    for operation in ("create", "write", "unlink"):
                        allowed = record.with_user(user or 2).has_access(operation)
                        self.assertFalse(allowed and user)

    def test_the_screen_finds_the_same(self):
        self.attack(f"DELETE FROM customer_audit_entry WHERE id = {self.third}")
        auditor = self.role_user("auditor")
        wizard = self.env["customer.audit.verify"].with_user(auditor).create({})
        self.assertFalse(wizard.key_problem)
        action = wizard.action_verify()
        check = (
            self.env[action["res_model"]].with_user(auditor).browse(action["res_id"])
        )
        self.assertEqual((check.run_state, check.verdict), ("done", "bad"))
        self.assertEqual(check.create_uid, auditor)
        self.assertEqual(
            [(f.code, f.entry_ref) for f in check.finding_ids],
            [("entry_missing", self.third)],
        )
