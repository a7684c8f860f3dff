"""Who holds which role: reviewed line by line, signed; toxic pairs found and accepted."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import SQL, config, mute_logger

from .common_customers import CustomerCase
from .common_people import PREFIX, person

HALF_A_YEAR = timedelta(days=180)


class AccessCase(CustomerCase):
    """A company of its own, so that the users of demo data are not in the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # trying out passwords takes a second; the test of that sets its own
        cls.env.cr.execute(SQL("UPDATE res_users SET password = NULL"))
        cls.house = cls.env["res.company"].create({"name": "House"})
        cls.first = cls.person("first", "administrator")
        cls.second = cls.person("second", "administrator")
        cls.reviewer = cls.person("reviewer", "customer_reviewer")
        cls.auditor = cls.person("auditor", "auditor")

    @classmethod
    def person(cls, login, *roles, groups=(), **values):
        names = [*(f"{PREFIX}{role}" for role in roles), *groups, "base.group_user"]
        return person(
            cls.env,
            f"ar_acc_{login}",
            ",".join(names),
            email=f"{login}@house.example",
            company_id=cls.house.id,
            company_ids=[Command.set(cls.house.ids)],
            **values,
        )

    def role(self, name):
        return self.env.ref(f"{PREFIX}{name}")

    def start(self, user=None):
        """A review as the button makes it."""
        reviews = self.env["customer.access.review"].with_user(user or self.first)
        action = reviews.action_start()
        return reviews.browse(action["res_id"])

    def line(self, review, user, role):
        return review.line_ids.filtered(
            lambda line: line.user_id == user and line.role_id == self.role(role)
        )

    def decide_all(self, review):
        """Both administrators do their part."""
        for user in (self.first, self.second):
            review.with_user(user).action_keep_all()

    def sign(self, review, user=None, **values):
        """The dialog, filled in and confirmed."""
        review = review.with_user(user or self.first)
        action = review.action_sign()
        dialogs = self.env[action["res_model"]].with_user(user or self.first)
        with Form(dialogs.browse(action["res_id"])) as form:
            for name, value in values.items():
                form[name] = value
        dialogs.browse(action["res_id"]).action_confirm()

    def today(self):
        return fields.Date.context_today(self.env["customer.access.review"])


@tagged("post_install", "-at_install")
class TestAccessReview(AccessCase):
    def test_lists_every_role_and_what_it_comes_through(self):
        # given a user whose roles all come with the right to administer accounting
        boss = self.person("boss", groups=["account.group_account_manager"])
        stranger = self.env.user
        review = self.start()
        self.assertEqual(review.company_id, self.house)
        self.assertNotIn(stranger, review.line_ids.user_id)
        # then administrator, accountant and both clerks are listed, all implied
        lines = review.line_ids.filtered(lambda line: line.user_id == boss)
        self.assertEqual(
            lines.role_id,
            self.role("administrator")
            + self.role("customer_clerk")
            + self.role("ar_accountant")
            + self.role("ar_clerk"),
        )
        self.assertFalse(any(lines.mapped("is_direct")))
        self.assertEqual(
            lines.through_ids, self.env.ref("account.group_account_manager")
        )
        # and what was given by itself is direct
        own = self.line(review, self.reviewer, "customer_reviewer")
        self.assertTrue(own.is_direct)
        self.assertFalse(own.through_ids)

    def test_one_open_review_per_company(self):
        self.assertEqual(self.start(), self.start(self.second))

    def test_own_roles_are_decided_by_another(self):
        review = self.start()
        mine = self.line(review, self.first, "administrator")
        with self.assertRaisesRegex(UserError, self.second.login):
            mine.with_user(self.first).action_keep()
        # a second account of the same person is no second pair of eyes
        twin = self.person("twin", "administrator")
        twin.email = self.first.email
        with self.assertRaises(UserError):
            mine.with_user(twin).action_keep()
        review.with_user(self.first).action_keep_all()
        self.assertEqual(mine.decision, "open")
        mine.with_user(self.second).action_keep()
        self.assertRecordValues(
            mine,
            [
                {
                    "decision": "keep",
                    "decided_by_id": self.second.id,
                    "is_self_reviewed": False,
                }
            ],
        )

    def test_a_lone_administrator_decides_and_it_shows(self):
        self.second.active = False
        review = self.start()
        review.action_keep_all()
        self.assertFalse(review.open_count)
        mine = self.line(review, self.first, "administrator")
        self.assertTrue(mine.is_self_reviewed)

    def test_signing_needs_every_line_decided(self):
        review = self.start()
        with self.assertRaises(UserError):
            self.sign(review)
        self.decide_all(review)
        self.sign(review, remark="All as agreed")
        self.assertRecordValues(
            review,
            [
                {
                    "state": "signed",
                    "signed_by_id": self.first.id,
                    "remark": "All as agreed",
                    "is_intact": True,
                }
            ],
        )
        self.assertTrue(review.signed_at)
        self.assertGreater(review.next_due, self.today() + timedelta(days=150))
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", review._name), ("res_id", "=", review.id)], order="id"
        )
        self.assertEqual(
            entries.mapped("event"), ["access_review.start", "access_review.sign"]
        )
        # and a signed review takes no more decisions
        for method in ("action_keep", "action_remove"):
            with self.assertRaises(UserError):
                getattr(review.line_ids[0].with_user(self.second), method)()
        with self.assertRaises(UserError):
            review.action_drop()

    def test_signing_may_ask_for_a_proof_of_identity(self):
        rule = self.env.ref("customer_ar_suite.ar_identity_rule_access_review")
        self.assertEqual(rule.scope, "off")
        rule.write({"scope": "companies", "company_ids": self.house.ids})
        review = self.start()
        self.decide_all(review)
        with self.assertRaises(UserError):  # here is no browser to prove it in
            self.sign(review)
        self.assertEqual(review.state, "open")

    def test_next_review_lies_in_the_future(self):
        review = self.start()
        self.decide_all(review)
        with self.assertRaises(UserError):
            self.sign(review, next_due=self.today())

    def test_what_changed_meanwhile_is_looked_at_first(self):
        review = self.start()
        self.decide_all(review)
        self.reviewer.group_ids += self.role("collector")
        with self.assertRaises(UserError):
            self.sign(review)
        review.with_user(self.first).action_refresh()
        new = self.line(review, self.reviewer, "collector")
        self.assertEqual(new.decision, "open")
        self.assertEqual(
            self.line(review, self.reviewer, "customer_reviewer").decision, "keep"
        )
        # and what is gone is marked, not asked for; given back, it is asked for again
        self.reviewer.group_ids -= self.role("collector")
        review.action_refresh()
        self.assertEqual(new.decision, "gone")
        self.reviewer.group_ids += self.role("collector")
        review.action_refresh()
        self.assertEqual(new.decision, "open")
        new.with_user(self.first).action_keep()
        self.sign(review)
        self.assertEqual(review.state, "signed")

    def test_tampering_with_a_signed_review_shows(self):
        review = self.start()
        self.decide_all(review)
        self.sign(review)
        line = self.line(review, self.reviewer, "customer_reviewer")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_access_review_line SET login = 'x' WHERE id = %s",
                line.id,
            )
        )
        self.env.invalidate_all()
        self.assertFalse(review.is_intact)

    def test_what_is_marked_is_taken_away_by_those_who_may(self):
        review = self.start()
        self.decide_all(review)
        line = self.line(review, self.reviewer, "customer_reviewer")
        line.with_user(self.second).action_remove()
        with self.assertRaises(UserError):  # not before it is signed
            self.first.group_ids += self.env.ref("base.group_erp_manager")
            review.with_user(self.first).action_take_away()
        self.first.group_ids -= self.env.ref("base.group_erp_manager")
        self.sign(review)
        self.assertEqual((review.remove_count, review.pending_count), (1, 1))
        # the suite's administrator does not give roles, Odoo's does
        with self.assertRaises(AccessError):
            review.with_user(self.second).action_take_away()
        self.second.group_ids += self.env.ref("base.group_erp_manager")
        review.with_user(self.second).action_take_away()
        self.assertFalse(self.reviewer.has_group(f"{PREFIX}customer_reviewer"))
        self.env.invalidate_all()
        self.assertEqual(review.pending_count, 0)
        self.assertTrue(review.is_intact)

    def test_reminders_begin_with_the_first_signature(self):
        reviews = self.env["customer.access.review"]
        reviews._cron_remind()
        self.assertFalse(self.reminders())
        review = self.start()
        self.decide_all(review)
        self.sign(review, next_due=self.today() + timedelta(days=1))
        reviews._cron_remind()
        self.assertFalse(self.reminders())
        review.sudo()._set(next_due=self.today())
        for _twice in range(2):
            reviews._cron_remind()
            self.assertEqual(self.reminders().user_id, self.first + self.second)
            self.assertEqual(len(self.reminders()), 2)
        # the next review ends them
        following = self.start()
        self.decide_all(following)
        self.sign(following)
        self.assertFalse(self.reminders())

    def reminders(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "customer.access.review"),
                ("user_id", "in", (self.first + self.second).ids),
            ]
        )

    def test_only_administrators_of_the_company_review(self):
        review = self.start()
        outsider = self.person("outsider", "administrator")
        outsider.write(
            {
                "company_ids": [Command.set(self.env.company.ids)],
                "company_id": self.env.company.id,
            }
        )
        review_calls = (
            "action_keep_all",
            "action_refresh",
            "action_sign",
            "action_drop",
            "action_take_away",
        )
        for user in (self.reviewer, self.auditor, self.clerk, outsider):
            for method in review_calls:
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(review.with_user(user), method)()
            for method in ("action_keep", "action_remove"):
                with self.assertRaises(AccessError):
                    getattr(review.line_ids.with_user(user), method)()
        for user in (self.reviewer, self.auditor, self.clerk):
            with self.assertRaises(AccessError):
                self.start(user)
        # not even the system signs
        with self.assertRaises(AccessError):
            review.with_user(self.env.ref("base.user_root")).action_keep_all()
        self.assertEqual(set(review.line_ids.mapped("decision")), {"open"})

    def test_nobody_writes_reviews_by_hand(self):
        review = self.start()
        for record in (review, review.line_ids[0]):
            for env in (self.env(user=self.first), self.env(su=True)):
                target = record.with_env(env)
                with self.assertRaises(AccessError):
                    target.write({"state": "signed"})
                with self.assertRaises(AccessError):
                    target.create({"company_id": self.house.id})
                with self.assertRaises(AccessError):
                    target.unlink()
        # whatever the client says of defaults
        review.action_drop()
        forged = {"default_state": "signed", "default_signed_by_id": self.first.id}
        action = call_kw(
            self.env(user=self.first)["customer.access.review"],
            "action_start",
            [[]],
            {"context": forged},
        )
        again = self.env["customer.access.review"].browse(action["res_id"])
        self.assertEqual((again.state, again.signed_by_id.id), ("open", False))

    def test_the_database_refuses_what_is_not_decided_by_another(self):
        review = self.start()
        line = self.line(review, self.first, "administrator")
        now = fields.Datetime.now()
        bad = [
            (review, {"state": "signed"}),
            (line, {"decision": "keep"}),
            (
                line,
                {"decision": "keep", "decided_by_id": self.first.id, "decided_at": now},
            ),
        ]
        for record, vals in bad:
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                record.sudo()._set(**vals)
                self.env.flush_all()
            self.env.invalidate_all()
        # each role once, one open review at a time
        for name, vals in (
            (
                "customer.access.review.line",
                {
                    "review_id": review.id,
                    "user_id": self.first.id,
                    "role_id": self.role("administrator").id,
                    "login": "x",
                },
            ),
            (
                "customer.access.review",
                {
                    "company_id": self.house.id,
                    "taken_at": now,
                    "taken_by_id": self.first.id,
                },
            ),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                self.env[name].sudo()._insert([vals])
                self.env.flush_all()

    def test_print(self):
        review = self.start()
        self.decide_all(review)
        self.sign(review, remark="Agreed with the owner")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "customer_ar_suite.customer_access_review_document", review.ids
        )
        text = html.decode()
        for expected in (
            self.reviewer.name,
            "Customer Reviewer",
            "Agreed with the owner",
            review.content_hash,
        ):
            self.assertIn(expected, text)


@tagged("post_install", "-at_install")
class TestAccessConflict(AccessCase):
    def conflict(self, user, rule="clerk_reviewer", **more):
        rule = self.env.ref(f"customer_ar_suite.customer_access_conflict_{rule}")
        domain = [("user_id", "=", user.id), ("rule_id", "=", rule.id)]
        return self.env["customer.access.conflict"].search(
            domain + [(name, "=", value) for name, value in more.items()], order="id"
        )

    def accept(self, conflict, user, reason="The owner looks at it", **values):
        action = conflict.with_user(user).action_accept()
        dialogs = self.env[action["res_model"]].with_user(user)
        with Form(dialogs.with_context(**action["context"])) as form:
            form.reason = reason
            for name, value in values.items():
                form[name] = value
        form.record.action_confirm()

    def test_found_when_given_and_ended_when_taken(self):
        self.assertFalse(self.conflict(self.reviewer))
        self.reviewer.group_ids += self.role("customer_clerk")
        found = self.conflict(self.reviewer)
        self.assertEqual((found.state, found.severity), ("open", "1_high"))
        self.reviewer.group_ids -= self.role("customer_clerk")
        self.assertEqual(found.state, "ended")
        self.assertTrue(found.ended_at)
        # found anew it is a finding of its own
        self.reviewer.group_ids += self.role("customer_clerk")
        self.assertEqual(
            self.conflict(self.reviewer).mapped("state"), ["ended", "open"]
        )

    def test_archived_user_has_no_conflict(self):
        user = self.person("both", "customer_clerk", "customer_reviewer")
        self.assertEqual(self.conflict(user).state, "open")
        user.active = False
        self.assertEqual(self.conflict(user).state, "ended")

    def test_groups_that_change_are_noticed_by_the_cron(self):
        self.role("customer_reviewer").implied_ids += self.role("customer_clerk")
        self.env["customer.access.conflict"]._cron_refresh()
        self.assertEqual(self.conflict(self.reviewer).state, "open")

    def test_form_warns_while_roles_are_ticked(self):
        manager = self.person("manager", groups=["base.group_erp_manager"])
        with Form(
            self.reviewer.with_user(manager), view="base.view_users_form"
        ) as form:
            self.assertFalse(form.ar_conflict_text)
            form.group_ids = self.reviewer.group_ids + self.role("customer_clerk")
            self.assertIn("Enters customers and approves", form.ar_conflict_text)

    def test_accepted_with_a_reason_for_a_while(self):
        self.reviewer.group_ids += self.role("customer_clerk")
        conflict = self.conflict(self.reviewer)
        for reason, until in (
            ("  ", self.today() + HALF_A_YEAR),
            ("Fine", self.today()),
            ("Fine", False),
        ):
            with self.assertRaises(UserError):
                conflict.with_user(self.first)._accept(reason, until)
        self.accept(conflict, self.first, until=self.today() + HALF_A_YEAR)
        self.assertRecordValues(
            conflict,
            [
                {
                    "state": "accepted",
                    "accepted_by_id": self.first.id,
                    "reason": "The owner looks at it",
                    "accepted_until": self.today() + HALF_A_YEAR,
                }
            ],
        )
        # a refresh leaves it accepted until its day is over
        self.env["customer.access.conflict"]._refresh()
        self.assertEqual(conflict.state, "accepted")
        conflict._set(accepted_until=self.today() - timedelta(days=1))
        self.env["customer.access.conflict"]._refresh()
        self.assertEqual(conflict.state, "open")

    def test_own_conflict_is_accepted_by_another(self):
        # every administrator enters customers and posts receipts
        conflict = self.conflict(self.first, "clerk_accountant")
        with self.assertRaisesRegex(UserError, self.second.login):
            self.accept(conflict, self.first)
        self.accept(conflict, self.second)
        self.assertEqual(conflict.accepted_by_id, self.second)
        # where there is no other, one's own word has to do
        own = self.conflict(self.second, "clerk_accountant")
        self.first.active = False
        self.accept(own, self.second)
        self.assertEqual(own.accepted_by_id, self.second)

    def test_ended_conflict_is_not_accepted(self):
        self.reviewer.group_ids += self.role("customer_clerk")
        conflict = self.conflict(self.reviewer)
        self.reviewer.group_ids -= self.role("customer_clerk")
        with self.assertRaises(UserError):
            self.accept(conflict, self.first)

    def test_only_administrators_accept(self):
        self.reviewer.group_ids += self.role("customer_clerk")
        conflict = self.conflict(self.reviewer)
        for user in (self.reviewer, self.auditor, self.clerk):
            for call in (
                lambda record: record.action_accept(),
                lambda record: record.action_refresh(),
                lambda record: record._accept("Fine", self.today() + HALF_A_YEAR),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    call(conflict.with_user(user))
        for env in (self.env(user=self.first), self.env(su=True)):
            with self.assertRaises(AccessError):
                conflict.with_env(env).write({"state": "ended"})
            with self.assertRaises(AccessError):
                conflict.with_env(env).unlink()
            with self.assertRaises(AccessError):
                conflict.with_env(env).create({"user_id": 1, "rule_id": 1})
        # an administrator of another company does not even see it
        hers = conflict.with_user(self.administrator)
        self.assertFalse(hers.search([]) & conflict)
        with self.assertRaises(AccessError):
            hers.action_accept()
        with self.assertRaises(AccessError):
            hers._accept("Fine", self.today() + HALF_A_YEAR)

    def test_the_database_refuses_acceptance_without_a_reason(self):
        self.reviewer.group_ids += self.role("customer_clerk")
        conflict = self.conflict(self.reviewer)
        accepted = {
            "state": "accepted",
            "accepted_by_id": self.first.id,
            "accepted_at": fields.Datetime.now(),
            "accepted_until": self.today(),
        }
        for vals in ({"state": "accepted"}, {**accepted, "reason": " "}):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                conflict.sudo()._set(**vals)
                self.env.flush_all()
            self.env.invalidate_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            conflict.sudo()._insert(
                [
                    {
                        "user_id": conflict.user_id.id,
                        "rule_id": conflict.rule_id.id,
                        "found_at": fields.Datetime.now(),
                    }
                ]
            )
            self.env.flush_all()

    def test_rules_are_data(self):
        rules = self.env["customer.access.conflict.rule"].with_user(self.first)
        rule = rules.create(
            {
                "name": "Collects and decides on credit",
                "one_group_id": self.role("collector").id,
                "other_group_id": self.role("credit_manager").id,
            }
        )
        user = self.person("two", "collector", "credit_manager")
        found = self.env["customer.access.conflict"].search(
            [("user_id", "=", user.id), ("rule_id", "=", rule.id)]
        )
        self.assertEqual(found.state, "open")
        self.assertEqual(rule.open_count, 1)
        with self.assertRaises(UserError):  # findings are kept
            rule.unlink()
        rule.active = False
        self.assertEqual(found.state, "ended")
        with self.assertRaises(ValidationError):  # every accountant is a clerk
            rules.create(
                {
                    "name": "Senseless",
                    "one_group_id": self.role("ar_clerk").id,
                    "other_group_id": self.role("ar_accountant").id,
                }
            )
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_access_conflict_rule"
                    " SET other_group_id = one_group_id WHERE id = %s",
                    rule.id,
                )
            )
        unused = rules.create(
            {
                "name": "Unused",
                "one_group_id": self.role("auditor").id,
                "other_group_id": self.env.ref("base.group_portal").id,
            }
        )
        unused.unlink()
        self.assertFalse(unused.exists())

    def test_statements_do_not_grow_with_users(self):
        conflicts = self.env["customer.access.conflict"]

        def statements(count):
            users = self.env["res.users"].browse()
            for number in range(count):
                users += self.person(f"mass{count}_{number}", "collector")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            conflicts._refresh(users)
            return self.env.cr.sql_log_count - before

        statements(1)
        self.assertEqual(statements(2), statements(12))


@tagged("post_install", "-at_install")
class TestAccessSettings(AccessCase):
    def found(self):
        settings = self.env["customer.access.setting"].with_user(self.first)
        return {one.code: (one.state, one.value) for one in settings._findings()}

    def parameter(self, name, value):
        self.env["ir.config_parameter"].set_param(name, value)

    def test_page_shows_what_to_do_first(self):
        for user in (self.first, self.auditor):
            action = self.env["customer.access.setting"].with_user(user).action_open()
            rows = self.env["customer.access.setting"].with_user(user)
            rows = rows.search(action["domain"])
            states = rows.mapped("state")
            order = ["act", "watch", "good"]
            self.assertEqual(states, sorted(states, key=order.index))
            for row in rows:
                self.assertEqual(bool(row.advice), row.state != "good", row.title)
        with self.assertRaises(AccessError):
            self.env["customer.access.setting"].with_user(self.clerk).action_open()

    def test_parameters(self):
        for name, code, table in (
            (
                "auth_password_policy.minlength",
                "password_length",
                {"12": "good", "9": "watch", "4": "act", "many": "act"},
            ),
            (
                "auth_totp.policy",
                "second_factor_policy",
                {"employee_required": "good", "": "act"},
            ),
            (
                "sessions.max_inactivity_seconds",
                "session_hours",
                {"43200": "good", "43201": "watch", "604800": "act"},
            ),
            (
                "auth_signup.invitation_scope",
                "signup",
                {"b2b": "good", "b2c": "act"},
            ),
            (
                "web.base.url",
                "https",
                {"https://a.example": "good", "http://a.example": "act"},
            ),
        ):
            for value, state in table.items():
                with self.subTest(name=name, value=value):
                    self.parameter(name, value)
                    self.assertEqual(self.found()[code][0], state)

    def test_shipped_passwords_are_tried(self):
        admin = self.env.ref("base.user_admin")
        admin.login = "admin"
        admin.password = "admin"
        self.env.flush_all()
        self.assertIn("admin", self.found()["default_passwords"][1])
        admin.password = "something long and new"
        self.env.flush_all()
        self.assertNotIn("admin", self.found()["default_passwords"][1])

    def test_second_factor_counts_users_with_a_role(self):
        self.parameter("auth_totp.policy", "")
        before = self.found()["second_factor_missing"][1]
        self.person("late", "collector")
        self.person("employee")
        self.assertEqual(self.found()["second_factor_missing"][1], before + 1)
        self.parameter("auth_totp.policy", "employee_required")
        self.assertEqual(self.found()["second_factor_missing"][1], 0)

    def test_outsiders_and_endless_keys(self):
        self.assertEqual(self.found()["outsiders_with_role"], ("good", 0))
        before = self.found()["endless_keys"][1]
        keys = self.env["res.users.apikeys"].with_user(self.env.ref("base.user_admin"))
        keys._generate("rpc", "endless", None)
        self.assertEqual(self.found()["endless_keys"][1], before + 1)

    def test_server(self):
        for option, code, table in (
            ("list_db", "database_list", {True: "act", False: "good"}),
            ("proxy_mode", "proxy_mode", {True: "good", False: "watch"}),
            ("workers", "workers", {4: "good", 0: "watch"}),
        ):
            for value, state in table.items():
                with self.subTest(option=option, value=value):
                    self.patch(config, "options", {**config.options, option: value})
                    self.assertEqual(self.found()[code][0], state)

    def test_a_review_keeps_the_settings_as_found(self):
        self.parameter("auth_signup.invitation_scope", "b2c")
        review = self.start()
        self.parameter("auth_signup.invitation_scope", "b2b")
        self.assertTrue(review.act_count)
        self.assertIn("b2c", review.settings_html)
