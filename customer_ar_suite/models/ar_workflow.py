from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
ACCOUNTANT, ADMINISTRATOR = f"{_PREFIX}ar_accountant", f"{_PREFIX}administrator"
#: who may let work be done without a look at its preview
MANAGERS = (f"{_PREFIX}credit_manager", ADMINISTRATOR)
TODO = "mail.mail_activity_data_todo"
#: a job of the suite that is run by a schedule of its own
JOB = "job"
#: jobs without which the suite does not work; nobody pauses them here
ESSENTIAL = {"ar_run_cron", "customer_audit_cron", "ar_workflow_cron"}
#: schedule → the records its runs leave behind
RECORDS = {
    "ar_run_cron": "ar.statement.run",
    "ar_statement_schedule_cron": "ar.statement.run",
    "ar_confirmation_cron": "ar.confirmation",
    "ar_payment_rhythm_cron": "ar.payment.rhythm.run",
    "ar_rate_import_cron": "ar.rate.import",
    "ar_reconciliation_cron": "ar.reconciliation.task",
    "customer_alert_cron": "customer.alert",
    "customer_alert_digest_cron": "customer.alert",
    "customer_quality_cron": "customer.quality.run",
    "ar_rating_cron": "ar.rating.run",
    "customer_access_review_cron": "customer.access.review",
    "customer_access_conflict_cron": "customer.access.conflict",
    "customer_audit_cron": "customer.audit.seal",
    "customer_change_cron": "customer.change.request",
    "customer_closing_cron": "customer.closing.request",
    "customer_trading_score_cron": "customer.trading.score",
}
#: written by the work itself
_OWN = {"job_id", "automatic_by_id", "active_since", "told_failure_at", "next_run_at"}


class ArWorkflow(models.Model):
    """Work that is done by the clock: when, for whom, what became of it.

    Two sorts: jobs of the suite that have a schedule of their own (shown here with their
    last and next run, paused and started), and workflows with conditions, such as posting
    and sending invoices, whose every run is a list that can be looked at. Others add theirs
    by ``_workflow_kinds``.
    """

    _name = "ar.workflow"
    _description = "Scheduled Work"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(translate=True, tracking=True)
    sequence = fields.Integer(default=50)
    kind = fields.Selection("_selection_kind", string="Work", required=True)
    is_job = fields.Boolean(compute="_compute_is_job", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    job_id = fields.Many2one(
        "ir.cron",
        string="Schedule",
        readonly=True,
        ondelete="cascade",
        copy=False,
        groups="base.group_system",
    )
    responsible_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Is told of errors; workflows with conditions run with his rights.",
    )

    # -- when -----------------------------------------------------------------------------
    is_on = fields.Boolean(string="Switched On", tracking=True, copy=False)
    is_running_on = fields.Boolean(string="Enabled", compute="_compute_figures")
    interval_number = fields.Integer(string="Every", default=1)
    interval_type = fields.Selection(
        [
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        string="Unit of Time",
        default="days",
    )
    next_run_at = fields.Datetime(string="Next Run Planned", copy=False, readonly=True)
    active_since = fields.Date(readonly=True, copy=False)
    is_automatic = fields.Boolean(
        string="Without Preview",
        tracking=True,
        copy=False,
        help="Otherwise each run waits until somebody has looked at its list. Only credit "
        "managers and administrators switch this on.",
    )
    automatic_by_id = fields.Many2one(
        "res.users", string="Switched on by", readonly=True, copy=False
    )

    # -- for whom -------------------------------------------------------------------------
    scope = fields.Selection(
        [
            ("recurring", "Recurring and scheduled ones"),
            ("due", "All drafts whose date has come"),
        ],
        string="Which Drafts",
        default="recurring",
    )
    partner_domain = fields.Char(
        string="Further Conditions",
        default="[]",
        help="On fields of the customer.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        string="Categories",
        help="Customers of one of these categories; of several dimensions, in each of them.",
    )
    amount_from = fields.Monetary(string="Amount from", help="In company currency.")
    amount_to = fields.Monetary(
        string="Amount up to", help="In company currency; zero: no limit."
    )
    holds_others = fields.Boolean(
        string="Hold Back the Others",
        help="Recurring invoices outside the conditions are not posted by Odoo's own schedule "
        "either; somebody posts them by hand.",
    )

    # -- what became of it ----------------------------------------------------------------
    run_ids = fields.One2many("ar.workflow.run", "workflow_id", readonly=True)
    last_run_id = fields.Many2one(
        "ar.workflow.run", string="Latest Run", compute="_compute_figures"
    )
    last_run_at = fields.Datetime(string="Last Run", compute="_compute_figures")
    next_at = fields.Datetime(string="Next Run", compute="_compute_figures")
    done_count = fields.Integer(string="Done", compute="_compute_figures")
    error_count = fields.Integer(string="Errors", compute="_compute_figures")
    failure_count = fields.Integer(
        string="Failures in a Row", compute="_compute_figures"
    )
    waits = fields.Boolean(string="Waits for a Look", compute="_compute_figures")
    is_essential = fields.Boolean(compute="_compute_is_job", store=True)
    has_records = fields.Boolean(compute="_compute_figures")
    told_failure_at = fields.Datetime(readonly=True, copy=False)

    _interval_positive = models.Constraint(
        "CHECK(interval_number > 0)", "The interval must be at least one."
    )
    _job_once = models.UniqueIndex("(job_id) WHERE job_id IS NOT NULL")

    @api.model
    def _workflow_kinds(self):
        """Workflows with conditions: code → label.

        Extend it together with ``_workflow_steps`` of ``ar.workflow.run``.
        """
        return {}

    @api.model
    def _selection_kind(self):
        return [(JOB, self.env._("Job of the Suite")), *self._workflow_kinds().items()]

    @api.depends("kind")
    def _compute_is_job(self):
        names = self._job_names()
        for one in self:
            one.is_job = one.kind == JOB
            # sudo: which schedule it is
            one.is_essential = names.get(one.sudo().job_id.id) in ESSENTIAL

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._selection_kind())
        for one in self:
            # sudo: the name of a schedule of the suite
            job = one.sudo().job_id.with_context(lang=self.env.lang)
            one.display_name = one.name or job.name or labels.get(one.kind)

    @api.depends("is_on", "next_run_at", "run_ids.run_state")
    def _compute_figures(self):
        names = self._job_names()
        runs = self._last_runs()
        for one in self:
            # sudo: when a schedule of the suite runs; users need no right on schedules
            job = one.sudo().job_id
            run = runs.get(one.id, self.env["ar.workflow.run"])
            one.last_run_id = run
            one.is_running_on = job.active if job else one.is_on
            one.last_run_at = job.lastcall if job else run.started_at
            planned = job.nextcall if job else one.next_run_at
            one.next_at = planned if one.is_running_on else False
            one.done_count = run.done_count
            one.error_count = run.error_count
            one.failure_count = job.failure_count
            one.waits = run.run_state == "draft" and bool(run)
            one.has_records = not job or names.get(job.id) in RECORDS

    def _last_runs(self):
        """{workflow: its last run}, in one question."""
        last = self.env["ar.workflow.run"]._read_group(
            [("workflow_id", "in", self.ids)], ["workflow_id"], ["id:max"]
        )
        return {
            workflow.id: self.env["ar.workflow.run"].browse(run_id)
            for workflow, run_id in last
        }

    @api.model
    def _job_names(self):
        """{schedule: name of its external id} of the suite."""
        # sudo: external ids of the suite's own schedules
        found = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [("module", "=like", "customer_ar_suite%"), ("model", "=", "ir.cron")]
            )
        )
        return {one.res_id: one.name for one in found}

    # -- rights ---------------------------------------------------------------------------

    @api.constrains("responsible_id", "company_id", "is_on")
    def _check_responsible(self):
        for one in self.filtered(lambda each: not each.is_job):
            # sudo: which companies the responsible works for, only compared
            user = one.sudo().responsible_id
            if one.is_on and one.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "Name somebody responsible who works for %(company)s.",
                        company=one.company_id.name,
                    )
                )

    @api.constrains("amount_from", "amount_to")
    def _check_amounts(self):
        for one in self:
            if one.amount_to and one.amount_to < one.amount_from:
                raise ValidationError(
                    self.env._("The upper amount is below the lower one.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in _OWN}
                for vals in vals_list
            ]
            if any(vals.get("kind") == JOB for vals in vals_list):
                raise UserError(
                    self.env._("Jobs of the suite are there already; none is added.")
                )
        workflows = super().create(vals_list)
        workflows.filtered("is_automatic")._note_automatic()
        workflows.filtered("is_on")._plan_next()
        return workflows

    def write(self, vals):
        if not self.env.su:
            if set(vals) & _OWN:
                raise AccessError(self.env._("This cannot be changed by hand."))
            jobs = self.filtered("is_job")
            if jobs and set(vals) - {"responsible_id", "sequence"}:
                raise UserError(
                    self.env._(
                        "Of a job of the suite only the responsible can be changed here. "
                        "Pause and resume it by its buttons."
                    )
                )
            if "kind" in vals:
                raise UserError(self.env._("The kind of work stays. Make a new one."))
            if self.filtered("is_automatic") and set(vals) - {"is_on", "sequence"}:
                # what a manager has let go unseen is changed by managers alone
                self._check_manager()
        result = super().write(vals)
        if vals.get("is_automatic"):
            self._note_automatic()
        if vals.get("is_on") or {"interval_number", "interval_type"} & vals.keys():
            self.filtered("is_on")._plan_next()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_no_jobs(self):
        if any(one.is_job for one in self):
            raise UserError(self.env._("Jobs of the suite cannot be deleted."))

    def _note_automatic(self):
        if self and not self.env.su:
            self._check_manager()
        # sudo: who switched it on is not for him to write
        self.sudo().write({"automatic_by_id": self.env.uid})
        if self:
            self.env["customer.audit.entry"]._ar_log("workflow.automatic", self)

    def _check_manager(self):
        if not any(map(self.env.user.has_group, MANAGERS)):
            raise AccessError(
                self.env._(
                    "Only credit managers and administrators decide that work is done "
                    "without a look at its preview."
                )
            )

    def _check_role(self):
        """Workflows are the accountants', jobs of the suite the administrators'."""
        group = ADMINISTRATOR if any(one.is_job for one in self) else ACCOUNTANT
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Your role does not allow this step with scheduled work.")
            )
        self.check_access("write")

    # -- buttons --------------------------------------------------------------------------

    def action_pause(self):
        """Nothing is begun any more; a run under way goes on."""
        self._check_role()
        if any(one.is_essential for one in self):
            raise UserError(
                self.env._(
                    "Without this job the suite does not work. It cannot be paused."
                )
            )
        self._switch(False)

    def action_resume(self):
        """Begin again by the clock."""
        self._check_role()
        self._switch(True)

    def _switch(self, is_on):
        for one in self:
            # sudo: schedules of the suite; who may switch them was checked
            job = one.sudo().job_id
            if job:
                job.active = is_on
                event = "workflow.resume" if is_on else "workflow.pause"
                self.env["customer.audit.entry"]._ar_log(event, one)
                one.invalidate_recordset(["is_running_on", "next_at"])
            else:
                one.is_on = is_on

    def action_preview(self):
        """The list of what a run would do now; nothing is done."""
        self._check_role()
        self.ensure_one()
        return self._make_run()._open()

    def action_run_now(self):
        """Do it now: a job within moments, a workflow by way of its list."""
        self._check_role()
        self.ensure_one()
        if not self.is_job:
            return self.action_preview()
        # sudo: a schedule of the suite; who may start it was checked
        self.sudo().job_id._trigger()
        self.env["customer.audit.entry"]._ar_log("workflow.start", self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("It starts within the next minute."),
            },
        }

    def action_view_records(self):
        """What the runs have left behind."""
        self.check_access("read")
        self.ensure_one()
        # sudo: which schedule it is
        name = self._job_names().get(self.sudo().job_id.id)
        model = RECORDS.get(name, "ar.workflow.run")
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [] if self.is_job else [("workflow_id", "=", self.id)],
        }
