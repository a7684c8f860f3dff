"""Every way around the second person: refused, in the screens and over RPC."""

import time
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.customer_tombstone import CustomerTombstone
from .common_closing import ClosingCase
from .common_customers import PREFIX
from .test_identity import CHECK, IdentityCase

LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")
ROLES = (
    "customer_clerk",
    "customer_reviewer",
    "ar_accountant",
    "collector",
    "credit_manager",
    "auditor",
    "administrator",
)
#: what a client might put into the context to slip through
FORGED = {
    "bypass_risk": True,
    "force_delete": True,
    "import_file": True,
    "install_mode": True,
    "module_uninstall": True,
    "no_approval": True,
    "password": "x",
    "su": True,
    "tracking_disable": True,
    "uid": 1,
    "default_state": "done",
    "default_checker_id": 1,
    "default_is_in_force": True,
    "default_approver_ids": [1],
}


@tagged("post_install", "-at_install")
class TestClosingAttacks(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.account(
            "both", f"{PREFIX}customer_clerk,{PREFIX}customer_reviewer"
        )

    def rpc(self, user, model, method, *args, **context):
        with mute_logger(*LOUD), self.env.cr.savepoint():
            result = call_kw(
                self.env(user=user)[model], method, list(args), {"context": context}
            )
            self.env.flush_all()
            return result

    def refused(self, request, user, message="", **context):
        """Neither approved nor rejected by ``user``."""
        # an AccessError is a UserError
        with self.assertRaisesRegex(UserError, message):
            self.rpc(user, request._name, "action_approve", request.ids, **context)
        with (
            self.assertRaisesRegex(UserError, message),
            mute_logger(*LOUD),
            self.env.cr.savepoint(),
        ):
            request.with_user(user)._reject("no")
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")
        self.assertTrue(self.customer.active)

    # -- persons --------------------------------------------------------------------------

    def test_nobody_approves_his_own(self):
        request = self.ask(user=self.both)
        self.assertFalse(request.with_user(self.both).can_decide)
        self.refused(request, self.both, "own")
        self.refused(request, self.both, "own", **FORGED)

    def test_second_accounts_of_one_person(self):
        same_mail = self.account(
            "same", f"{PREFIX}customer_reviewer", email="Maker@closing.example "
        )
        request = self.ask()
        self.refused(request, same_mail, "own")
        # the address of the contact behind the account counts as well
        other = self.account("other", f"{PREFIX}customer_reviewer")
        request = self.ask(customer=self.new_customer("Second"))
        other.partner_id.email = self.maker.email
        with self.assertRaisesRegex(UserError, "own"):
            self.rpc(other, request._name, "action_approve", request.ids)

    def test_who_was_not_on_the_list_when_it_was_asked(self):
        request = self.ask()
        late = self.account("late", f"{PREFIX}customer_reviewer")
        self.refused(request, late, "not among")
        self.refused(request, self.auditor, "not among")
        self.refused(request, self.administrator, "not among")
        # who has left the group is off it
        self.checker.group_ids -= self.env.ref(f"{PREFIX}customer_reviewer")
        self.refused(request, self.checker)
        self.second.active = False
        self.refused(request, self.second)

    def test_the_robot_is_no_person(self):
        group = self.env.ref(f"{PREFIX}customer_reviewer")
        robot = self.env.ref("base.user_root")
        group.user_ids += robot
        request = self.ask()
        self.assertNotIn(robot, request.approver_ids)
        self.refused(request, robot)
        with self.assertRaises(UserError):
            request.sudo()._approve()

    def test_another_companys_reviewer(self):
        elsewhere = self.other_company()
        stranger = self.account(
            "stranger",
            f"{PREFIX}customer_reviewer",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        request = self.ask()
        self.assertNotIn(stranger, request.approver_ids)
        self.refused(request, stranger)
        self.refused(request, stranger, allowed_company_ids=self.company.ids)

    def test_a_draft_of_somebody_else(self):
        request = self.draft()
        accountant = self.account("accountant", f"{PREFIX}ar_accountant")
        for user in (accountant, self.administrator, self.checker):
            with self.assertRaises(AccessError):
                self.rpc(user, request._name, "action_request", request.ids)
            with self.assertRaises(AccessError):
                self.rpc(user, request._name, "action_cancel", request.ids)
            with self.assertRaises(AccessError):
                self.rpc(user, request._name, "write", request.ids, {"reason": "x"})
        self.assertEqual(request.state, "draft")

    # -- writing what only the steps write ------------------------------------------------

    def test_state_is_not_written(self):
        request = self.ask()
        for values in (
            {"state": "done"},
            {"state": "approved", "checker_id": self.checker.id},
            {"approver_ids": [Command.link(self.both.id)]},
            {"maker_id": self.both.id},
            {"kind": "delete"},
            {"reason": "another"},
            {"planned_date": "2020-01-01"},
            {"partner_id": self.contact.id},
            {"is_in_force": True},
            {"archived_json": []},
            {"payload_hash": "x"},
            {"expires_on": "2099-01-01"},
            {"company_id": self.company.id},
        ):
            for user in (self.maker, self.checker, self.auditor, self.administrator):
                for context in ({}, FORGED):
                    with self.subTest(user=user.login, values=values):
                        for method, args in (
                            ("write", [request.ids, values]),
                            ("web_save", [request.ids, values, {}]),
                        ):
                            with self.assertRaises(AccessError):
                                self.rpc(user, request._name, method, *args, **context)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                request.sudo().write(values)
        self.assertEqual(request.state, "requested")

    def test_no_role_makes_finished_requests(self):
        base = {"partner_id": self.customer.id, "reason": "x"}
        for role in ROLES:
            user = self.account(f"make_{role}", f"{PREFIX}{role}")
            for extra in (
                {"state": "done"},
                {"state": "requested", "checker_id": 1},
                {"maker_id": self.second.id},
                {"approver_ids": [Command.set([user.id])]},
                {"is_in_force": True},
                {"company_id": self.company.id},
                {"finding_ids": [Command.create({"code": "open_items"})]},
                {"tombstone_ids": [Command.create({})]},
                {"customer_name": "Somebody Else"},
            ):
                with (
                    self.subTest(role=role, extra=extra),
                    self.assertRaises(AccessError),
                ):
                    self.rpc(user, "customer.closing.request", "create", [base | extra])
        # a context full of defaults makes a draft of the user's own, nothing else
        made = self.rpc(
            self.maker, "customer.closing.request", "create", [base], **FORGED
        )
        request = self.env["customer.closing.request"].browse(made)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "draft",
                    "maker_id": self.maker.id,
                    "checker_id": False,
                    "is_in_force": False,
                    "approver_ids": [],
                }
            ],
        )

    def test_no_role_deletes_or_copies(self):
        request = self.ask()
        stone = self.stones(self.closed(self.new_customer("Gone")))
        for role in ROLES:
            user = self.account(f"del_{role}", f"{PREFIX}{role}")
            for record in (request, request.finding_ids[:1], stone):
                for method in ("unlink", "copy"):
                    with (
                        self.subTest(role=role, model=record._name, method=method),
                        self.assertRaises(AccessError),
                    ):
                        self.rpc(user, record._name, method, record.ids, **FORGED)
        for record in (request, request.finding_ids[:1], stone):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                record.sudo().unlink()

    def test_nothing_through_the_customer_or_an_import(self):
        request = self.ask()
        commands = [Command.update(request.id, {"state": "done"})]
        for user in (self.maker, self.administrator):
            with self.assertRaises(AccessError):
                self.rpc(
                    user,
                    "res.partner",
                    "write",
                    self.customer.ids,
                    {"ar_closing_request_ids": commands},
                )
            with self.assertRaises(AccessError):
                self.rpc(
                    user,
                    "res.partner",
                    "write",
                    self.customer.ids,
                    {"ar_closing_request_ids": [Command.delete(request.id)]},
                )
            result = self.rpc(
                user,
                request._name,
                "load",
                [".id", "state"],
                [[str(request.id), "done"]],
            )
            self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")
        # being closed is a fact of the request, no field one could write
        self.customer.with_user(self.administrator).write({"ar_is_closed": True})
        self.env.invalidate_all()
        self.assertFalse(self.customer.ar_is_closed)

    def test_private_doors_are_private(self):
        request = self.ask()
        for method in (
            "_insert",
            "_set",
            "_approve",
            "_execute",
            "_submit",
            "_apply_delete",
        ):
            with self.assertRaises(AccessError):
                self.rpc(self.maker, request._name, method, request.ids)
        for method in ("_ar_unlink", "_ar_set_active"):
            with self.assertRaises(AccessError):
                self.rpc(self.maker, "res.partner", method, self.customer.ids)

    def test_the_database_itself(self):
        request = self.ask()
        for query in (
            "UPDATE customer_closing_request SET state = 'done' WHERE id = %s",
            "UPDATE customer_closing_request"
            " SET state = 'done', checker_id = maker_id WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [request.id])

    def test_no_rights_without_a_role(self):
        request = self.ask()
        employee = self.account("employee", "base.group_user")
        portal = self.account(
            "portal", "base.group_portal", company_ids=[Command.set(self.company.ids)]
        )
        for user in (employee, portal):
            for method in (
                "action_request",
                "action_approve",
                "action_cancel",
                "action_check",
                "action_open_reject",
                "action_close_instead",
                "read",
            ):
                with self.subTest(method), self.assertRaises(AccessError):
                    self.rpc(user, request._name, method, request.ids)
            with self.assertRaises(AccessError):
                self.rpc(
                    user,
                    "customer.closing.reject",
                    "create",
                    [{"request_ids": request.ids, "reason": "x"}],
                )

    # -- changed in the meantime ----------------------------------------------------------

    def test_what_was_asked_for_was_tampered_with(self):
        request = self.ask()
        for column, value in (
            ("kind", "delete"),
            ("reason", "something else"),
            ("maker_id", self.auditor.id),
            ("customer_name", "Another Ltd"),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE customer_closing_request SET {column} = %s WHERE id = %s",
                    [value, request.id],
                )
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "not what was asked for"):
                    request.with_user(self.checker)._approve()
                savepoint.rollback()
        self.env.invalidate_all()
        # also when the fingerprint is written anew: the trail has the first one
        self.env.cr.execute(
            "UPDATE customer_closing_request SET kind = 'delete' WHERE id = %s",
            [request.id],
        )
        self.env.invalidate_all()
        request._set(payload_hash=request._hash())
        with self.assertRaisesRegex(UserError, "not what was asked for"):
            self.approve(request)
        self.assertTrue(self.customer.exists())

    def test_the_customer_was_swapped(self):
        request = self.ask("delete")
        self.customer.name = "Best Customer Ltd"
        self.refusal(request, "changed since")

    def test_the_customer_is_swapped_before_the_planned_day(self):
        tomorrow = fields.Date.context_today(self.customer) + timedelta(days=1)
        request = self.ask("delete", planned_date=tomorrow)
        self.approve(request)
        self.customer.name = "Best Customer Ltd"
        with patch.object(fields.Date, "context_today", lambda *_args: tomorrow):
            self.env["customer.closing.request"]._cron_execute()
        self.assertEqual(request.state, "approved")
        self.assertTrue(self.customer.exists())
        self.assertIn("changed since", request.activity_ids.note)

    def test_a_planned_day_is_not_brought_forward(self):
        today = fields.Date.context_today(self.customer)
        request = self.ask("delete", planned_date=today + timedelta(days=30))
        self.approve(request)
        self.env.cr.execute(
            "UPDATE customer_closing_request SET planned_date = %s WHERE id = %s",
            [today, request.id],
        )
        self.env.invalidate_all()
        self.env["customer.closing.request"]._cron_execute()
        self.assertEqual(request.state, "approved")
        self.assertTrue(self.customer.exists())

    def test_a_balance_arrives_before_a_planned_one_is_approved(self):
        tomorrow = fields.Date.context_today(self.customer) + timedelta(days=1)
        request = self.ask(planned_date=tomorrow)
        self.invoice()
        self.refusal(request, "not settled")

    def test_a_balance_arrives_before_the_approval(self):
        request = self.ask()
        self.invoice()
        self.refusal(request, "not settled")
        # deletion as well, with a draft
        other = self.new_customer("Other")
        request = self.ask("delete", other)
        self.invoice(other, post=False)
        self.refusal(request, "not settled")

    def refusal(self, request, message):
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            request.with_user(self.checker).action_approve()
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")
        self.assertFalse(request.checker_id)
        self.assertTrue(request.partner_id.active)
        self.assertFalse(self.stones(request))

    def test_what_others_have_committed_counts(self):
        """This transaction began before; another one has seen the invoice already."""
        request = self.ask()
        checks = type(self.env["customer.closing.check"])
        count, looks = checks._count, []

        def seen_from_outside(model, customers):
            looks.append(model.env.cr)
            found = count(model, customers)
            if len(looks) == 2:
                found = {self.customer.id: {"open_items": 1}}
            return found

        with (
            patch.object(checks, "_count", seen_from_outside),
            self.assertRaisesRegex(UserError, "not settled"),
        ):
            request.with_user(self.checker).action_approve()
        self.assertEqual(len(looks), 2)

    def test_decided_twice(self):
        request = self.ask()
        self.approve(request)
        for user in (self.checker, self.second):
            with self.assertRaisesRegex(UserError, "already"):
                self.approve(request, user)
        with self.assertRaisesRegex(UserError, "already"):
            request.with_user(self.second)._reject("too late")
        self.assertEqual(len(self.stones(request)), 1)

    def test_a_second_request_about_the_same_customer(self):
        self.ask("close")
        with self.assertRaisesRegex(UserError, "waits already"):
            self.ask("delete")

    def test_expired(self):
        request = self.ask()
        late = request.expires_on + timedelta(days=1)
        with (
            patch.object(fields.Date, "context_today", lambda *_args: late),
            self.assertRaisesRegex(UserError, "expired"),
        ):
            self.approve(request)

    def test_all_or_nothing(self):
        """A crash between decision and deed leaves the request as it was."""
        request = self.ask("delete")
        boom = RuntimeError("the lights went out")
        for step in ("_snapshot", "_insert"):
            with (
                self.subTest(step),
                patch.object(CustomerTombstone, step, side_effect=boom, create=True),
                self.assertRaises(RuntimeError),
                self.env.cr.savepoint(),
            ):
                request.with_user(self.checker).action_approve()
            self.env.invalidate_all()
            self.assertEqual(request.state, "requested")
            self.assertTrue(self.customer.exists() and self.contact.exists())
        partners = type(self.customer)
        with (
            patch.object(partners, "_ar_unlink", side_effect=boom),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            request.with_user(self.checker).action_approve()
        self.env.invalidate_all()
        self.assertFalse(self.stones(request))
        self.assertEqual(self.events(request), ["closing.request"])

    def test_a_record_nobody_counted_stops_the_deletion(self):
        """A table that needs the customer and is no model: refused with its name."""
        self.env.cr.execute("""
            CREATE TABLE ar_test_needs_partner (
                partner_id int REFERENCES res_partner ON DELETE RESTRICT)
        """)
        self.env.cr.execute(
            "INSERT INTO ar_test_needs_partner VALUES (%s)", [self.customer.id]
        )
        request = self.ask("delete")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "ar_test_needs_partner"),
            self.env.cr.savepoint(),
        ):
            request.with_user(self.checker).action_approve()
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")


@tagged("post_install", "-at_install")
class TestClosingIdentity(IdentityCase):
    """The approver proves who he is; over an interface nobody approves."""

    def ask(self, kind="delete"):
        partner = self.env["res.partner"].create(
            {"name": "Ada Ltd", "is_company": True, "customer_rank": 1}
        )
        request = (
            self.env["customer.closing.request"]
            .with_user(self.maker)
            .create({"partner_id": partner.id, "kind": kind, "reason": "x"})
        )
        request.action_request()
        return partner, request.with_user(self.env.user)

    def test_password_then_gone(self):
        partner, request = self.ask()
        self.log_in(self.checker)
        dialog = self.call(request._name, "action_approve", request.ids)
        self.assertEqual(dialog["res_model"], CHECK)
        self.assertEqual(request.state, "requested")
        self.assertTrue(self.confirm(dialog, self.checker.login))
        self.env.invalidate_all()
        self.assertEqual(request.state, "done")
        self.assertFalse(partner.exists())
        self.assertEqual(len(self.entries("identity.confirmed")), 1)

    def test_without_a_session(self):
        partner, request = self.ask()
        with self.assertRaisesRegex(UserError, "interfaces"):
            request.with_user(self.checker).action_approve()
        # a proof is no right: the maker is refused with it
        self.log_in(self.maker, checked=time.time())
        muted, raised = self.refused()
        with muted, raised:
            self.call(request._name, "action_approve", request.ids)
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")
        self.assertTrue(partner.active)
