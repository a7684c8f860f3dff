"""Closing requests that take more than one approval, and those who stand in."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_closing import ClosingCase
from .common_customers import PREFIX

LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestClosingQuorum(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.account("deputy", f"{PREFIX}customer_clerk")
        cls.manager = cls.env.ref("base.user_admin")
        cls.manager.company_ids += cls.company

    def settings(self, **values):
        """As an administrator sets it on the settings page."""
        if people := values.get("ar_closing_deputy_ids"):
            values["ar_closing_deputy_ids"] = [Command.set(people.ids)]
        settings = self.env["res.config.settings"].with_user(self.manager)
        settings.with_company(self.company).create(values).execute()

    def refused(self, request, user, message):
        with (
            self.assertRaisesRegex(UserError, message),
            mute_logger(*LOUD),
            self.env.cr.savepoint(),
        ):
            self.approve(request, user)
        self.env.invalidate_all()

    def test_two_approvals_are_two_people(self):
        self.settings(ar_closing_approver_count=2)
        request = self.ask("delete")
        self.approve(request)
        # one has approved: nothing is done, and he does not approve a second time
        self.assertRecordValues(
            request,
            [
                {
                    "state": "requested",
                    "approval_text": "1 of 2",
                    "checker_id": False,
                    "needed": 2,
                }
            ],
        )
        self.assertTrue(self.customer.active)
        self.assertFalse(request.with_user(self.checker).can_decide)
        self.refused(request, self.checker, "already")
        twin = self.account(
            "twin", f"{PREFIX}customer_reviewer", email=self.checker.email
        )
        self.refused(request, twin, "not among")
        # his reminder is gone, his colleague's is not
        self.assertIn(self.second, request.activity_ids.user_id)
        self.assertNotIn(self.checker, request.activity_ids.user_id)
        # when the second one approves, it is done
        self.approve(request, self.second)
        self.assertEqual(request.state, "done")
        self.assertFalse(self.customer.exists())
        self.assertEqual(
            [(vote.user_id, vote.verdict) for vote in request.vote_ids],
            [(self.checker, "approved"), (self.second, "approved")],
        )
        stone = self.stones(request)
        self.assertEqual(stone.approver_id, self.second)
        for user in (self.checker, self.second):
            self.assertIn(user.name, stone.content_html)
        self.assertEqual(
            self.events(request),
            ["closing.request", "closing.approve", "closing.approve", "closing.delete"],
        )

    def test_one_rejection_suffices(self):
        self.settings(ar_closing_approver_count=3)
        request = self.ask()
        self.approve(request)
        request.with_user(self.second)._reject("still buys")
        self.assertRecordValues(
            request,
            [
                {
                    "state": "rejected",
                    "checker_id": self.second.id,
                    "reject_reason": "still buys",
                }
            ],
        )
        self.assertTrue(self.customer.active)

    def test_what_was_asked_is_what_counts(self):
        """Settings changed later change nothing about a request that waits."""
        self.settings(ar_closing_approver_count=2)
        request = self.ask()
        self.settings(ar_closing_approver_count=1)
        self.approve(request)
        self.assertEqual(request.state, "requested")
        plain = self.ask(customer=self.new_customer("Bea Ltd"))
        self.settings(ar_closing_approver_count=2)
        self.approve(plain)
        self.assertEqual(plain.state, "done")

    def test_a_deputy_when_it_is_his_turn(self):
        self.settings(ar_closing_deputy_ids=self.deputy, ar_closing_deputy_days=3)
        request = self.ask()
        self.assertEqual(request.deputy_ids, self.deputy)
        self.refused(request, self.deputy, "deputy")
        log = self.env["customer.closing.request"]
        log._cron_execute()
        self.assertNotIn(self.deputy, request.activity_ids.user_id)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            log._cron_execute()
            log._cron_execute()
            self.assertEqual(
                request.activity_ids.filtered(
                    lambda one: one.user_id == self.deputy
                ).mapped("summary"),
                [f"Close Customer: {self.customer.name}"],
            )
            waiting = log.with_user(self.deputy).search(
                [
                    ("deputy_ids", "in", self.deputy.ids),
                    ("deputies_from", "<=", "today"),
                ]
            )
            self.assertIn(request, waiting)
            self.approve(request, self.deputy)
        self.assertEqual((request.state, request.checker_id), ("done", self.deputy))
        self.assertIn("closing.escalate", self.events(request))

    def test_a_deputy_who_asked_or_left_is_none(self):
        self.settings(ar_closing_deputy_ids=self.maker | self.deputy)
        request = self.ask()
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.refused(request, self.maker, "own")
            self.settings(ar_closing_deputy_ids=self.maker)
            self.refused(request, self.deputy, "not among")

    def test_votes_are_forged_by_nobody(self):
        self.settings(ar_closing_approver_count=2)
        request = self.ask()
        votes = self.env["customer.closing.vote"]
        values = {
            "request_id": request.id,
            "user_id": self.second.id,
            "maker_id": self.maker.id,
            "verdict": "approved",
            "payload_hash": request.payload_hash,
            "decided_at": fields.Datetime.now(),
        }
        for user in (self.maker, self.checker, self.administrator, self.root):
            with self.assertRaises(AccessError), mute_logger(*LOUD):
                votes.with_user(user).create([values])
        # one that came in by the database stops the decision
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute(
                "INSERT INTO customer_closing_vote (request_id, user_id, maker_id, verdict,"
                " payload_hash, decided_at) VALUES (%s, %s, %s, 'approved', 'x', now())",
                (request.id, self.second.id, self.maker.id),
            )
            self.env.invalidate_all()
            self.refused(request, self.checker, "not what was asked")
            savepoint.rollback()
        # so does a quorum that was lowered there
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute(
                "UPDATE customer_closing_request SET needed = 1 WHERE id = %s",
                (request.id,),
            )
            self.env.invalidate_all()
            self.refused(request, self.checker, "not what was asked")
            savepoint.rollback()
        # and one that disappeared
        self.env.invalidate_all()
        self.approve(request)
        for attempt in (
            lambda: request.vote_ids.sudo().unlink(),
            lambda: request.vote_ids.sudo().write({"verdict": "rejected"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("DELETE FROM customer_closing_vote")
            self.env.invalidate_all()
            self.refused(request, self.checker, "not what was asked")
            savepoint.rollback()

    def test_the_database_knows_two_people(self):
        request = self.ask()
        for user in (self.maker,):
            with (
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger(*LOUD),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "INSERT INTO customer_closing_vote (request_id, user_id, maker_id,"
                    " verdict, payload_hash, decided_at)"
                    " VALUES (%s, %s, %s, 'approved', 'x', now())",
                    (request.id, user.id, self.maker.id),
                )
        for values in (
            {"ar_closing_approver_count": 0},
            {"ar_closing_approver_count": 10},
            {"ar_closing_deputy_days": -1},
        ):
            with (
                self.subTest(values),
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger(*LOUD),
                self.env.cr.savepoint(),
            ):
                self.company.write(values)
                self.env.flush_all()

    def test_reminders_send_no_mail(self):
        before = self.env["mail.mail"].search_count([])
        self.ask()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_planned_with_two_approvals(self):
        self.settings(ar_closing_approver_count=2)
        day = fields.Date.context_today(self.customer) + timedelta(days=5)
        request = self.ask(planned_date=day)
        self.approve(request)
        self.approve(request, self.second)
        self.assertEqual((request.state, self.customer.active), ("approved", True))
        with freeze_time(fields.Datetime.now() + timedelta(days=5)):
            # a vote that was taken away meanwhile stops it
            with self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    "DELETE FROM customer_closing_vote WHERE user_id = %s",
                    (self.second.id,),
                )
                self.env.invalidate_all()
                request._cron_execute()
                self.assertEqual(request.state, "approved")
                savepoint.rollback()
            self.env.invalidate_all()
            request._cron_execute()
            self.assertEqual((request.state, self.customer.active), ("done", False))
