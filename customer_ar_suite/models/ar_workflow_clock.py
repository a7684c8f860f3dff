from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ar_workflow import JOB, TODO


class ArWorkflow(models.Model):
    """What happens by the clock: runs that are due, failures that are told."""

    _inherit = "ar.workflow"

    # -- by the clock ---------------------------------------------------------------------

    def _plan_next(self):
        """The first time from now on; what was missed is not made up for."""
        today = fields.Date.context_today(self)
        for one in self:
            step = {one.interval_type: one.interval_number}
            # sudo: when it runs next follows from what the user may change
            one.sudo().write(
                {
                    "next_run_at": fields.Datetime.add(fields.Datetime.now(), **step),
                    "active_since": one.active_since or today,
                }
            )

    @api.model
    def _cron_run_due(self):
        """Begin what is due, and tell of what failed."""
        self._sync_jobs()
        self._tell_failures()
        due = self.search(
            [("is_on", "=", True), ("next_run_at", "<=", fields.Datetime.now())]
        )
        for one in due.try_lock_for_update():
            one._plan_next()
            one._run_due()

    def _run_due(self):
        """A run with the rights of the responsible: at once, or waiting for a look."""
        user = self.responsible_id
        one = self.with_user(user).with_company(self.company_id)
        one = one.with_context(lang=user.lang)
        try:
            with self.env.cr.savepoint():
                one._check_role()
                run = one._make_run(by_clock=True)
                if not run.item_ids:
                    return
                if self.is_automatic and self.automatic_by_id:
                    run._start_run()
                else:
                    one._tell(one.env._("Look at the list and start the run"))
        except (UserError, AccessError) as error:
            one._tell(one.env._("Scheduled work has failed"), str(error)[:1000])

    def _make_run(self, by_clock=False):
        """A run with its list; an older list nobody started is given up."""
        self.ensure_one()
        stale = self.run_ids.filtered(lambda run: run.run_state == "draft")
        stale._give_up()
        # sudo: runs are made by this method alone, for the user whose role was checked
        run = (
            self.env["ar.workflow.run"]
            .sudo()
            .create(
                {
                    "workflow_id": self.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                    "is_by_clock": by_clock,
                }
            )
        )
        run = run.sudo(False)  # sudo: no more, on the contrary
        run._load_items()
        return run

    def _tell(self, summary, note=""):
        """Something to do for the responsible, once."""
        # sudo: the work tells of itself, whoever it runs for
        for own in self.sudo().filtered("responsible_id"):
            open_ones = own.activity_ids.filtered(
                lambda activity, user=own.responsible_id: (
                    activity.user_id == user and activity.summary == summary
                )
            )
            if not open_ones:
                own.activity_schedule(
                    TODO,
                    date_deadline=fields.Date.context_today(own),
                    user_id=own.responsible_id.id,
                    summary=summary,
                    note=note,
                )

    @api.model
    def _tell_failures(self):
        """Jobs that failed since it was last told."""
        # sudo: failures of the suite's own schedules
        for one in self.sudo().search([("is_job", "=", True)]):
            failed_at = one.job_id.first_failure_date
            if failed_at and one.told_failure_at != failed_at:
                one.told_failure_at = failed_at
                reader = one.with_context(lang=one.responsible_id.lang)
                reader._tell(reader.env._("Scheduled work has failed"))
            elif one.told_failure_at and not failed_at:
                one.told_failure_at = False

    @api.model
    def _sync_jobs(self):
        """One row for each schedule of the suite and of its bridges."""
        # sudo: rows of the suite's own schedules
        workflows = self.sudo().with_context(active_test=False)
        known = workflows.search([("is_job", "=", True)]).job_id
        # sudo: see above
        jobs = self.env["ir.cron"].sudo().with_context(active_test=False)
        missing = jobs.browse(list(self._job_names())).exists() - known
        workflows.create(
            [
                {"kind": JOB, "job_id": job.id, "company_id": False, "sequence": 60}
                for job in missing
            ]
        )
