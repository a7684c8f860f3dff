from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine import schedule
from ..engine.statement.dispatch import EMAIL, FILE

#: who may send by e-mail; AR clerks prepare runs and print
SENDERS = ("ar_accountant", "collector", "credit_manager")
#: what people decide; everything else is written by the steps of the run
PARAMETERS = {
    "name", "company_id", "include", "least_overdue_amount", "category_ids",
    "partner_domain", "layout_id", "period", "as_of_date", "period_start_date",
    "channel", "or_post", "template_id", "release_portal",
}  # fmt: skip
#: parameters that change neither who gets a statement nor what it shows
WAYS = {"name", "channel", "or_post", "template_id", "release_portal"}
#: what belongs to chatter and activities, which have their own rights
TALK = {"activity_ids", "message_ids", "message_follower_ids", "message_partner_ids"}


class ArStatementRun(models.Model):
    """Statements for many customers: chosen, looked at, confirmed, then sent.

    The preview issues nothing and sends nothing. What was confirmed is what is sent: a
    customer whose figures have changed since is set aside and listed.
    """

    _name = "ar.statement.run"
    _inherit = [
        "ar.run.mixin",
        "ar.statement.selection.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Statement Run"
    _order = "id desc"

    _run_item_model = "ar.statement.run.line"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    kind = fields.Selection(
        [("issue", "New Statements"), ("again", "Statements Sent Again")],
        default="issue",
        required=True,
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("preview", "Preview"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    as_of_date = fields.Date(
        string="As of",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
    )
    period_start_date = fields.Date(
        string="Period from",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        help="First day of the movements shown.",
    )
    schedule_id = fields.Many2one(
        "ar.statement.schedule", readonly=True, index="btree_not_null", copy=False
    )
    planned_date = fields.Date(
        readonly=True, copy=False, help="The day of the schedule it was made for."
    )
    previewed_at = fields.Datetime(readonly=True, copy=False)
    preparer_ids = fields.Many2many(
        "res.users",
        string="Prepared by",
        readonly=True,
        copy=False,
        help="Who made this run, its preview, or put customers back into it.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("ar.statement.run.line", "run_id", readonly=True)

    _planned_once = models.Constraint(
        "UNIQUE(schedule_id, planned_date)",
        "This schedule has made a run for that day already.",
    )

    @property
    def _run_chunk_size(self):
        """Letters go through the printer one by one: few, so that little is repeated."""
        return 20 if self.channel in (EMAIL, FILE) else 250

    @property
    def _run_interactive_limit(self):
        return 10 if self.channel in (EMAIL, FILE) else 250

    @api.depends("as_of_date")
    def _compute_name(self):
        for run in self:
            day = run.as_of_date and format_date(self.env, run.as_of_date)
            run.name = self.env._("Statements as of %s", day or "…")

    @api.depends("run_state", "previewed_at")
    def _compute_state(self):
        for run in self:
            looked_at = run.run_state == "draft" and run.previewed_at
            run.state = "preview" if looked_at else run.run_state

    @api.depends("period")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        for run in self:
            if run.period:
                first, last = schedule.period(run.period, today)
                run.period_start_date, run.as_of_date = first, last

    # -- rights ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_parameters(vals)
        runs = super().create(vals_list)
        runs._note_preparer()
        return runs

    def write(self, vals):
        """People say what they want; what became of it is written by the run."""
        self._check_parameters(vals)
        if set(vals) & PARAMETERS:
            free = ("draft",) if set(vals) - WAYS else ("draft", "done", "cancelled")
            started = self.filtered(lambda run: run.run_state not in free)
            if started:
                raise UserError(
                    self.env._("“%s” has been started already.", started[0].name)
                )
        result = super().write(vals)
        if set(vals) & PARAMETERS - {"name"}:
            looked_at = self.filtered(lambda run: run.state == "preview")
            looked_at._discard_preview()
        return result

    @api.model
    def _check_parameters(self, vals):
        # superuser: the steps of the run itself, after they have checked who asks
        if not self.env.su and (set(vals) - PARAMETERS - TALK):
            raise AccessError(self.env._("This cannot be changed by hand."))

    @api.ondelete(at_uninstall=False)
    def _unlink_started_never(self):
        if self.filtered("started_at"):
            raise UserError(
                self.env._("A run that was started stays on record. Cancel it.")
            )

    def _check_preparer(self):
        """First line of every button: who may prepare statements."""
        self.env["ar.statement"]._check_may_issue()
        self.check_access("write")

    def _check_run_access(self):
        self._check_preparer()

    @api.model
    def _may_send(self):
        groups = (
            f"customer_ar_suite.customer_ar_suite_group_{name}" for name in SENDERS
        )
        return any(map(self.env.user.has_group, groups))

    def _check_may_confirm(self):
        """Who may let it go: for e-mail not every clerk; perhaps not who prepared it."""
        self._check_preparer()
        for run in self:
            if run._sends_email() and not run._may_send():
                raise AccessError(
                    self.env._(
                        "Statements are sent by e-mail by AR accountants, collectors and "
                        "credit managers. Ask one of them to confirm this run."
                    )
                )
            # sudo: a setting of the run's own company
            two_people = run.sudo().company_id.ar_statement_two_people
            if two_people and self.env.user in run.preparer_ids:
                raise AccessError(
                    self.env._(
                        "You have prepared this run. By a setting of %s, somebody else "
                        "has to confirm it.",
                        run.company_id.name,
                    )
                )

    def _sends_email(self):
        return self.channel == EMAIL

    def _note_preparer(self):
        # sudo: who prepared it is not for the preparer to write
        self.sudo().write({"preparer_ids": [fields.Command.link(self.env.uid)]})

    def _run_user(self):
        """Whose rights the background work has: the one who confirmed."""
        return self.confirmed_by_id or self.create_uid

    def _lock(self):
        """Nobody else confirms, previews or excludes meanwhile; the state is today's."""
        if len(self.try_lock_for_update(allow_referencing=True)) != len(self):
            raise UserError(
                self.env._(
                    "Somebody else is working on this run. Try again in a moment."
                )
            )
        self.invalidate_recordset(["run_state", "previewed_at", "state"])

    def _check_state(self, *states):
        for run in self:
            # what was cancelled before it was started was never decided
            undecided = run.state == "cancelled" and not run.started_at
            if run.state not in states or undecided:
                raise UserError(
                    self.env._(
                        "“%(run)s” is not at this step any more. Refresh the screen.",
                        run=run.name,
                    )
                )
