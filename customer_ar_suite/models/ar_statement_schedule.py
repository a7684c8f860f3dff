from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import clean_context, format_date

from ..engine import schedule
from ..engine.schedule import Rhythm

TODO = "mail.mail_activity_data_todo"
#: who may let a schedule send without a look at its preview
MANAGERS = ("credit_manager", "administrator")
#: days around a date in which the company's calendar is asked
HORIZON = 500
#: so many days later a run is still made that was missed
LATEST = 7


class ArStatementSchedule(models.Model):
    """Makes a statement run when its day has come, and tells who has to look at it.

    Nothing is sent by itself unless a manager has switched that on.
    """

    _name = "ar.statement.schedule"
    _inherit = ["ar.statement.selection.mixin"]
    _description = "Statement Schedule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=False, help="Only active schedules make runs; new ones are not."
    )
    period = fields.Selection(required=True, default="last_month")
    cadence = fields.Selection(
        [
            ("weekly", "Every week"),
            ("monthly", "Every month"),
            ("quarterly", "Every quarter"),
        ],
        string="How Often",
        required=True,
        default="monthly",
    )
    day_kind = fields.Selection(
        [("working_day", "Working day"), ("day", "Day")],
        string="Kind of Day",
        required=True,
        default="working_day",
        help="Working days are those of the company's working hours, less its holidays.",
    )
    day_number = fields.Integer(
        string="On Day",
        required=True,
        default=2,
        help="2: the second of the month; -1: the last one.",
    )
    weekday = fields.Selection(
        [
            ("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"),
            ("5", "Friday"), ("6", "Saturday"), ("7", "Sunday"),
        ],
        required=True,
        default="1",
    )  # fmt: skip
    shift = fields.Selection(
        [
            ("after", "Next working day"),
            ("before", "Last working day before"),
            ("stay", "That day all the same"),
        ],
        string="On a Day Off",
        required=True,
        default="after",
    )
    responsible_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Finds the run in his activities; it is made with his rights.",
    )
    is_automatic = fields.Boolean(
        string="Send without Preview",
        help="Statements go out by themselves; customers with a problem are listed. Only "
        "credit managers and administrators switch this on.",
    )
    automatic_by_id = fields.Many2one(
        "res.users", string="Switched on by", readonly=True, copy=False
    )
    next_date = fields.Date(string="Next Run", compute="_compute_next_date")
    run_ids = fields.One2many("ar.statement.run", "schedule_id", readonly=True)
    run_count = fields.Integer(string="Runs", compute="_compute_run_count")
    active_since = fields.Date(
        readonly=True, copy=False, help="Days before that are not made up for."
    )
    last_error = fields.Char(
        string="Not Made Because",
        readonly=True,
        copy=False,
        help="Of the last attempt.",
    )

    @api.depends("run_ids")
    def _compute_run_count(self):
        counts = dict(
            self.env["ar.statement.run"]._read_group(
                [("schedule_id", "in", self.ids)], ["schedule_id"], ["__count"]
            )
        )
        for one in self:
            one.run_count = counts.get(one, 0)

    @api.depends(
        "cadence", "day_kind", "day_number", "weekday", "shift", "active", "company_id"
    )
    def _compute_next_date(self):
        for one in self:
            start = one._today()
            if one._origin._is_made(start):
                start += timedelta(days=1)
            one.next_date = one.active and schedule.next_day(
                one._rhythm(), start, one._working_day(start)
            )

    @api.constrains("day_number", "cadence", "day_kind")
    def _check_day_number(self):
        for one in self.filtered(lambda each: each.cadence != "weekly"):
            if not 1 <= abs(one.day_number) <= 31:
                raise ValidationError(
                    self.env._("The day must be 1 to 31, or -1 to -31 from the end.")
                )

    @api.constrains("responsible_id", "company_id")
    def _check_responsible(self):
        for one in self:
            # sudo: which companies the responsible works for, only compared
            if one.company_id not in one.sudo().responsible_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=one.responsible_id.name,
                        company=one.company_id.name,
                    )
                )

    # -- rights ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(
            [
                {name: value for name, value in vals.items() if name not in _OWN}
                for vals in vals_list
            ]
        )
        schedules.filtered("is_automatic")._note_automatic()
        schedules.filtered("active")._note_active()
        return schedules

    def write(self, vals):
        if not self.env.su and set(vals) & _OWN:
            raise AccessError(self.env._("This cannot be changed by hand."))
        automatic = self.filtered("is_automatic")
        if automatic and not self.env.su and set(vals) - {"active", "sequence"}:
            # what a manager has let go unseen is changed by managers alone
            self._check_manager()
        result = super().write(vals)
        if vals.get("is_automatic"):
            self._note_automatic()
        if vals.get("active"):
            self._note_active()
        return result

    def _note_active(self):
        for one in self:
            # sudo: follows from what the user may change
            one.sudo().write({"active_since": one._today()})

    def _note_automatic(self):
        if not self:
            return
        if not self.env.su:
            self._check_manager()
        # sudo: who switched it on is not for him to write
        self.sudo().write({"automatic_by_id": self.env.uid})
        self.env["customer.audit.entry"]._ar_log("statement_automatic", self)

    def _check_manager(self):
        groups = (
            f"customer_ar_suite.customer_ar_suite_group_{name}" for name in MANAGERS
        )
        if not any(map(self.env.user.has_group, groups)):
            raise AccessError(
                self.env._(
                    "Only credit managers and administrators decide that statements are "
                    "sent without a look at the preview."
                )
            )

    # -- days -----------------------------------------------------------------------------

    def _rhythm(self):
        if self.cadence == "weekly":
            return Rhythm("weekly", "day", int(self.weekday or 1), self.shift)
        return Rhythm(self.cadence, self.day_kind, self.day_number or 1, self.shift)

    def _today(self):
        """The day it is where the company works."""
        # sudo: the company's time zone
        calendar = self.company_id.sudo().resource_calendar_id
        zone = calendar.tz or self.company_id.partner_id.tz
        return fields.Date.context_today(self.with_context(tz=zone or self.env.tz.zone))

    def _working_day(self, around):
        """A function that says whether the company works on a day."""
        # sudo: working hours and public holidays of the company
        calendar = self.company_id.sudo().resource_calendar_id
        if not calendar:
            return lambda day: day.weekday() < 5
        first = around - timedelta(days=HORIZON)
        last = around + timedelta(days=HORIZON)
        off = calendar._get_unusual_days(
            datetime.combine(first, time.min),
            datetime.combine(last, time.max),
            self.company_id,
        )
        return lambda day: not off.get(fields.Date.to_string(day), day.weekday() > 4)

    def _is_made(self, day):
        # sudo: whether, of the schedule's own runs
        runs = self.env["ar.statement.run"].sudo()
        domain = [("schedule_id", "=", self.id), ("planned_date", "=", day)]
        return bool(self.id and runs.search_count(domain, limit=1))

    # -- making runs ----------------------------------------------------------------------

    @api.model
    def _cron_make_runs(self):
        """Make what is due today, or was due while nobody was there to make it."""
        for one in self.search([("active", "=", True)]).try_lock_for_update():
            one._make_due_run()

    def _make_due_run(self):
        """The run of the last day it was due, once; older ones are not made up for.

        A schedule that is new or was switched on again begins today.
        """
        today = self._today()
        due = schedule.last_day(self._rhythm(), today, self._working_day(today))
        since = max(self.active_since or today, today - timedelta(days=LATEST))
        if not due or due < since or self._is_made(due):
            return
        try:
            with self.env.cr.savepoint():
                self._make_run(due)
            error_text = False
        except (UserError, AccessError) as error:
            error_text = str(error)[:500]
        # sudo: written by the schedule itself
        self.sudo().last_error = error_text

    def _make_run(self, day):
        """A run in preview with the rights of the responsible, and something to do for him."""
        one = self.with_user(self.responsible_id).with_company(self.company_id)
        one = one.with_context(lang=self.responsible_id.lang)
        one.env["ar.statement"]._check_may_issue()
        run = one.env["ar.statement.run"].create(one._run_vals(day))
        # sudo: where it comes from is not for its maker to write
        run.sudo().write({"schedule_id": self.id, "planned_date": day})
        run.action_preview()
        # sudo: a setting of the company
        if self.is_automatic and not self.sudo().company_id.ar_statement_two_people:
            return run._confirm_unseen(self.automatic_by_id)
        run.activity_schedule(
            TODO,
            date_deadline=day,
            user_id=self.responsible_id.id,
            summary=one.env._("Look at the statements and send them"),
        )
        return run

    def _run_vals(self, day):
        """Parameters of the run of that day."""
        copied = (
            "include", "least_overdue_amount", "partner_domain", "channel", "or_post",
            "release_portal",
        )  # fmt: skip
        first, last = schedule.period(self.period, day)
        return {
            **{name: self[name] for name in copied},
            "name": f"{self.name} · {format_date(self.env, last)}",
            "company_id": self.company_id.id,
            "category_ids": [fields.Command.set(self.category_ids.ids)],
            "layout_id": self.layout_id.id,
            "template_id": self.template_id.id,
            "period": False,
            "period_start_date": first,
            "as_of_date": last,
        }

    def action_make_now(self):
        """Make the run of today without waiting for its day."""
        self.env["ar.statement"]._check_may_issue()
        self.check_access("write")
        self.ensure_one()
        runs = self.env["ar.statement.run"].with_context(
            clean_context(self.env.context)
        )
        run = runs.create(self._run_vals(self._today()))
        run.action_preview()
        return run._open()

    def action_view_runs(self):
        """The runs this schedule has made."""
        self.env["ar.statement.run"].check_access("read")
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_run_action"
        )
        return {**action, "domain": [("schedule_id", "in", self.ids)], "context": {}}


#: written by the schedule itself
_OWN = {"active_since", "automatic_by_id", "last_error"}


class ArStatementRun(models.Model):
    _inherit = "ar.statement.run"

    def _confirm_unseen(self, manager):
        """Let a run of a schedule go, for the manager who has decided so."""
        run = self.with_user(manager).with_context(lang=manager.lang)
        if not (ready := run._sendable_lines()):
            return
        run._confirm(ready._count_by_channel())
