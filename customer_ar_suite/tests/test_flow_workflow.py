"""Scheduled work: jobs shown and paused, invoices posted and sent under conditions."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ArCommon

TODAY = "2026-06-30"


@tagged("post_install", "-at_install")
class TestWorkflow(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.user_with("ar_accountant", login="work_accountant")
        cls.manager = cls.user_with("administrator", login="work_manager")
        cls.acme = cls.customer("Acme Ltd", email="ap@acme.example", city="Delft")
        cls.beta = cls.customer("Beta BV", email="ap@beta.example", city="Gent")
        cls.env["account.move"].search(
            [("state", "=", "draft"), ("company_id", "=", cls.company.id)]
        ).unlink()

    def workflow(self, user=None, **values):
        """As the form makes it."""
        model = self.env["ar.workflow"].with_user(user or self.accountant)
        form = Form(model.with_company(self.company))
        form.kind = values.pop("kind", "post")
        form.name = "Work"
        form.responsible_id = values.pop("responsible_id", self.accountant)
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def draft(self, partner, amount, on=TODAY, auto="at_date"):
        return self.invoice(partner, amount, on, post=False, auto_post=auto)

    def preview(self, workflow):
        action = workflow.action_preview()
        return self.env[action["res_model"]].with_user(self.env.user).browse(
            action["res_id"]
        ).with_user(workflow.env.user)  # fmt: skip

    # -- posting --------------------------------------------------------------------------

    def test_preview_then_start(self):
        """The list is what a run does, less what is left out; nothing before."""
        first, second = self.draft(self.acme, 100), self.draft(self.beta, 200)
        future = self.draft(self.acme, 300, "2099-01-01")
        plain = self.draft(self.acme, 400, auto="no")
        run = self.preview(self.workflow())
        self.assertEqual(run.item_ids.move_id, first | second)
        self.assertEqual((run.ready_count, run.ready_amount), (2, 300.0))
        self.assertEqual(set((first | second).mapped("state")), {"draft"})
        run.item_ids.filtered(lambda i: i.move_id == second).is_left_out = True
        run.action_start()
        self.assertEqual(
            [move.state for move in (first, second, future, plain)],
            ["posted", "draft", "draft", "draft"],
        )
        self.assertEqual((run.run_state, run.done_count), ("done", 1))

    def test_conditions(self):
        """Customer, amount band, which drafts."""
        cheap, dear = self.draft(self.acme, 100), self.draft(self.acme, 900)
        other = self.draft(self.beta, 100)
        plain = self.draft(self.acme, 150, auto="no")
        flow = self.workflow(
            partner_domain="[('city', '=', 'Delft')]", amount_from=50, amount_to=500
        )
        self.assertEqual(self.preview(flow).item_ids.move_id, cheap)
        flow.scope = "due"
        self.assertEqual(self.preview(flow).item_ids.move_id, cheap | plain)
        self.assertEqual((dear | other).mapped("state"), ["draft", "draft"])
        with self.assertRaises(UserError):
            flow.partner_domain = "[('no_such_field', '=', 1)]"
        with self.assertRaises(ValidationError):
            flow.amount_to = 10

    def test_blocks_are_respected(self):
        """What stops a posting is listed with its reason and not done."""
        self.user_with("customer_reviewer", login="work_reviewer")
        self.company.ar_customers_need_approval = True
        held = self.draft(self.acme, 100)
        self.acme.sudo().write({"ar_approval_state": "entered"})
        run = self.preview(self.workflow())
        self.assertEqual((run.ready_count, run.held_count), (0, 1))
        self.assertIn("approved", run.item_ids.reason_text)
        with self.assertRaisesRegex(UserError, "Nothing"):
            run.action_start()
        self.assertEqual(held.state, "draft")

    def test_closed_periods_are_left_to_people(self):
        held = self.draft(self.acme, 100)
        self.company.sale_lock_date = TODAY
        run = self.preview(self.workflow())
        self.assertEqual((run.ready_count, run.held_count), (0, 1))
        self.assertIn(TODAY, run.item_ids.reason_text)
        self.assertEqual(held.state, "draft")

    def test_recurring_goes_on(self):
        monthly = self.draft(self.acme, 100, auto="monthly")
        self.preview(self.workflow()).action_start()
        following = self.env["account.move"].search(
            [("auto_post_origin_id", "=", monthly.id), ("id", "!=", monthly.id)]
        )
        self.assertEqual((monthly.state, following.state), ("posted", "draft"))

    def test_changed_since_the_list(self):
        first, second = self.draft(self.acme, 100), self.draft(self.acme, 200)
        run = self.preview(self.workflow())
        second.action_post()
        run.action_start()
        self.assertEqual(first.state, "posted")
        self.assertEqual((run.done_count, run.error_count), (1, 1))
        activity = run.workflow_id.sudo().activity_ids
        self.assertEqual(activity.user_id, self.accountant)

    def test_holding_back_from_odoo(self):
        """given "hold back", then Odoo's own schedule leaves the others alone"""
        small, large = self.draft(self.acme, 100), self.draft(self.acme, 900)
        flow = self.workflow(amount_to=500, holds_others=True)
        flow.action_resume()
        root = self.env["account.move"].with_user(1)
        blocks = root.browse((small | large).ids)._ar_posting_blocks()
        self.assertEqual([move.id for move in blocks], large.ids)
        self.assertFalse(
            (small | large).with_user(self.accountant)._ar_posting_blocks()
        )
        with self.assertRaises(UserError):
            root.browse(large.ids)._post()
        large.with_user(self.accountant)._post()
        self.assertEqual(large.state, "posted")

    # -- by the clock ---------------------------------------------------------------------

    def run_clock(self, flow):
        flow.sudo().next_run_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env["ar.workflow"]._cron_run_due()

    def test_off_until_switched_on(self):
        move = self.draft(self.acme, 100)
        flow = self.workflow()
        self.assertFalse(flow.is_running_on)
        self.run_clock(flow)
        self.assertFalse(flow.run_ids)
        flow.action_resume()
        self.assertTrue(flow.next_at)
        flow.action_pause()
        self.assertFalse(flow.next_at)
        self.assertEqual(move.state, "draft")

    def test_waits_for_a_look(self):
        move = self.draft(self.acme, 100)
        flow = self.workflow()
        flow.action_resume()
        self.run_clock(flow)
        self.assertEqual((flow.last_run_id.run_state, move.state), ("draft", "draft"))
        self.assertTrue(flow.waits)
        self.assertEqual(flow.sudo().activity_ids.user_id, self.accountant)
        self.run_clock(flow)  # the older list is given up, one activity remains
        self.assertEqual(
            flow.run_ids.sorted("id").mapped("run_state"), ["cancelled", "draft"]
        )
        self.assertEqual(len(flow.sudo().activity_ids), 1)

    def test_automatic_by_managers_only(self):
        move = self.draft(self.acme, 100)
        flow = self.workflow()
        with self.assertRaises(AccessError):
            flow.is_automatic = True
        flow.with_user(self.manager).is_automatic = True
        flow.action_resume()
        with self.assertRaises(AccessError):
            flow.amount_to = 5
        self.run_clock(flow)
        self.assertEqual((move.state, flow.last_run_id.run_state), ("posted", "done"))
        self.assertEqual(flow.last_run_id.user_id, self.accountant)
        self.assertGreater(flow.next_run_at, fields.Datetime.now())

    def test_a_responsible_without_the_role(self):
        self.draft(self.acme, 100)
        nobody = self.user_with(login="work_nobody")
        flow = self.workflow(responsible_id=nobody)
        flow.action_resume()
        self.run_clock(flow)
        self.assertFalse(flow.run_ids)
        self.assertEqual(flow.sudo().activity_ids.user_id, nobody)

    # -- sending --------------------------------------------------------------------------

    def test_sending(self):
        """Posted since it was switched on, by e-mail, once; who has none is listed."""
        old = self.invoice(self.acme, 50, "2020-01-01")
        flow = self.workflow(kind="send")
        flow.action_resume()
        today = fields.Date.context_today(flow)
        mine = self.invoice(self.acme, 100, today)
        self.beta.email = False
        mute = self.invoice(self.beta, 100, today)
        run = self.preview(flow)
        self.assertEqual(run.item_ids.move_id, mine | mute)
        self.assertEqual((run.ready_count, run.held_count), (1, 1))
        self.assertFalse(mine.is_move_sent)
        run.action_start()
        self.assertEqual(
            (run.done_count, run.error_count), (1, 0), run.item_ids.mapped("run_error")
        )
        self.assertEqual(
            [move.is_move_sent for move in (mine, mute, old)], [True, False, False]
        )
        self.assertEqual(self.preview(flow).item_ids.move_id, mute)

    # -- jobs of the suite ----------------------------------------------------------------

    def job(self, name):
        self.env["ar.workflow"]._sync_jobs()
        cron = self.env.ref(f"customer_ar_suite.{name}")
        return self.env["ar.workflow"].search([("job_id", "=", cron.id)]), cron

    def test_every_schedule_is_shown(self):
        self.env["ar.workflow"]._sync_jobs()
        shown = self.env["ar.workflow"].search([("is_job", "=", True)]).job_id
        self.assertEqual(set(shown.ids), set(self.env["ar.workflow"]._job_names()))

    def test_pause_and_resume_a_job(self):
        work, cron = self.job("ar_statement_schedule_cron")
        cron.active = True
        with self.assertRaises(AccessError):
            work.with_user(self.accountant).action_pause()
        mine = work.with_user(self.manager)
        self.assertEqual(mine.next_at, cron.nextcall)
        mine.action_pause()
        self.assertFalse(cron.active)
        self.assertFalse(mine.next_at)
        mine.action_resume()
        self.assertTrue(cron.active)
        mine.action_run_now()
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.assertEqual(mine.action_view_records()["res_model"], "ar.statement.run")

    def test_essential_jobs_run(self):
        work, cron = self.job("customer_audit_cron")
        with self.assertRaises(UserError):
            work.with_user(self.manager).action_pause()
        self.assertTrue(cron.active)

    def test_jobs_are_not_edited(self):
        work, _cron = self.job("ar_statement_schedule_cron")
        mine = work.with_user(self.manager)
        mine.responsible_id = self.manager
        for refused in (
            lambda: mine.write({"interval_number": 5}),
            lambda: mine.unlink(),
            lambda: mine.write({"job_id": False}),
            lambda: mine.create({"kind": "job", "name": "x"}),
        ):
            with self.assertRaises(UserError):
                refused()

    def test_a_failing_job_is_told_once(self):
        work, cron = self.job("ar_statement_schedule_cron")
        work.responsible_id = self.manager
        cron.write({"failure_count": 2, "first_failure_date": "2026-06-30 10:00:00"})
        self.env["ar.workflow"]._tell_failures()
        self.env["ar.workflow"]._tell_failures()
        self.assertEqual(len(work.activity_ids), 1)
        self.assertEqual(work.with_user(self.accountant).failure_count, 2)
