from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.schedule import Rhythm, next_day, period

MONTHS = {"monthly": "last_month", "quarterly": "last_quarter"}


class ArReconciliationSchedule(models.Model):
    """Which bank accounts and groups of customers are reconciled each month or quarter.

    An active schedule makes a task for each of them when a period has ended, and reminds
    its assignee by an activity. New schedules are not active.
    """

    _name = "ar.reconciliation.schedule"
    _description = "Reconciliation Schedule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=False, help="Only active schedules make tasks; new ones are not."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    cadence = fields.Selection(
        [("monthly", "Every month"), ("quarterly", "Every quarter")],
        string="How Often",
        required=True,
        default="monthly",
    )
    journal_ids = fields.Many2many(
        "account.journal",
        string="Bank Accounts",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
        help="A task with a bank reconciliation statement for each.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        string="Customer Groups",
        help="A task with the figures of its customers for each category.",
    )
    all_customers = fields.Boolean(
        string="All Customers Together",
        help="A task with the figures of all customers of the company.",
    )
    due_day = fields.Integer(
        string="Due on Working Day",
        required=True,
        default=5,
        help="Working day of the month after the period; of the company's working hours.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assignee",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Finds the tasks among his activities; no e-mail is sent.",
    )
    two_people = fields.Boolean(
        string="Another Person Signs",
        default=True,
        help="Who prepared a reconciliation does not sign it off.",
    )
    task_ids = fields.One2many("ar.reconciliation.task", "schedule_id", readonly=True)
    task_count = fields.Integer(string="Tasks", compute="_compute_task_count")

    @api.depends("task_ids")
    def _compute_task_count(self):
        counts = dict(
            self.env["ar.reconciliation.task"]._read_group(
                [("schedule_id", "in", self.ids)], ["schedule_id"], ["__count"]
            )
        )
        for one in self:
            one.task_count = counts.get(one, 0)

    @api.constrains("due_day")
    def _check_due_day(self):
        for one in self:
            if not 1 <= one.due_day <= 20:
                raise ValidationError(
                    self.env._("The working day a task is due lies between 1 and 20.")
                )

    @api.constrains("user_id", "company_id")
    def _check_assignee(self):
        for one in self:
            # sudo: which companies the assignee works for, only compared
            if one.company_id not in one.sudo().user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=one.user_id.name,
                        company=one.company_id.name,
                    )
                )

    # -- tasks ----------------------------------------------------------------------------

    def action_make_tasks(self):
        """The tasks of the last period, without waiting for the clock."""
        self.check_access("write")
        self._make_tasks(fields.Date.context_today(self))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_reconciliation_task_action"
            ),
            "domain": [("schedule_id", "in", self.ids)],
            "context": {},
        }

    def action_open_tasks(self):
        """All tasks of these schedules."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_reconciliation_task_action"
            ),
            "domain": [("schedule_id", "in", self.ids)],
            "context": {},
        }

    @api.model
    def _cron_reconcile(self):
        """Make the tasks of periods that have ended, and remind of those that are late."""
        today = fields.Date.context_today(self)
        self.search([])._make_tasks(today)
        self.env["ar.reconciliation.task"]._remind(today)

    def _make_tasks(self, today):
        """One task per bank account and customer group, once per period."""
        # sudo: tasks are made by the schedule; who may edit schedules decides on them
        tasks = self.env["ar.reconciliation.task"].sudo()
        made = tasks.browse()
        for one in self:
            first, last = period(MONTHS[one.cadence], today)
            known = tasks.search(
                [("schedule_id", "=", one.id), ("as_of_date", "=", last)]
            )
            done = {(task.journal_id.id, task.category_id.id) for task in known}
            wanted = [
                *((journal.id, False) for journal in one.journal_ids),
                *((False, category.id) for category in one.category_ids),
                *([(False, False)] if one.all_customers else []),
            ]
            made |= tasks.create(
                [
                    one._task_vals(first, last, journal_id, category_id)
                    for journal_id, category_id in wanted
                    if (journal_id, category_id) not in done
                ]
            )
        made._ask()
        return made

    def _task_vals(self, first, last, journal_id, category_id):
        rhythm = Rhythm("monthly", "working_day", self.due_day)
        calendar = self.env["ar.statement.schedule"].new(
            {"company_id": self.company_id.id}
        )
        start = last + timedelta(days=1)
        return {
            "schedule_id": self.id,
            "company_id": self.company_id.id,
            "kind": "bank" if journal_id else "customers",
            "journal_id": journal_id,
            "category_id": category_id,
            "date_from": first,
            "as_of_date": last,
            "due_date": next_day(rhythm, start, calendar._working_day(start)),
            "user_id": self.user_id.id,
            "two_people": self.two_people,
        }
