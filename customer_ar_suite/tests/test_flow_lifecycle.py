"""Stages of customers: by hand, by event, by rule; their history, contacts, playbooks."""

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ArCommon, date
from .common_closing import ClosingCase

STAGES = ("prospect", "introduction", "growth", "maturity", "decline", "closed")


class LifecycleCommon(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        cls.stages = {
            code: ref(f"customer_ar_suite.customer_lifecycle_stage_{code}")
            for code in STAGES
        }
        cls.kinds = {
            code: ref(f"customer_ar_suite.customer_lifecycle_event_kind_{code}")
            for code in ("visit", "call", "complaint", "first_contact", "first_order")
        }
        cls.clerk = cls.user_with("customer_clerk")
        cls.acme = cls.customer("Acme Ltd")

    def event(self, partner, kind, on, **values):
        return self.env["customer.lifecycle.event"].create(
            {
                "partner_id": partner.id,
                "kind_id": self.kinds[kind].id,
                "happened_on": on,
                **values,
            }
        )

    def track(self, partner):
        """(stage, from, to, source) of a customer, oldest first."""
        return [
            (one.stage_id.code, one.valid_from, one.valid_to, one.source)
            for one in partner.customer_stage_period_ids.sorted("valid_from")
        ]


@tagged("post_install", "-at_install")
class TestLifecycleStage(LifecycleCommon):
    def test_history_by_whatever_route(self):
        # given a customer on the card, then dragged on the board, then moved with a reason
        acme = self.acme.with_user(self.clerk)
        with freeze_time("2026-06-01"), Form(acme) as form:
            form.customer_stage_id = self.stages["prospect"]
        with freeze_time("2026-06-11"):
            acme.web_save({"customer_stage_id": self.stages["introduction"].id}, {})
        with freeze_time("2026-06-20"):
            action = acme.action_move_stage()
            wizard = (
                self.env[action["res_model"]]
                .with_user(self.clerk)
                .with_context(**action["context"])
                .create(
                    {"stage_id": self.stages["growth"].id, "reason": "Second plant"}
                )
            )
            wizard.action_move()
        # then the track tells all three, without gap or overlap
        self.assertEqual(
            self.track(self.acme),
            [
                ("prospect", date(2026, 6, 1), date(2026, 6, 10), "manual"),
                ("introduction", date(2026, 6, 11), date(2026, 6, 19), "manual"),
                ("growth", date(2026, 6, 20), False, "manual"),
            ],
        )
        periods = self.acme.customer_stage_period_ids.sorted("valid_from")
        self.assertEqual(periods.mapped("ended_days"), [10, 9, 0])
        self.assertEqual(periods[-1].why, "Second plant")
        self.assertEqual(periods.before_id, periods[:2].stage_id)
        self.assertEqual(self.acme.customer_stage_since, date(2026, 6, 20))
        # and the audit log names old and new
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "lifecycle.move"), ("res_id", "=", self.acme.id)],
            order="id desc",
            limit=1,
        )
        self.assertIn("Growth", str(entry.payload))

    def test_two_moves_on_one_day_leave_the_last(self):
        with freeze_time("2026-06-01"):
            self.acme.customer_stage_id = self.stages["prospect"]
            self.acme.customer_stage_id = self.stages["growth"]
        self.assertEqual(
            self.track(self.acme), [("growth", date(2026, 6, 1), False, "manual")]
        )

    def test_the_stage_belongs_to_the_customer_not_to_a_contact(self):
        person = self.contact(self.acme)
        with self.assertRaises(ValidationError):
            person.customer_stage_id = self.stages["growth"]

    def test_only_what_may_follow(self):
        self.stages["growth"].next_stage_ids = self.stages["maturity"]
        self.acme.customer_stage_id = self.stages["growth"]
        with self.assertRaisesRegex(UserError, "Allowed are: Maturity"):
            self.acme.customer_stage_id = self.stages["prospect"]
        self.acme.customer_stage_id = self.stages["maturity"]

    def test_guarded_stage_awaits_approval(self):
        # given a policy on the stage
        field = self.env["ir.model.fields"]._get("res.partner", "customer_stage_id")
        self.env["customer.change.policy"].create(
            {"field_id": field.id, "active": True}
        )
        # when a clerk moves the customer
        done = self.acme.with_user(self.clerk)._ar_move_stage(
            self.stages["closed"], "manual", "Lost"
        )
        # then nothing moved, and a request waits
        self.assertFalse(done)
        self.assertFalse(self.acme.customer_stage_id)
        line = self.env["customer.change.line"].search(
            [("request_id.partner_id", "=", self.acme.id)]
        )
        self.assertEqual(line.field_name, field.name)
        # nor does an event get around it
        self.event(self.acme, "first_contact", date(2026, 6, 1))
        self.env.flush_all()

    def test_stage_in_use_is_not_deleted(self):
        own = self.env["customer.lifecycle.stage"].create({"name": "X", "code": "x"})
        with freeze_time("2026-06-01"):
            self.acme.customer_stage_id = own
        with freeze_time("2026-06-02"):
            self.acme.customer_stage_id = False
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            own.unlink()
        other = own.copy({"code": "y"})
        with self.assertRaisesRegex(UserError, "names this stage"):
            self.env["customer.lifecycle.rule"].create(
                {
                    "name": "To it",
                    "to_stage_id": other.id,
                    "condition_ids": [
                        fields.Command.create({"metric": "tenure", "value": 1})
                    ],
                }
            )
            other.unlink()

    def test_mirror_dimension_shows_the_same(self):
        # given the dimension is switched on
        dimension = self.env.ref("customer_ar_suite.customer_dimension_lifecycle")
        dimension.active = True
        partners = self.acme + self.customer("Beta Ltd")
        partners.customer_stage_id = self.stages["growth"]
        column = dimension._column_name()
        acme = self.env["res.partner"].browse(self.acme.id)
        self.assertEqual(acme[column].code, "growth")
        acme.customer_stage_id = False
        self.assertFalse(acme[column])

    def test_statements_do_not_grow_with_customers(self):
        partners = self.customer("One") + self.customer("Two")
        many = self.env["res.partner"].create(
            [
                {"name": f"P{n}", "is_company": True, "customer_rank": 1}
                for n in range(40)
            ]
        )
        counts = []
        for group in (partners, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group.write({"customer_stage_id": self.stages["growth"].id})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)


@tagged("post_install", "-at_install")
class TestLifecycleEvent(LifecycleCommon):
    def test_events_are_filed_under_the_stage_of_their_day(self):
        with freeze_time("2026-05-01"):
            self.acme.customer_stage_id = self.stages["introduction"]
        with freeze_time("2026-06-01"):
            self.acme.customer_stage_id = self.stages["growth"]
        with freeze_time("2026-06-20"):
            late = self.event(self.acme, "visit", date(2026, 6, 15))
            early = self.event(self.acme, "call", date(2026, 5, 20))
            before = self.event(self.acme, "call", date(2026, 4, 20))
        self.assertEqual(late.stage_id.code, "growth")
        self.assertEqual(early.stage_id.code, "introduction")
        self.assertFalse(before.stage_id)
        # contacts: the first and the last of them
        self.assertEqual(self.acme.customer_first_contact_on, date(2026, 4, 20))
        self.assertEqual(self.acme.customer_last_contact_on, date(2026, 6, 15))
        # growth: every 45 days
        self.assertEqual(self.acme.customer_next_contact_on, date(2026, 7, 30))
        late.unlink()
        self.assertEqual(self.acme.customer_last_contact_on, date(2026, 5, 20))
        # counted from the day the stage began
        self.assertEqual(self.acme.customer_next_contact_on, date(2026, 7, 16))

    def test_an_event_moves_the_customer(self):
        with freeze_time("2026-06-20"):
            first = self.event(self.acme, "first_contact", date(2026, 6, 20))
            order = self.event(self.acme, "first_order", date(2026, 6, 20))
            again = self.event(self.acme, "first_order", date(2026, 6, 20))
        self.assertEqual(first.to_stage_id.code, "prospect")
        self.assertEqual(order.to_stage_id.code, "introduction")
        self.assertFalse(again.to_stage_id)
        self.assertEqual(self.acme.customer_stage_id.code, "introduction")
        self.assertEqual(self.track(self.acme)[-1][3], "event")

    def test_contact_person_leads_to_the_customer(self):
        person = self.contact(self.acme)
        with freeze_time("2026-06-20"):
            event = self.event(person, "call", date(2026, 6, 20))
        self.assertEqual((event.partner_id, event.contact_id), (self.acme, person))

    @freeze_time("2026-06-20")
    def test_nothing_happens_in_the_future(self):
        with self.assertRaisesRegex(UserError, "future"):
            self.event(self.acme, "visit", date(2026, 6, 21))

    @freeze_time("2026-06-20")
    def test_done_activity_files_itself(self):
        person = self.contact(self.acme)
        activity = person.activity_schedule(
            "mail.mail_activity_data_call", summary="Ask about May"
        )
        activity.action_feedback(feedback="Will pay on Friday")
        event = self.acme.customer_event_ids
        self.assertEqual(event.kind_id, self.kinds["call"])
        self.assertEqual(event.contact_id, person)
        self.assertIn("Friday", event.note)
        self.assertEqual(self.acme.customer_last_contact_on, date(2026, 6, 20))
        # what filed itself is not changed by hand
        with self.assertRaises(AccessError):
            event.with_user(self.clerk).write({"summary": "Something else"})

    @freeze_time("2026-06-20")
    def test_incoming_mail_files_itself(self):
        self.acme.message_post(
            body="Please call", subject="Question", message_type="email"
        )
        self.assertEqual(self.acme.customer_event_ids.kind_id.code, "email")
        self.assertEqual(self.acme.customer_event_ids.summary, "Question")

    def test_who_files_and_changes(self):
        clerk, collector = self.clerk, self.user_with("collector")
        auditor = self.user_with("auditor")
        values = {"partner_id": self.acme.id, "kind_id": self.kinds["visit"].id}
        events = self.env["customer.lifecycle.event"]
        mine = events.with_user(clerk).create(
            # over RPC a client may claim anything
            {**values, "source": "invoice", "to_stage_id": self.stages["growth"].id}
        )
        self.assertEqual(mine.source, "manual")
        self.assertFalse(mine.to_stage_id)
        with self.assertRaises(AccessError):
            mine.with_user(collector).write({"summary": "No"})
        with self.assertRaises(AccessError):
            mine.with_user(collector).unlink()
        with self.assertRaises(AccessError):
            events.with_user(auditor).create(values)
        mine.write({"summary": "Yes", "source": "invoice"})
        self.assertEqual((mine.summary, mine.source), ("Yes", "manual"))


@tagged("post_install", "-at_install")
class TestLifecyclePlaybook(LifecycleCommon):
    @freeze_time("2026-06-01")
    def test_entering_plans_and_leaving_drops(self):
        # given two steps, one of them to be done whatever comes
        call = self.env.ref("mail.mail_activity_data_call")
        sales = self.user_with("customer_clerk", login="sales")
        self.acme.user_id = sales
        for summary, delay, dropped in (("Call", 2, True), ("Write", 5, False)):
            self.env["customer.lifecycle.step"].create(
                {
                    "stage_id": self.stages["prospect"].id,
                    "summary": summary,
                    "delay_days": delay,
                    "activity_type_id": call.id,
                    "is_dropped": dropped,
                }
            )
        # when the customer enters the stage
        self.acme.with_user(self.clerk).customer_stage_id = self.stages["prospect"]
        planned = self.acme.activity_ids.sorted("date_deadline")
        self.assertEqual(planned.mapped("summary"), ["Call", "Write"])
        self.assertEqual(
            planned.mapped("date_deadline"), [date(2026, 6, 3), date(2026, 6, 6)]
        )
        self.assertEqual(planned.user_id, sales)
        # then leaves it
        self.acme.customer_stage_id = self.stages["growth"]
        self.assertEqual(self.acme.activity_ids.mapped("summary"), ["Write"])

    def test_shipped_playbooks_and_rules_are_off(self):
        self.assertFalse(self.env["customer.lifecycle.step"].search([]))
        self.assertFalse(self.env["customer.lifecycle.rule"].search([]))
        runs = self.env["customer.lifecycle.run"].search_count([])
        self.env["customer.lifecycle.run"]._cron_review()
        self.assertEqual(self.env["customer.lifecycle.run"].search_count([]), runs)


@tagged("post_install", "-at_install")
class TestLifecycleRun(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = cls.env["customer.lifecycle.rule"].with_context(active_test=False)
        rules.search([]).unlink()
        cls.rule = rules.create(
            {
                "name": "Idle",
                "from_stage_ids": cls.stages["growth"].ids,
                "to_stage_id": cls.stages["decline"].id,
                "condition_ids": [
                    fields.Command.create(
                        {
                            "metric": "days_since_last_invoice",
                            "operator": ">=",
                            "value": 180,
                        }
                    )
                ],
            }
        )
        cls.busy = cls.customer("Busy Ltd")
        cls.pinned = cls.customer("Pinned Ltd")
        cls.fresh = cls.customer("No Stage Ltd")
        for partner, day in (
            (cls.acme, "2026-01-01"),
            (cls.busy, "2026-06-01"),
            (cls.pinned, "2026-01-01"),
            (cls.fresh, "2026-01-01"),
        ):
            cls.invoice(partner, 100.0, day)
        with freeze_time("2026-02-01"):
            (cls.acme + cls.busy).customer_stage_id = cls.stages["growth"]
            cls.pinned._ar_move_stage(
                cls.stages["growth"], "manual", held=date(2026, 12, 31)
            )

    def run_(self, user=None):
        runs = self.env["customer.lifecycle.run"].with_user(user or self.env.user)
        return runs.create({})

    @freeze_time("2026-06-30")
    def test_preview_moves_nobody_and_apply_does(self):
        # given idle for exactly 180 days, not idle, held by hand, without a stage
        run = self.run_(self.clerk)
        run.action_preview()
        self.assertEqual(run.line_ids.partner_id, self.acme)
        self.assertEqual(self.acme.customer_stage_id.code, "growth")
        self.assertEqual(run.line_ids.why, "Days since the Last Invoice = 180 (≥ 180)")
        # when applied
        run.action_apply()
        # then the track says why
        self.assertEqual(self.acme.customer_stage_id.code, "decline")
        period = self.acme.customer_stage_period_ids.filtered(
            lambda one: not one.valid_to
        )
        self.assertEqual((period.source, period.rule_id), ("rule", self.rule))
        self.assertIn("180", period.why)
        # and another look moves nobody
        again = self.run_(self.clerk)
        again.action_preview()
        self.assertFalse(again.line_ids)

    @freeze_time("2026-06-29")
    def test_one_day_earlier_nobody_moves(self):
        run = self.run_()
        run.action_preview()
        self.assertFalse(run.line_ids)

    @freeze_time("2026-06-30")
    def test_who_moved_meanwhile_is_left_alone(self):
        run = self.run_()
        run.action_preview()
        self.acme.customer_stage_id = self.stages["maturity"]
        run.action_apply()
        self.assertEqual(run.line_ids.run_state, "skipped")
        self.assertEqual(self.acme.customer_stage_id.code, "maturity")

    @freeze_time("2026-06-30")
    def test_ended_relationship_begins_again_only_by_its_own_rule(self):
        self.acme.customer_stage_id = self.stages["closed"]
        self.rule.from_stage_ids = False
        run = self.run_()
        run.action_preview()
        self.assertNotIn(self.acme, run.line_ids.partner_id)
        self.rule.from_stage_ids = self.stages["closed"]
        run.action_preview()
        self.assertEqual(run.line_ids.partner_id, self.acme)

    @freeze_time("2026-06-30")
    def test_night_files_first_orders_and_writes_nothing_twice(self):
        runs = self.env["customer.lifecycle.run"]
        self.fresh.customer_stage_id = self.stages["prospect"]
        runs._cron_review()
        self.assertEqual(self.acme.customer_stage_id.code, "decline")
        event = self.fresh.customer_event_ids
        self.assertEqual(
            (event.kind_id, event.happened_on),
            (self.kinds["first_order"], date(2026, 1, 1)),
        )
        self.assertEqual(self.fresh.customer_stage_id.code, "introduction")
        counts = [
            self.env[name].search_count([])
            for name in ("customer.lifecycle.event", "customer.lifecycle.period")
        ]
        known = runs.search([])
        runs._cron_review()
        self.assertEqual(runs.search([]), known)
        self.assertEqual(
            counts,
            [
                self.env[name].search_count([])
                for name in ("customer.lifecycle.event", "customer.lifecycle.period")
            ],
        )

    def test_who_reviews(self):
        for role, allowed in (("customer_clerk", True), ("credit_manager", False)):
            user = self.user_with(role, login=f"review_{role}")
            runs = self.env["customer.lifecycle.run"].with_user(user)
            if allowed:
                runs.create({}).action_preview()
            else:
                with self.assertRaises(AccessError):
                    runs.create({})

    def test_a_rule_without_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no condition"):
            self.env["customer.lifecycle.rule"].create(
                {"name": "All", "to_stage_id": self.stages["growth"].id}
            )


@tagged("post_install", "-at_install")
class TestLifecycleClosing(ClosingCase):
    def test_closing_ends_and_reopening_begins_anew(self):
        # given a customer in growth
        growth = self.env.ref("customer_ar_suite.customer_lifecycle_stage_growth")
        with freeze_time("2026-01-01"):
            self.customer.customer_stage_id = growth
        # when the account is closed
        self.closed()
        self.assertEqual(self.customer.customer_stage_id.code, "closed")
        period = self.customer.customer_stage_period_ids.filtered(
            lambda one: not one.valid_to
        )
        self.assertEqual((period.source, period.why), ("closing", "Out of business"))
        # and taken up again
        self.approve(self.ask("reopen"))
        self.assertEqual(self.customer.customer_stage_id, growth)
