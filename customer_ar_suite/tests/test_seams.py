"""The seams later functions hang on to: merge, posting, log, guarded fields, rules."""

from datetime import date, timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_books import Books
from .common_customers import CustomerCase

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


@tagged("post_install", "-at_install")
class TestMergeSeam(CustomerCase):
    def merge(self, source, target):
        manager = new_test_user(
            self.env, "ar_merger", "base.group_user,base.group_partner_manager"
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(manager)
        wizard.create(
            {
                "partner_ids": [Command.set((source | target).ids)],
                "dst_partner_id": target.id,
            }
        ).action_merge()
        self.assertFalse(source.exists())
        self.env.invalidate_all()

    def test_target_counts_and_the_source_fills_its_gaps(self):
        dimension, other = self.new_dimension(), self.new_dimension("taste")
        red, blue = self.category(dimension, "Red"), self.category(dimension, "Blue")
        source, target = self.customers("Ada Ltd.", "Ada Ltd")
        # given: the source was red from May, the target blue from July on
        self.assign(source, red, MAY)
        self.assign(target, blue, JULY)
        # and in another dimension only the source has a category
        self.assign(source, self.category(other, "Dark"), JUNE)
        before = self.env["customer.audit.entry"].search_count([])
        self.merge(source, target)
        # then nothing overlaps, the target's word counts, the past is kept
        self.assertEqual(
            self.history(target, dimension),
            [("Red", MAY, JULY - timedelta(days=1)), ("Blue", JULY, None)],
        )
        self.assertEqual(self.history(target, other), [("Dark", JUNE, None)])
        self.assertEqual(target[dimension._column_name()], blue)
        self.assertEqual(target[other._column_name()].name, "Dark")
        entries = self.env["customer.audit.entry"].search([])[: -before or None]
        self.assertIn(
            (source.id, "partner.merge"),
            [(entry.res_id, entry.event) for entry in entries],
        )

    def test_source_around_the_target_is_split(self):
        dimension = self.new_dimension()
        source, target = self.customers("Ada Ltd.", "Ada Ltd")
        self.assign(source, self.category(dimension, "Red"), MAY)
        self.assign(target, self.category(dimension, "Blue"), JUNE)
        self.env["customer.category.assignment"]._assign(
            {target.id: False}, dimension, "rule", JULY
        )
        self.merge(source, target)
        self.assertEqual(
            self.history(target, dimension),
            [
                ("Red", MAY, JUNE - timedelta(days=1)),
                ("Blue", JUNE, JULY - timedelta(days=1)),
                ("Red", JULY, None),
            ],
        )
        self.assertEqual(target[dimension._column_name()].name, "Red")

    def test_every_constraint_on_a_partner_has_a_hook(self):
        """Core deletes rows, or crashes, where a constraint meets the partner column."""
        self.env.cr.execute("""
            SELECT DISTINCT r.relname
              FROM pg_constraint c
              JOIN pg_class r ON r.oid = c.conrelid
              JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY (c.conkey)
              JOIN pg_constraint fk ON fk.conrelid = r.oid AND fk.contype = 'f'
                                   AND fk.confrelid = 'res_partner'::regclass
                                   AND a.attnum = ANY (fk.conkey)
             WHERE c.contype IN ('c', 'u', 'x')
        """)
        tables = {table for (table,) in self.env.cr.fetchall()}
        hooked = self.env["base.partner.merge.automatic.wizard"]._ar_merge_models()
        self.assertIn("customer.category.assignment", hooked)
        for name, model in self.env.registry.items():
            if name.startswith(("customer.", "ar.")) and model._table in tables:
                self.assertIn(
                    name, hooked, "needs _ar_merge_partners(source_ids, target_id)"
                )


@tagged("post_install", "-at_install")
class TestPostingSeam(Books):
    def test_nothing_stops_a_posting_by_itself(self):
        invoice = self.init_invoice("out_invoice", amounts=[100], post=True)
        self.assertEqual(invoice.state, "posted")

    def test_all_reasons_are_told_and_nothing_is_posted(self):
        invoices = self.init_invoice("out_invoice", amounts=[100]) | self.init_invoice(
            "out_invoice", amounts=[200]
        )
        with (
            patch.object(
                type(invoices),
                "_ar_posting_blocks",
                lambda moves: {move: ["on hold", "over limit"] for move in moves},
            ),
            self.assertRaises(UserError) as caught,
        ):
            invoices._post(soft=False)
        self.assertEqual(str(caught.exception).count("on hold"), 2)
        self.assertEqual(str(caught.exception).count("over limit"), 2)
        self.assertEqual(set(invoices.mapped("state")), {"draft"})

    def test_soft_posting_leaves_the_future_alone(self):
        invoice = self.init_invoice("out_invoice", amounts=[100])
        invoice.date = fields.Date.context_today(invoice) + timedelta(days=10)
        with patch.object(
            type(invoice),
            "_ar_posting_blocks",
            lambda moves: {move: ["on hold"] for move in moves},
        ):
            invoice._post(soft=True)
        self.assertEqual((invoice.state, invoice.auto_post), ("draft", "at_date"))


@tagged("post_install", "-at_install")
class TestAuditLog(CustomerCase):
    def test_one_entry_per_record_in_one_statement(self):
        customers = self.customers("A", "B")
        self.env.flush_all()
        log = self.env["customer.audit.entry"].with_user(self.clerk)
        log.env.company.ensure_one()
        before = self.env.cr.sql_log_count
        log._ar_log(
            "test.event", customers, {"all": 1}, {customers[0].id: {"one": "é“”"}}
        )
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "test.event")]
        )
        self.assertRecordValues(
            entries.sorted("id"),
            [
                {
                    "res_id": customers[0].id,
                    "user_id": self.clerk.id,
                    "payload": {"all": 1, "one": "é“”"},
                    "record_name": "A",
                },
                {
                    "res_id": customers[1].id,
                    "user_id": self.clerk.id,
                    "payload": {"all": 1},
                    "record_name": "B",
                },
            ],
        )

    def test_nobody_changes_the_log(self):
        (customer,) = self.customers("A")
        log = self.env["customer.audit.entry"]
        log._ar_log("test.event", customer, {})
        entry = log.search([("event", "=", "test.event")])
        with self.assertRaises(UserError):
            entry.sudo().write({"event": "x"})
        with self.assertRaises(UserError):
            entry.sudo().unlink()
        for role in ("auditor", "administrator"):
            user = (
                self.administrator if role == "administrator" else self.role_user(role)
            )
            as_role = entry.with_user(user)
            self.assertEqual(as_role.event, "test.event")
            for operation in ("write", "create", "unlink"):
                self.assertFalse(as_role.has_access(operation))
        self.assertFalse(entry.with_user(self.clerk).has_access("read"))

    def test_database_refuses_change_deletion_and_emptying(self):
        (customer,) = self.customers("A")
        self.env["customer.audit.entry"]._ar_log("test.event", customer, {})
        for query in (
            "UPDATE customer_audit_entry SET event = 'x'",
            "DELETE FROM customer_audit_entry",
            "TRUNCATE customer_audit_entry",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)


@tagged("post_install", "-at_install")
class TestGuardedFields(CustomerCase):
    def test_without_a_policy_everything_is_free(self):
        (customer,) = self.customers("A")
        self.assertEqual(customer._ar_write_guarded({"comment": "x", "vat": False}), {})
        self.assertIn("x", customer.comment)

    def test_guarded_part_is_returned_not_written(self):
        (customer,) = self.customers("A")
        self.env["customer.change.policy"].create(
            {"field_id": self.env.ref("base.field_res_partner__email").id}
        )
        left = customer.with_user(self.clerk)._ar_write_guarded(
            {"email": "a@example.com", "city": "Lyon"}
        )
        self.assertEqual(left, {"email": "a@example.com"})
        self.assertEqual((customer.email, customer.city), (False, "Lyon"))
