"""Holds: every path that posts × rules × roles; releases; nothing by default."""

from unittest.mock import patch

from odoo import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .common_credit import AccessError, CreditCase, UserError, timedelta


@tagged("post_install", "-at_install")
class TestCreditHold(CreditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.user_with("ar_accountant")
        cls.acme = cls.customer()
        cls.acme_profile = cls.profile(cls.acme, 1000)

    # -- paths ----------------------------------------------------------------------------

    def paths(self, user):
        """{name: function that tries to post a draft as ``user``}."""
        moves = self.env["account.move"].with_user(user)

        def as_user(move, **context):
            return moves.with_context(**context).browse(move.ids)

        def validate(move):
            self.env["validate.account.move"].with_user(user).with_context(
                active_model="account.move", active_ids=move.ids
            ).create({"force_post": True}).validate_move()

        def imported(move):
            result = as_user(move).load(
                [".id", "state"], [[str(id_), "posted"] for id_ in move.ids]
            )
            if not result["ids"]:
                raise UserError(str(result["messages"]))

        def recurring(move):
            move.write({"auto_post": "at_date", "date": self.today})
            with (
                patch.object(self.env.cr, "commit", lambda: None),
                patch.object(self.env.cr, "rollback", self.env.invalidate_all),
            ):
                self.env["account.move"]._autopost_draft_entries()
            if move.state == "draft":  # the job tells it on the document
                raise UserError(move.message_ids[:1].body)

        return {
            "form": lambda m: as_user(m).action_post(),
            "api": lambda m: call_kw(moves, "action_post", [m.ids], {}),
            "created": lambda m: as_user(m).copy({"state": "posted"}),
            "recurring": recurring,
            "several": lambda m: as_user(m)._post(soft=False),
            "list": validate,
            "write": lambda m: as_user(m).write({"state": "posted"}),
            "import": imported,
            "superuser": lambda m: m.sudo().action_post(),
            "context": lambda m: as_user(
                m,
                bypass_risk=True,
                tracking_disable=True,
                ar_credit_ok=True,
                force_delete=True,
                install_mode=True,
                check_move_validity=False,
                skip_account_move_synchronization=True,
            ).action_post(),
        }

    def rules_that_hold(self):
        """{name: (rule or hold, undone by)}."""
        old = {"on": "2026-01-10", "due": "2026-01-20"}
        yield "over limit", lambda: self.rule(), 1200, lambda: None
        yield "blocked", lambda: self.rule(action="block"), 1200, lambda: None
        yield (
            "overdue",
            lambda: (
                self.rule("overdue", days=30),
                self.invoice(self.acme, 5, old["on"], old["due"]),
            ),
            100,
            lambda: None,
        )
        yield (
            "expired",
            lambda: (
                self.rule("limit_expired"),
                self.acme_profile.write({"valid_to": self.today - timedelta(days=1)}),
            ),
            100,
            lambda: None,
        )
        yield "on hold", lambda: self.acme_profile._set_hold(True, "Rumours"), 1, None

    def test_no_path_posts_what_is_held(self):
        """Every path under every rule, every user on every path; each rule has all users."""
        users = (self.clerk, self.accountant, self.env.user)
        for turn, (name, prepare, amount, _undo) in enumerate(self.rules_that_hold()):
            for place, user in enumerate(users):
                with self.rolled_back():
                    prepare()
                    move = self.draft(self.contact(self.acme), amount)
                    paths = list(self.paths(user).items())
                    for path, post in paths[(turn + place) % 3 :: 3]:
                        with self.subTest(name, path=path, user=user.login):
                            self.assertHeld(lambda p=post, m=move: p(m), move)

    def test_recurring_invoices_stay_drafts(self):
        self.rule()
        move = self.draft(self.acme, 1200, auto_post="at_date", date=self.today)
        free = self.draft(self.customer("Free"), 1200, auto_post="at_date")
        with (
            patch.object(self.env.cr, "commit", lambda: None),
            patch.object(self.env.cr, "rollback", self.env.invalidate_all),
        ):
            self.env["account.move"]._autopost_draft_entries()
        self.assertEqual((move.state, free.state), ("draft", "posted"))
        self.assertTrue(
            any("limit" in (note.body or "") for note in move.message_ids), "not told"
        )

    def test_nothing_is_held_by_default(self):
        self.assertFalse(self.env["ar.hold.rule"].search([]))
        shipped = (
            self.env["ar.hold.rule"]
            .with_context(active_test=False)
            .search([("company_id", "=", False)])
        )
        self.assertGreaterEqual(len(shipped), 4)
        self.assertFalse(any(shipped.mapped("active")))
        move = self.draft(self.acme, 10**6)
        self.assertEqual(move.ar_credit_verdict, "free")
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_warned_documents_pass(self):
        self.rule(action="warn")
        move = self.draft(self.acme, 1200)
        self.assertEqual(move.ar_credit_verdict, "warn")
        self.assertIn("200", move.ar_credit_text)
        move.with_user(self.clerk).action_post()
        self.assertEqual(move.state, "posted")

    def test_the_document_itself_is_not_counted_twice(self):
        self.rule()
        move = self.draft(self.acme, 1000)
        self.assertEqual(self.acme_profile.exposure_amount, 1000)
        move.action_post()
        self.assertEqual(move.state, "posted")
        # corrected and posted again: still itself
        move.button_draft()
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_credit_notes_payments_and_other_customers_pass(self):
        self.rule()
        self.acme_profile._set_hold(True, "Rumours")
        for move in (
            self.draft(self.acme, 5000, move_type="out_refund"),
            self.draft(self.customer("Other"), 5000),
        ):
            move.action_post()
            self.assertEqual(move.state, "posted")
        self.payment(self.acme, 100, self.today)

    def test_a_batch_cannot_take_the_same_headroom_twice(self):
        self.rule(counts_drafts=False)
        moves = self.draft(self.acme, 600) | self.draft(self.acme, 600)
        for move in moves:
            self.assertEqual(move.ar_credit_verdict, "free")  # each alone would pass
        self.assertHeld(lambda: moves._post(soft=False), moves)
        moves[0].action_post()
        self.assertHeld(moves[1].action_post, moves[1])

    def test_the_limit_of_the_family(self):
        self.rule(counts_drafts=False)
        kin = self.customer("Kin")
        members = self.acme_profile | self.profile(kin, 1000)
        self.env["ar.credit.family"].create(
            {
                "name": "Family",
                "company_id": self.company.id,
                "limit_amount": 1200,
                "profile_ids": [Command.set(members.ids)],
            }
        )
        moves = self.draft(self.acme, 700) | self.draft(kin, 700)
        self.assertHeld(lambda: moves._post(soft=False), moves, "group limit")
        moves[0].action_post()
        self.assertHeld(moves[1].action_post, moves[1], "group limit")

    def test_scope_by_category_and_company(self):
        dimension = self.env.ref("customer_ar_suite.customer_dimension_region")
        category = self.env["customer.category"].create(
            {"name": "Credit test", "dimension_id": dimension.id}
        )
        self.rule(category_ids=[Command.set(category.ids)])
        move = self.draft(self.acme, 1200)
        self.assertEqual(move.ar_credit_verdict, "free")
        self.env["customer.category.assignment"]._assign(
            {self.acme.id: category.id}, dimension, "manual", self.today
        )
        move.invalidate_recordset()
        self.assertEqual(move.ar_credit_verdict, "approve")
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.env["ar.hold.rule"].search([]).company_id = other
        move.invalidate_recordset()
        self.assertEqual(move.ar_credit_verdict, "free")

    # -- releases -------------------------------------------------------------------------

    def test_release_by_somebody_else_once_up_to_an_amount(self):
        self.rule()
        move = self.draft(self.acme, 1200)
        release = self.ask(move)
        self.assertEqual(
            (release.state, release.asked_amount, release.requested_by_id),
            ("requested", 1200, self.clerk),
        )
        self.assertIn("200", release.with_user(self.manager).hits_text)
        self.assertHeld(move.action_post, move)
        with self.assertRaises(UserError):
            self.ask(move)  # has been asked already
        for user in (self.clerk, self.accountant):
            with self.assertRaises(AccessError):
                self.decide(release, user)
        self.assertEqual(release.activity_ids.user_id, self.manager | self.second)
        self.decide(release, amount=1200)
        self.assertFalse(release.activity_ids)
        self.assertEqual(move.ar_credit_verdict, "released")
        # over the amount: held again
        move.invoice_line_ids.price_unit = 1300
        self.assertHeld(move.action_post, move)
        move.invoice_line_ids.price_unit = 1200
        move.with_user(self.clerk).action_post()
        self.assertEqual((move.state, release.state), ("posted", "used"))
        # once: after a correction somebody has to look at it again
        move.button_draft()
        self.assertHeld(move.action_post, move)
        events = self.env["customer.audit.entry"].search(
            [("model", "=", release._name), ("res_id", "=", release.id)]
        )
        self.assertEqual(
            events.mapped("event"),
            ["credit.release.use", "credit.release.approve", "credit.release.request"],
        )
        self.assertEqual(events.mapped("user_id"), self.clerk | self.manager)

    def test_who_asks_never_decides(self):
        self.rule()
        release = self.ask(self.draft(self.acme, 1200), self.manager)
        self.assertFalse(release.with_user(self.manager).can_decide)
        with self.assertRaises(AccessError):
            self.decide(release, self.manager)
        twin = self.user_with(
            "credit_manager", login="twin", email=self.manager.email or "m@example.com"
        )
        self.manager.email = twin.email
        with self.assertRaises(AccessError):
            self.decide(release, twin)
        self.decide(release, self.second)
        self.assertEqual(release.decided_by_id, self.second)

    def test_releases_end(self):
        self.rule()
        move = self.draft(self.acme, 1200)
        release = self.ask(move)
        self.decide(release)
        release.sudo()._set(valid_to=self.today - timedelta(days=1))
        self.assertHeld(move.action_post, move)
        self.env["ar.credit.profile"]._cron_daily()
        self.assertEqual(release.state, "expired")

    def test_refused_withdrawn_and_forged_releases_let_nothing_pass(self):
        self.rule()
        move = self.draft(self.acme, 1200)
        release = self.ask(move)
        with self.assertRaises(UserError):
            self.decide(release, verdict="rejected", note="")
        self.decide(release, verdict="rejected")
        self.assertHeld(move.action_post, move)
        again = self.ask(move)
        with self.assertRaises(AccessError):
            again.with_user(self.manager).action_withdraw()
        again.with_user(self.clerk).action_withdraw()
        self.assertHeld(move.action_post, move)
        for forge in (
            lambda: again.sudo().write({"state": "approved"}),
            lambda: self.env["ar.credit.release"]
            .sudo()
            .create(
                {
                    "partner_id": self.acme.id,
                    "company_id": self.company.id,
                    "move_id": move.id,
                    "state": "approved",
                    "reason": "x",
                    "valid_to": self.today,
                    "amount": 10**6,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                forge()
        self.assertHeld(move.action_post, move)

    def test_what_is_blocked_gets_no_release(self):
        self.rule(action="block")
        move = self.draft(self.acme, 1200)
        self.assertEqual(move.ar_credit_verdict, "block")
        with self.assertRaises(UserError):
            self.ask(move)
        with self.assertRaises(UserError):
            move.with_user(self.clerk).action_ar_ask_release()

    # -- screens --------------------------------------------------------------------------

    def test_held_documents_are_those_that_would_be_stopped(self):
        self.rule()
        held = self.draft(self.acme, 1200)
        free = self.draft(self.customer("Free"), 1200)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.account_move_held_action"
        )
        self.assertEqual(action["res_model"], "account.move")
        listed = (
            self.env["account.move"]
            .with_user(self.clerk)
            .search(
                [
                    ("state", "=", "draft"),
                    ("ar_credit_verdict", "in", ("approve", "block", "released")),
                ]
            )
        )
        self.assertIn(held, listed)
        self.assertNotIn(free, listed)
        action = held.with_user(self.clerk).action_ar_ask_release()
        self.assertEqual(action["res_model"], "ar.credit.release.ask")

    def test_the_banner_follows_what_is_typed(self):
        self.rule()
        move = self.draft(self.acme, 800)
        with Form(move) as form:
            self.assertEqual(form.ar_credit_verdict, "free")
            with form.invoice_line_ids.edit(0) as line:
                line.price_unit = 1300
            self.assertEqual(form.ar_credit_verdict, "approve")
            with form.invoice_line_ids.edit(0) as line:
                line.price_unit = 900
        self.assertEqual(move.ar_credit_verdict, "free")

    def test_the_same_questions_however_many_documents(self):
        self.rule()
        self.rule("overdue")
        counts = []
        for many in (2, 10):
            moves = self.env["account.move"]
            for n in range(many):
                one = self.customer(f"Count {many} {n}")
                self.profile(one, 10**5)
                moves |= self.draft(one, 100)
            self.env.flush_all()
            self.env.invalidate_all()
            moves.mapped("line_ids.balance")
            before = self.env.cr.sql_log_count
            self.assertFalse(moves._ar_judge_credit())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
