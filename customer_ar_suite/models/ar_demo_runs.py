"""Sample data: a statement run of last month, one that waits, and schedules."""

from datetime import timedelta

from odoo import api, fields, models

#: customers of the finished run; who owes nothing is left out by the run itself
SERVED = tuple(f"C200{number:02}" for number in range(2, 12))
MOST = 7
SCHEDULES = (
    ("nl", "Monthly statements", "每月对账单", "monthly", "last_month", "activity", 2),
    ("cn", "Quarterly statements", "季度对账单", "quarterly", "last_quarter", "activity", 5),
)  # fmt: skip


class ArDemo(models.AbstractModel):
    """Runs in every state a user should have seen; no e-mail of them ever leaves."""

    _inherit = "ar.demo"

    @api.model
    def _load_statement_runs(self):
        if self._sample("statement_run_nl"):
            return
        as_of = fields.Date.context_today(self).replace(day=1) - timedelta(days=1)
        self._load_standing_exclusion()
        self._load_finished_run(as_of)
        self._load_waiting_run(as_of)
        self._load_statement_schedules()

    def _load_standing_exclusion(self):
        exclusion = self._in_company("ar.statement.exclusion", "nl").create(
            {
                "partner_id": self._sample("customer_C20012").id,
                "company_id": self._company("nl").id,
                "reason": "Gets its figures through its own portal",
            }
        )
        self._keep(exclusion, ["statement_exclusion"])

    def _statement_run(self, code, as_of, **values):
        layout = self.env["ar.statement.layout"].search(
            [("code", "=", "open_item")], limit=1
        )
        return self._as("accountant", "ar.statement.run", code).create(
            {
                "company_id": self._company(code).id,
                "layout_id": layout.id,
                "period": False,
                "as_of_date": as_of,
                "period_start_date": as_of.replace(day=1),
                **values,
            }
        )

    def _load_finished_run(self, as_of):
        """Sent; one customer left out, one who wants no e-mail, one mailbox that is full."""
        run = self._statement_run(
            "nl",
            as_of,
            name="Statements of last month",
            partner_domain=str([("ref", "in", SERVED)]),
        )
        self._keep(run, ["statement_run_nl"])
        run.action_preview()
        lines = run.line_ids
        if len(lines) < 3 or not lines[1].email:  # the story was changed by hand
            return
        lines[MOST:]._exclude("Served in another run")
        lines[0]._exclude("Account is being clarified")
        address = lines[1].email.partition(",")[0]
        self._keep(self.env["mail.blacklist"].create({"email": address}), ["opted_out"])
        run._confirm(run._sendable_lines()._count_by_channel())
        self._pretend_sent(run)

    def _pretend_sent(self, run):
        """As if the queue had been worked off: nothing of the sample data goes out."""
        # sudo: e-mails of sample customers, which do not exist
        mails = run.sudo().line_ids.delivery_id.mail_id
        mails[:-1].write({"state": "sent"})
        mails[-1:].write(
            {
                "state": "exception",
                "failure_reason": "552 5.2.2 Mailbox full: message refused",
            }
        )

    def _load_waiting_run(self, as_of):
        """A preview that nobody has confirmed yet."""
        run = self._statement_run("cn", as_of, name="上月对账单", include="overdue")
        self._keep(run, ["statement_run_cn"])
        run.action_preview()

    def _load_statement_schedules(self):
        for code, name, name_zh, cadence, period, layout_code, day in SCHEDULES:
            layout = self.env["ar.statement.layout"].search(
                [("code", "=", layout_code)], limit=1
            )
            schedules = self._as("accountant", "ar.statement.schedule", code)
            schedule = schedules.create(
                {
                    "name": name,
                    "company_id": self._company(code).id,
                    "layout_id": layout.id,
                    "cadence": cadence,
                    "period": period,
                    "day_number": day,
                    "responsible_id": schedules.env.uid,
                }
            )
            schedule.with_context(lang="zh_CN").name = name_zh
            self._keep(schedule, [f"statement_schedule_{code}"])
