from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import date
from .common_statement_run import StatementRunCommon


@tagged("post_install", "-at_install")
class TestStatementSchedule(StatementRunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_with("credit_manager")
        cls.company.resource_calendar_id.tz = "UTC"

    def schedule(self, user=None, **values):
        """Second working day of the month, for the month before; switched on in June."""
        with freeze_time("2026-06-20"):
            return (
                self.env["ar.statement.schedule"]
                .with_user(user or self.collector)
                .with_company(self.company)
                .create(
                    {
                        "name": "Monthly",
                        "company_id": self.company.id,
                        "layout_id": self.layouts["open_item"].id,
                        "responsible_id": self.collector.id,
                        "active": True,
                        **values,
                    }
                )
            )

    def cron(self, day):
        with freeze_time(f"{day} 09:00:00"):
            # as the scheduler does
            env = self.env(user=self.env.ref("base.user_root"), su=True)
            env["ar.statement.schedule"]._cron_make_runs()
            self.env.invalidate_all()

    def runs(self, schedule):
        return self.env["ar.statement.run"].search(
            [("schedule_id", "=", schedule.id)], order="id"
        )

    def test_makes_a_preview_and_something_to_do_and_sends_nothing(self):
        self.debtor("Good")
        schedule = self.schedule()
        # the 1st is a Wednesday: due on Thursday the 2nd
        with freeze_time("2026-06-20"):
            self.assertEqual(schedule.next_date, date(2026, 7, 2))
        self.cron("2026-07-01")
        self.assertFalse(self.runs(schedule))
        self.cron("2026-07-02")
        run = self.runs(schedule)
        self.assertRecordValues(
            run,
            [
                {
                    "state": "preview",
                    "as_of_date": date(2026, 6, 30),
                    "period_start_date": date(2026, 6, 1),
                    "planned_date": date(2026, 7, 2),
                    "ready_count": 1,
                }
            ],
        )
        self.assertEqual(run.create_uid, self.collector)
        self.assertEqual(run.activity_ids.user_id, self.collector)
        self.assertFalse(run.line_ids.statement_id)
        # and only one, however often it is asked
        self.cron("2026-07-02")
        self.cron("2026-07-03")
        self.assertEqual(self.runs(schedule), run)
        with freeze_time("2026-07-02"):
            schedule.invalidate_recordset()
            self.assertEqual(schedule.next_date, date(2026, 8, 4))

    def test_days_off_of_the_company_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-07-02 00:00:00",
                "date_to": "2026-07-02 23:59:59",
            }
        )
        schedule = self.schedule()
        with freeze_time("2026-06-20"):
            self.assertEqual(schedule.next_date, date(2026, 7, 3))

    def test_missed_days_are_made_up_for_within_a_week(self):
        schedule = self.schedule()
        self.debtor("Good")
        self.cron("2026-07-06")  # nobody was there on the 2nd
        run = self.runs(schedule)
        self.assertEqual(run.planned_date, date(2026, 7, 2))
        self.assertEqual(run.as_of_date, date(2026, 6, 30))
        other = self.schedule(name="Long off")
        self.cron("2026-07-15")
        self.assertFalse(self.runs(other))

    def test_days_before_it_was_switched_on_are_not_made_up_for(self):
        schedule = self.schedule(active=False)
        self.cron("2026-07-02")
        self.assertFalse(self.runs(schedule))
        with freeze_time("2026-07-03"):
            schedule.active = True
        self.cron("2026-07-03")
        self.assertFalse(self.runs(schedule))

    def test_sends_by_itself_only_if_a_manager_has_said_so(self):
        good, mute = self.debtor("Good"), self.debtor("Mute", email=False)
        with self.assertRaisesRegex(AccessError, "Only credit managers"):
            self.schedule(is_automatic=True)
        schedule = self.schedule()
        with self.assertRaisesRegex(AccessError, "Only credit managers"):
            schedule.is_automatic = True
        schedule.with_user(self.manager).is_automatic = True
        self.assertEqual(schedule.automatic_by_id, self.manager)
        # what goes out unseen is changed by managers alone, but stopped by everybody
        with self.assertRaises(AccessError):
            schedule.include = "all"
        with self.assertRaises(AccessError):
            schedule.automatic_by_id = self.collector
        self.cron("2026-07-02")
        run = self.runs(schedule)
        self.assertEqual((run.state, run.confirmed_by_id), ("done", self.manager))
        self.assertTrue(self.line(run, good).delivery_id)
        self.assertEqual(self.line(run, mute).run_state, "error")
        schedule.active = False

    def test_four_eyes_need_a_person(self):
        self.debtor("Good")
        schedule = self.schedule(self.manager, is_automatic=True)
        self.company.ar_statement_two_people = True
        self.cron("2026-07-02")
        self.assertEqual(self.runs(schedule).state, "preview")

    def test_responsible_who_lost_the_role(self):
        self.debtor("Good")
        schedule = self.schedule()
        group = self.env.ref("customer_ar_suite.customer_ar_suite_group_collector")
        self.collector.group_ids = [Command.unlink(group.id)]
        other = self.schedule(self.manager, responsible_id=self.manager.id)
        self.cron("2026-07-02")
        # it says why, and does not stop the others
        self.assertFalse(self.runs(schedule))
        self.assertTrue(schedule.sudo().last_error)
        self.assertEqual(self.runs(other).state, "preview")

    def test_one_run_per_day_is_kept_by_the_database(self):
        schedule = self.schedule()
        self.debtor("Good")
        self.cron("2026-07-02")
        run = self.runs(schedule).copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            run.sudo().write(
                {"schedule_id": schedule.id, "planned_date": date(2026, 7, 2)}
            )
            self.env.flush_all()

    def test_clerk_may_not_change_schedules(self):
        schedule = self.schedule()
        with self.assertRaises(AccessError):
            schedule.with_user(self.clerk).cadence = "weekly"

    def test_input(self):
        with self.assertRaises(ValidationError):
            self.schedule(day_number=0)
        with self.assertRaises(ValidationError):
            self.schedule(day_number=32)
        stranger = self.user_with(
            "collector", company=self.setup_other_company()["company"]
        )
        with self.assertRaises(ValidationError):
            self.schedule(responsible_id=stranger.id)

    def test_make_now(self):
        self.debtor("Good")
        schedule = self.schedule()
        with freeze_time("2026-07-15"):
            action = schedule.action_make_now()
        run = self.env["ar.statement.run"].browse(action["res_id"])
        self.assertEqual((run.state, run.as_of_date), ("preview", date(2026, 6, 30)))
        self.assertFalse(run.schedule_id)
