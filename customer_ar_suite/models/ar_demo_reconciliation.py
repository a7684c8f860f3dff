"""Sample data: receipts nobody could match, settled items, month ends signed off."""

from datetime import timedelta

from odoo import api, fields, models

from ..engine.schedule import period

#: text of a receipt nobody can match, with the number of an invoice
UNMATCHED = {
    "nl": ("pmt {wrong}, less bank charges", "account April", "deposit 88172"),
    "cn": ("货款 {wrong}，已扣手续费", "四月往来款", "存款 88172"),
}
PAYERS = {"nl": "Holding Van Dam", "cn": "无锡某贸易公司"}


class ArDemo(models.AbstractModel):
    """A month end in both companies: one signed off, one waiting for its second person."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_reconciliation()
        return result

    @api.model
    def _load_reconciliation(self):
        if self._sample("reconciliation_schedule_nl"):
            return
        for code in ("nl", "cn"):
            self._load_unmatched(code)
            self._load_settlements(code)
            self._load_month_end(code)
        self._load_evidence("nl")

    # -- unmatched receipts ---------------------------------------------------------------

    def _load_unmatched(self, code):
        """A number with a wrong digit, an amount a little short, money of a stranger."""
        currency = self._company(code).currency_id.name
        own = [
            due
            for due in self._dues()
            if (due.company, due.currency) == (code, currency)
        ]
        due = max(own, key=lambda one: (one.residual, one.number))
        amount = due.residual / 100
        received = (round(amount - 12.5, 2), round(amount * 0.97, 2), 77.31)
        today = fields.Date.context_today(self)
        lines = self._in_company("account.bank.statement.line", code).create(
            [
                {
                    "journal_id": self._own_journal(code).id,
                    "date": today - timedelta(days=6 + number),
                    "payment_ref": text.format(wrong=self._mistyped(due.number)),
                    "partner_name": PAYERS[code],
                    "amount": value,
                }
                for number, (text, value) in enumerate(
                    zip(UNMATCHED[code], received, strict=True)
                )
            ]
        )
        self._keep(lines, [f"unmatched_{code}_{n}" for n in range(len(lines))])
        nearest = self._as("accountant", "ar.match.nearest", code)
        nearest._look(self._company(code), lines.with_env(nearest.env))

    def _mistyped(self, number):
        """The number with its last digit mistaken."""
        return f"{number[:-1]}{(int(number[-1]) + 5) % 10}"

    # -- settlements ----------------------------------------------------------------------

    def _load_settlements(self, code):
        """All customers in a dry run; one customer's items settled."""
        runs = self._as("accountant", "ar.settlement.run", code)
        customer = self._sample(f"customer_{'C20004' if code == 'nl' else 'C10004'}")
        for name, partners in (("all", None), ("one", customer)):
            run = runs.create(
                {
                    "company_id": self._company(code).id,
                    "partner_ids": partners and [fields.Command.set(partners.ids)],
                    "oldest_first": bool(partners),
                }
            )
            run.action_propose()
            if partners and run.sure_count:
                run.action_apply()
            self._keep(run, [f"settlement_run_{code}_{name}"])

    # -- month end ------------------------------------------------------------------------

    def _load_month_end(self, code):
        """An active schedule with the tasks of last month, in different states."""
        company = self._company(code)
        schedules = self._as("accountant", "ar.reconciliation.schedule", code)
        group = self.env["customer.category"].search(
            [("dimension_id.code", "=", "size")], limit=1
        )
        schedule = schedules.create(
            {
                "name": "Month end" if code == "nl" else "月末对账",
                "company_id": company.id,
                "journal_ids": [fields.Command.set(self._bank_journals(code).ids)],
                "category_ids": group and [fields.Command.set(group.ids)],
                "all_customers": True,
                "two_people": code == "nl",
                "active": True,
            }
        )
        self._keep(schedule, [f"reconciliation_schedule_{code}"])
        schedule.action_make_tasks()
        tasks = schedule.task_ids.sorted(lambda task: (task.kind, task.id))
        self._keep(
            tasks, [f"reconciliation_task_{code}_{n}" for n in range(len(tasks))]
        )
        (tasks[:1] | tasks[-1:]).action_prepare()
        if code == "cn":
            tasks[0].remark = self.env._(
                "Opening balance and bank charges to be booked."
            )
            tasks[0].action_sign()

    def _bank_journals(self, code):
        return self.env["account.journal"].search(
            [("company_id", "=", self._company(code).id), ("type", "=", "bank")]
        )

    def _load_evidence(self, code):
        """A pack of last month; needs somebody who may take data out of the system."""
        maker = self.env.ref("base.user_admin")
        packs = self._in_company("ar.evidence.pack", code).with_user(maker)
        company = self._company(code)
        is_allowed = all(
            packs.env.user.has_group(name)
            for name in (
                "base.group_allow_export",
                "customer_ar_suite.customer_ar_suite_group_administrator",
            )
        )
        if is_allowed and company in maker.company_ids:
            first, last = period("last_month", fields.Date.context_today(self))
            pack = packs._make(company, first, last, "en_US")
            self._keep(pack, [f"evidence_pack_{code}"])
