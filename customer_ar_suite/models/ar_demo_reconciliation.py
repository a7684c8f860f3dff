"""Sample data: receipts nobody could match, settled items, month ends signed off."""

from datetime import timedelta

from odoo import api, fields, models

from ..engine.schedule import period

#: text of a receipt nobody can match, with the number of an invoice
UNMATCHED = {
    "nl": ("pmt {wrong}, less bank charges", "account April", "deposit 88172"),
    "cn": ("货款 {wrong}，已扣手续费", "四月往来款", "存款 88172"),
}
#: customers who pay on account: settled, sure, and one whose payment fits two invoices
ON_ACCOUNT = {
    "nl": ("C20002", "C20011", "C20015"),
    "cn": ("C10008", "C10009", "C10012"),
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
                    "date": today - timedelta(days=number),
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
        """The number with a digit mistaken that no other number has there."""
        return f"{number[:-3]}9{number[-2:]}"

    # -- settlements ----------------------------------------------------------------------

    def _load_settlements(self, code):
        """One customer's items settled; of all others a dry run, with one that is not sure."""
        runs = self._as("accountant", "ar.settlement.run", code)
        settled, sure, unsure = (
            self._sample(f"customer_{ref}") for ref in ON_ACCOUNT[code]
        )
        for partner, amounts in ((settled, [910]), (sure, [725]), (unsure, [640, 640])):
            self._invoice_on_account(code, partner, amounts)
        for name, partners in (("one", settled), ("all", settled.browse())):
            run = runs.create(
                {
                    "company_id": self._company(code).id,
                    "partner_ids": [fields.Command.set(partners.ids)],
                }
            )
            run.action_propose()
            if partners:
                run.action_apply()
            self._keep(run, [f"settlement_run_{code}_{name}"])

    def _invoice_on_account(self, code, partner, amounts):
        """Invoices, and a payment of the first amount that names none of them."""
        day = fields.Date.context_today(self) - timedelta(days=21)
        vals = {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "date": day,
            "currency_id": self._company(code).currency_id.id,
        }
        lines = [
            {
                "name": self.env._("Maintenance"),
                "price_unit": amount,
                "tax_ids": [fields.Command.clear()],
            }
            for amount in amounts
        ]
        self._post_moves(
            code,
            [{**vals, "invoice_line_ids": [fields.Command.create(li)]} for li in lines],
            [f"on_account_{partner.ref}_{n}" for n in range(len(lines))],
        )
        payment = self._in_company("account.payment", code).create(
            {
                "partner_type": "customer",
                "payment_type": "inbound",
                "partner_id": partner.id,
                "amount": amounts[0],
                "date": day + timedelta(days=9),
                "journal_id": self._own_journal(code).id,
            }
        )
        payment.action_post()
        self._keep(payment, [f"on_account_payment_{partner.ref}"])

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
