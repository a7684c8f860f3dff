from datetime import time, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..engine.payment_cycle.due_date import Cycle, WorkCalendar
from .engine_messages import user_error

#: fields that say when something is due
TERMS = ("period", "cut_off_day", "delay_months", "delay_days", "due_day", "shift")


class ArPaymentCycle(models.Model):
    """How customers pay: "month end + 30", "25th of the following month", a cut-off day.

    A cycle works through a payment term whose one line asks it for the date: every path of
    Odoo that computes due dates computes the same. The term is made when it is first needed.
    """

    _name = "ar.payment.cycle"
    _description = "Payment Cycle"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short unique name; imports and the dimension use it."
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a cycle that all companies share.",
    )
    sequence = fields.Integer(
        default=10, help="Of cycles that fit equally well, the first is proposed."
    )
    active = fields.Boolean(default=True)
    period = fields.Selection(
        [
            ("one_off", "One-off"),
            ("monthly", "Monthly"),
            ("quarterly", "Quarterly"),
            ("half_yearly", "Half-yearly"),
            ("yearly", "Yearly"),
        ],
        required=True,
        default="monthly",
        help="Which invoices are due together. One-off: each for itself.",
    )
    cut_off_day = fields.Integer(
        help="Day of the month up to which an invoice still counts in it; later ones count "
        "in the next month. 0: all of the month.",
    )
    delay_months = fields.Integer(
        string="Months After",
        help="Months between the end of the period (one-off: the invoice) and the month in "
        "which it is due.",
    )
    delay_days = fields.Integer(
        string="Days After", help="Days counted on from the end of that month."
    )
    due_day = fields.Integer(
        string="On Day",
        help="Day of the month on which it is due; 31 is the last. 0: no fixed day.",
    )
    shift = fields.Selection(
        [
            ("none", "Leave as It Is"),
            ("next", "Next Working Day"),
            ("previous", "Previous Working Day"),
            ("month", "Next Working Day, within the Month"),
        ],
        string="On Days Off",
        required=True,
        default="none",
        help="Working days are those of the company's working hours, less its days off.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Made when the cycle is first given to a customer.",
    )
    example = fields.Text(string="Examples", compute="_compute_example")
    customer_count = fields.Integer(
        string="Customers",
        compute="_compute_customer_count",
        help="Customers who have this cycle today in the active companies.",
    )

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)",
        "Another payment cycle already has this code.",
    )

    @api.depends(*TERMS)
    @api.depends_context("lang", "company")
    def _compute_example(self):
        """Today's invoice and those of the days around the end of the month."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1)
        days = sorted({today, first, first - timedelta(days=1), first.replace(day=26)})
        for cycle in self:
            try:
                pairs = [(day, cycle._due_date(day)) for day in days]
            except EngineError:
                pairs = []  # half typed
            cycle.example = "\n".join(
                self.env._(
                    "Invoice of %(invoiced)s: due on %(due)s",
                    invoiced=format_date(self.env, invoiced),
                    due=format_date(self.env, due),
                )
                for invoiced, due in pairs
            )

    def _compute_customer_count(self):
        counts = dict(
            self.env["ar.payment.cycle.assignment"]._read_group(
                [("cycle_id", "in", self.ids), ("valid_to", "=", False)],
                ["cycle_id"],
                ["partner_id:count_distinct"],
            )
        )
        for cycle in self:
            cycle.customer_count = counts.get(cycle, 0)

    @api.constrains(*TERMS)
    def _check_terms(self):
        for cycle in self:
            try:
                cycle._engine()
            except EngineError as error:
                raise user_error(self.env, error) from error

    # -- due dates ------------------------------------------------------------------------

    def _engine(self):
        """The cycle as the engine knows it."""
        self.ensure_one()
        return Cycle(
            self.period or "one_off",
            self.cut_off_day,
            self.delay_months,
            self.delay_days,
            self.due_day,
            self.shift or "none",
        )

    def _due_date(self, invoiced):
        """When an invoice of the current company of that day is due."""
        return self._engine().due_date(invoiced, self._work_calendar(self.env.company))

    def _next_due_date(self, after):
        """The next day from ``after`` on at which invoices of the cycle fall due.

        What reminders are timed by. None for one-off cycles: there each invoice has its day.
        """
        calendar = self._work_calendar(self.env.company)
        return self._engine().next_due_date(after, calendar)

    def _work_calendar(self, company):
        """Working days of ``company``; None where no cycle of these asks for them."""
        if not any(cycle.shift not in (False, "none") for cycle in self):
            return None
        # sudo: on which days a company works is known to all its users
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return WorkCalendar()
        weekdays = {int(day) for day in calendar.attendance_ids.mapped("dayofweek")}
        holidays = set()
        for leave in calendar.global_leave_ids:
            holidays |= self._days_of(leave, calendar.tz)
        return WorkCalendar(frozenset(weekdays), frozenset(holidays))

    @api.model
    def _days_of(self, leave, tz):
        """Days off: those at whose noon, by the calendar's clock, the leave lasts."""
        local = self.with_context(tz=tz or "UTC")
        start, end = (
            fields.Datetime.context_timestamp(local, moment).replace(tzinfo=None)
            for moment in (leave.date_from, leave.date_to)
        )
        noon = time(12)
        days = (end.date() - start.date()).days + 1
        return {
            day
            for number in range(min(days, 400))
            if start
            <= fields.Datetime.to_datetime(
                day := start.date() + timedelta(days=number)
            ).replace(hour=noon.hour)
            <= end
        }

    # -- the payment term -----------------------------------------------------------------

    def _ensure_payment_terms(self):
        """The payment terms of these cycles, made where they are missing."""
        missing = self.filtered(lambda cycle: not cycle.payment_term_id)
        for cycle in missing:
            # sudo: who may give a cycle to customers may use its term; it says nothing that
            # the cycle does not
            term = (
                self.env["account.payment.term"]
                .sudo()
                .create(cycle._prepare_payment_term())
            )
            # sudo: the link to it; nothing else of the cycle is written
            cycle.sudo().payment_term_id = term
            cycle._copy_names()
        return self.payment_term_id

    def _prepare_payment_term(self):
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "line_ids": [
                Command.create(
                    {
                        "value": "percent",
                        "value_amount": 100.0,
                        "delay_type": "ar_cycle",
                        "ar_cycle_id": self.id,
                    }
                )
            ],
        }

    def _copy_names(self):
        """The term is called as the cycle, in every language."""
        for code, _name in self.env["res.lang"].get_installed():
            for cycle in self.with_context(lang=code):
                # sudo: see _ensure_payment_terms
                term = cycle.sudo().payment_term_id
                if term and term.name != cycle.name:
                    term.name = cycle.name

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: whether it was ever used counts, whoever may see where
        if used := self.sudo().filtered("payment_term_id"):
            raise UserError(
                self.env._(
                    "“%(cycle)s” has payment terms that follow it. Archive it instead.",
                    cycle=used[0].name,
                )
            )

    def write(self, vals):
        before = {cycle.id: cycle.read(TERMS)[0] for cycle in self}
        result = super().write(vals)
        if "name" in vals:
            self._copy_names()
        if not vals.keys().isdisjoint(TERMS):
            self._log_terms(before)
        return result

    def _log_terms(self, before):
        """Due dates of future invoices change: who did it, from what to what."""
        changed = {
            cycle.id: {
                name: [before[cycle.id][name], cycle[name]]
                for name in TERMS
                if before[cycle.id][name] != cycle[name]
            }
            for cycle in self
        }
        changed = {id_: values for id_, values in changed.items() if values}
        self.env["customer.audit.entry"]._ar_log(
            "payment_cycle.change", self.browse(changed), None, changed
        )

    # -- buttons --------------------------------------------------------------------------

    def action_view_customers(self):
        """Who has these cycles today."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_payment_cycle_assignment_action"
            ),
            "domain": [("cycle_id", "in", self.ids), ("valid_to", "=", False)],
            "context": {},
        }

    def action_assign(self):
        """Choose customers and give them this cycle."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_payment_cycle_assign_action"
            ),
            "context": {"default_cycle_id": self.id},
        }
