"""Alerts from the audit log: once each, to somebody else, never switched off unseen."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ArCommon

FOREVER = 2**62


class AlertCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user_with(
            "customer_clerk", login="al_clerk", tz="Asia/Shanghai"
        )
        cls.boss = cls.user_with("administrator", login="al_boss")
        cls.deputy = cls.user_with("administrator", login="al_deputy")
        cls.auditor = cls.user_with("auditor", login="al_auditor")
        cls.rules = cls.env["customer.alert.rule"]
        cls.rules.search([]).active = False

    def rule(self, **values):
        return self.rules.create(
            {
                "name": "Many exports",
                "signal": "export",
                "threshold": 100,
                "company_id": self.company.id,
                "responsible_ids": [Command.set(self.boss.ids)],
                **values,
            }
        )

    def entries(self, event, count=1, user=None, at=None, size=None):
        """Entries of the log as if written at that time; ``size``: of an export."""
        self.env.flush_all()
        log = self.env["customer.audit.entry"].with_company(self.company)
        log = log.with_user(user or self.clerk)
        payloads = [{"count": size} if size else {}] * count
        log._ar_insert(event, "res.partner", [0] * count, [None] * count, payloads)
        if at:
            self.backdate(count, at)

    def backdate(self, count, at):
        self.past_the_triggers(
            """UPDATE customer_audit_entry SET at = %s WHERE id IN (
                   SELECT id FROM customer_audit_entry ORDER BY id DESC LIMIT %s)""",
            (at, count),
        )

    def past_the_triggers(self, statement, params):
        """The log refuses every change: only a test's own rows, in its own transaction."""
        table = "ALTER TABLE customer_audit_entry %s TRIGGER USER"
        self.env.cr.execute(table % "DISABLE")
        self.env.cr.execute(statement, params)
        self.env.cr.execute(table % "ENABLE")

    def end_transaction(self):
        """What was logged so far is of an earlier transaction than what follows."""
        self.env.flush_all()
        self.transaction = getattr(self, "transaction", 0) + 1
        self.past_the_triggers(
            """UPDATE customer_audit_entry
                  SET xid = pg_current_xact_id()::text::bigint + %s
                WHERE xid = pg_current_xact_id()::text::bigint""",
            [1000 + self.transaction],
        )

    def beside_odoo(self, table, id_, assignment):
        """An UPDATE by hand, of a row Odoo has not written in this transaction."""
        self.env.flush_all()
        self.env.cr.execute("SELECT set_config('customer_ar.actor', '', true)")
        for change in ("write_date = '2026-01-01'", assignment):
            self.env.cr.execute(f"UPDATE {table} SET {change} WHERE id = {id_}")

    def watch(self, rule):
        self.end_transaction()
        return rule._watch(FOREVER)

    def alerts(self, rule):
        return self.env["customer.alert"].search(
            [("rule_id", "=", rule.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestAlertRules(AlertCase):
    def test_one_large_export(self):
        rule = self.rule()
        self.entries("data.export", size=4200)
        alert = self.watch(rule)
        self.assertEqual(
            (alert.user_id, alert.record_count, alert.threshold, alert.state),
            (self.clerk, 4200, 100, "open"),
        )
        # then looking again finds nothing more, also by the job
        self.assertFalse(self.watch(rule))
        with patch.object(type(rule), "_horizon", lambda _self: FOREVER):
            rule._cron_watch()
        self.assertEqual(self.alerts(rule), alert)
        # and the entries can be opened
        action = alert.with_user(self.boss).action_view_entries()
        found = self.env["customer.audit.entry"].search(action["domain"])
        self.assertEqual(found.mapped("payload"), [{"count": 4200}])

    def test_below_the_threshold_adds_up_over_looks(self):
        rule = self.rule()
        self.entries("data.export", count=60)
        self.assertFalse(self.watch(rule))
        self.entries("data.export", count=60)
        alert = self.watch(rule)
        self.assertEqual(alert.record_count, 120)
        # then a little more is no news, as much again is added to the open one
        self.entries("data.export", count=60)
        self.assertFalse(self.watch(rule))
        self.entries("data.export", count=60)
        self.assertFalse(self.watch(rule))
        self.assertEqual((len(self.alerts(rule)), alert.record_count), (1, 240))

    def test_hours_apart_do_not_add_up(self):
        rule = self.rule()
        now = fields.Datetime.now()
        self.entries("data.export", at=now - timedelta(hours=3), count=60)
        self.entries("data.export", count=60)
        self.assertFalse(self.watch(rule))

    def test_only_finished_transactions(self):
        """What is still under way is not skipped by a look that goes by."""
        rule = self.rule()
        self.entries("data.export", count=500)
        self.assertFalse(rule._watch(rule._horizon()))
        self.assertTrue(self.watch(rule))

    def test_restored_elsewhere(self):
        """Numbers of transactions begin anew: the look goes on behind the last entry."""
        rule = self.rule()
        self.entries("data.export", count=500)
        self.watch(rule)
        rule.sudo().write({"seen_xid": str(FOREVER)})
        self.entries("data.export", user=self.deputy, count=700)
        alert = rule._watch(rule._beyond())
        self.assertEqual((alert.user_id, alert.record_count), (self.deputy, 700))

    def test_compared_with_ones_own_days(self):
        rule = self.rule(is_own=True, factor=2.0, threshold=50)
        now = fields.Datetime.now()
        for day in range(2, 9):
            at = now - timedelta(days=day)
            self.entries("data.export", at=at, count=300)
        rule.sudo().write({"seen_xid": "0", "seen_entry": 0})
        # given somebody who exports 300 a day: 500 are not much, 700 are
        self.entries("data.export", count=500)
        newest = self.watch(rule)
        self.assertFalse(
            newest.filtered(lambda one: one.last_at > now - timedelta(days=1))
        )
        self.entries("data.export", count=200)
        alert = self.watch(rule)
        self.assertEqual((alert.threshold, alert.record_count), (600, 700))
        # and for who has no such days, the number of the rule
        self.entries("data.export", user=self.deputy, count=60)
        self.assertEqual(self.watch(rule).threshold, 50)

    def test_odd_hours_by_the_users_clock(self):
        rule = self.rule(signal="change", kind="hours", threshold=2, window_minutes=480)
        # 2 a.m. in Shanghai is 18:00 of the day before in UTC; 10 a.m. is 2:00
        night = datetime(2026, 6, 2, 18, 0)
        self.entries("record.write", count=3, at=night)
        self.entries("record.write", count=9, at=datetime(2026, 6, 3, 2, 0))
        # the sample may have been made at night, by others
        alert = self.watch(rule).filtered(lambda one: one.user_id == self.clerk)
        self.assertEqual((alert.record_count, alert.first_at), (3, night))
        self.assertIn("3", alert.what)

    def test_weekend(self):
        rule = self.rule(signal="change", kind="hours", threshold=1)
        self.entries(
            "record.write", at=datetime(2026, 6, 6, 4, 0)
        )  # a Saturday at noon
        self.assertTrue(self.watch(rule))
        rule.with_weekend = False
        self.entries("record.write", at=datetime(2026, 6, 13, 4, 0))
        self.assertFalse(self.watch(rule))

    def test_account_changed_before_a_payment(self):
        rule = self.rule(signal="bank", kind="payment", threshold=1, day_count=3)
        self.env["customer.audit.policy"].action_recommended()
        partner = self.customer("Paid Ltd")
        self.env["res.partner.bank"].with_user(self.clerk).create(
            {"acc_number": "GB29NWBK60161331926819", "partner_id": partner.id}
        )
        self.env.flush_all()
        self.assertFalse(self.watch(rule))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": 100,
                "journal_id": self.bank_journal.id,
            }
        )
        alert = self.watch(rule)
        self.assertEqual((alert.user_id, alert.payment_id), (self.clerk, payment))
        self.assertFalse(self.watch(rule))
        with self.assertRaises(ValidationError):
            rule.signal = "export"

    def test_work_of_the_system_and_of_interfaces(self):
        root = self.env.ref("base.user_root")
        rule = self.rule(exempt_user_ids=[Command.set(self.deputy.ids)])
        for user in (root, self.deputy):
            self.entries("data.export", user=user, count=4200)
        self.assertFalse(self.watch(rule))

    def test_changes_outside_odoo(self):
        rule = self.rule(signal="outside", threshold=1, company_id=False)
        self.env["customer.audit.policy"].action_recommended()
        partner = self.customer("Touched Ltd")
        self.env.flush_all()
        self.watch(rule)
        self.beside_odoo("res_partner", partner.id, "vat = 'X'")
        alert = self.watch(rule)
        action = alert.with_user(self.boss).action_view_entries()
        found = self.env["customer.audit.entry"].search(action["domain"])
        self.assertEqual((found.res_id, found.origin), (partner.id, "database"))


@tagged("post_install", "-at_install")
class TestAlertRights(AlertCase):
    def test_who_caused_it_is_not_told_and_does_not_see_it(self):
        rule = self.rule(responsible_ids=[Command.set((self.boss | self.deputy).ids)])
        self.entries("data.export", user=self.boss, count=500)
        alert = self.watch(rule)
        self.assertEqual(alert.activity_ids.user_id, self.deputy)
        seen = self.env["customer.alert"]
        self.assertNotIn(alert, seen.with_user(self.boss).search([]))
        self.assertIn(alert, seen.with_user(self.deputy).search([]))
        self.assertIn(alert, seen.with_user(self.auditor).search([]))
        with self.assertRaises(AccessError):
            alert.with_user(self.boss).action_take()
        with self.assertRaises(AccessError):
            alert.with_user(self.auditor).action_take()

    def test_nobody_left_of_those_named(self):
        rule = self.rule()
        self.entries("data.export", user=self.boss, count=500)
        alert = self.watch(rule)
        told = alert.activity_ids.user_id
        self.assertTrue(told)
        self.assertNotIn(self.boss, told)

    def test_taken_and_settled(self):
        rule = self.rule()
        self.entries("data.export", count=500)
        alert = self.watch(rule).with_user(self.boss)
        alert.action_take()
        self.assertEqual((alert.state, alert.responsible_id), ("in_work", self.boss))
        action = alert.action_close()
        with self.assertRaises(AssertionError):  # a note is required
            Form(
                self.env[action["res_model"]]
                .with_user(self.boss)
                .with_context(**action["context"])
            ).save()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.boss)
            .with_context(**action["context"])
        )
        form.outcome = "explained"
        form.note = "Mailing for the fair, asked for by sales."
        form.save().action_close()
        self.assertEqual((alert.state, alert.closed_by_id), ("closed", self.boss))
        self.assertFalse(alert.sudo().activity_ids)
        with self.assertRaises(UserError):
            alert._close("mistake", "Again")
        # and when it goes on after that, it is a new one
        self.entries("data.export", count=500)
        self.assertTrue(self.watch(rule))

    def test_alerts_are_written_by_nobody(self):
        rule = self.rule()
        self.entries("data.export", count=500)
        alert = self.watch(rule)
        for user in (self.boss, self.auditor):
            with self.assertRaises(AccessError):
                alert.with_user(user).write({"state": "closed"})
        with self.assertRaises(AccessError):
            alert.sudo().unlink()
        with self.assertRaisesRegex(UserError, "Switch it off"):
            rule.with_user(self.boss).unlink()

    def test_switching_off_is_seen(self):
        rule = self.rule(responsible_ids=[Command.set((self.boss | self.deputy).ids)])
        rule.with_user(self.boss).action_switch_off()
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "alert_rule.write"), ("res_id", "=", rule.id)], limit=1
        )
        self.assertEqual((entry.user_id, entry.payload["active"]), (self.boss, False))
        alert = self.alerts(rule)
        self.assertEqual((alert.user_id, alert.signal), (self.boss, "switched_off"))
        self.assertEqual(alert.activity_ids.user_id, self.deputy)
        self.assertIn(rule.name, alert.what)

    def test_switching_off_by_sql_is_seen(self):
        self.env["customer.audit.policy"]._record()
        rule = self.rule()
        self.beside_odoo("customer_alert_rule", rule.id, "active = false")
        entry = self.env["customer.audit.entry"].search(
            [("model", "=", rule._name), ("origin", "=", "database")], limit=1
        )
        self.assertEqual(entry.res_id, rule.id)

    def test_rules_are_the_administrators(self):
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                self.rules.with_user(user).create({"name": "x", "signal": "export"})
        with self.assertRaises(AccessError):
            self.rule().with_user(self.boss).write({"seen_entry": 2**30})
        with self.assertRaises(ValidationError):
            self.rule(responsible_ids=[Command.set(self.clerk.ids)])

    def test_switched_on_it_begins_now(self):
        rule = self.rule(active=False)
        self.entries("data.export", count=500)
        with patch.object(type(rule), "_horizon", lambda _self: FOREVER):
            rule.with_user(self.boss).action_switch_on()
        self.assertFalse(rule._watch(FOREVER + 1))


@tagged("post_install", "-at_install")
class TestAlertMail(AlertCase):
    def test_off_until_wanted_then_once(self):
        rule = self.rule()
        self.boss.email = "boss@our.example"
        self.entries("data.export", count=500)
        alert = self.watch(rule)
        mails = self.env["mail.mail"]
        before = mails.search([])
        alert.sudo()._cron_digest()
        self.assertEqual(mails.search([]), before)
        self.company.ar_alert_digest = True
        alert.sudo()._cron_digest()
        alert.sudo()._cron_digest()
        # then one for each who is told, of all that is new to him
        made = mails.search([]) - before
        (mail,) = made.filtered(lambda one: one.recipient_ids == self.boss.partner_id)
        self.assertEqual(len(made), len(made.recipient_ids))
        self.assertIn(f"/odoo/customer-alerts/{alert.id}", mail.body_html)
        self.assertIn("500", mail.body_html)


@tagged("post_install", "-at_install")
class TestDeniedPasswords(AlertCase):
    def denied(self):
        return self.env["customer.audit.entry"].search_count(
            [("event", "=", "login.denied"), ("user_id", "=", self.clerk.id)]
        )

    def attempt(self):
        credential = {"type": "password", "login": "al_clerk", "password": "no"}
        try:  # assertRaises would roll back what a cursor of its own has kept
            self.clerk.with_user(self.clerk)._check_credentials(
                credential, {"interactive": True}
            )
        except AccessDenied:
            return
        self.fail("a wrong password is refused")

    def test_logged_only_where_a_rule_watches(self):
        with self.enter_registry_test_mode():
            self.attempt()
            self.assertFalse(self.denied())
            rule = self.rule(
                signal="denied", threshold=3, window_minutes=30, company_id=False
            )
            for _time in range(3):
                self.attempt()
            self.assertEqual(self.denied(), 3)
            alert = self.watch(rule)
        self.assertEqual((alert.user_id, alert.record_count), (self.clerk, 3))
