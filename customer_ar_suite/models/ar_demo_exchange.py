"""Sample data: payment cycles with invoices that follow them, rhythms, exchange rates."""

from datetime import timedelta

from odoo import api, fields, models

from ..engine.rate_file.tables import Reading

#: customers of the story → cycle they have agreed
CYCLES = {
    "C10003": "month_end_30",
    "C10005": "cut_off_25",
    "C20001": "next_month_25",
    "C20005": "quarter_end_60",
}
#: name, company, language, agreed cycle (none: 30 days) and cycle by which they really pay
NEWCOMERS = {
    "follows_nl": (
        "Waterland Installaties B.V.", "nl", "month_end_30", "month_end_30"
    ),
    "follows_cn": ("昆山恒月结算电子有限公司", "cn", "month_end_30", "month_end_30"),
    "differs_nl": ("Vechtstroom Techniek B.V.", "nl", None, "next_month_25"),
    "differs_cn": ("无锡季度阀门有限公司", "cn", None, "next_month_end"),
}  # fmt: skip
MONTHS = 8


class ArDemo(models.AbstractModel):
    """Cycles, two proposals from payments, an import of rates applied and one to review."""

    _inherit = "ar.demo"

    @api.model
    def _load_exchange(self):
        """Before new customers need approval in one of the companies."""
        if not self._sample("rate_import_cn"):
            self._load_cycles()
            self._load_rhythms()
            self._load_rate_imports()

    # -- payment cycles -------------------------------------------------------------------

    def _cycle(self, code):
        """The cycle of that code; who deleted the suite's has none."""
        xmlid = f"customer_ar_suite.ar_payment_cycle_{code}"
        return self.env.ref(xmlid, raise_if_not_found=False)

    def _load_cycles(self):
        for ref, code in CYCLES.items():
            customer = self._sample(f"customer_{ref}")
            company = "cn" if ref.startswith("C1") else "nl"
            self._give_cycle(customer, company, code)
        for name, (title, company, agreed, real) in NEWCOMERS.items():
            customer = self._newcomer(title, company, f"pay@{name}.example")
            self._keep(customer, [f"cycle_{name}"])
            terms = self._terms("30")
            customer.with_company(
                self._company(company)
            ).property_payment_term_id = terms
            if agreed:
                self._give_cycle(customer, company, agreed)
            self._invoice_monthly(name, customer, company, self._cycle(real))

    def _give_cycle(self, customer, company, code):
        if cycle := self._cycle(code):
            partners = self._in_company("res.partner", company).browse(customer.id)
            partners._ar_assign_cycle(
                cycle.with_env(partners.env), "assign", self.env._("By contract.")
            )

    def _invoice_monthly(self, name, customer, company, cycle):
        """Invoices of the last months, each paid on the day the real rhythm says."""
        today = fields.Date.context_today(self)
        days = [today - timedelta(days=30 * n + 4) for n in range(MONTHS, -1, -1)]
        names = [f"cycle_invoice_{name}_{n}" for n in range(len(days))]
        vals = [self._monthly_vals(customer, company, *row) for row in enumerate(days)]
        self._post_moves(company, vals, names)
        for key in names if cycle else ():
            invoice = self._sample(key)
            paid_on = cycle._engine().due_date(invoice.invoice_date)
            if paid_on < today:
                self._pay(invoice, company, paid_on)

    def _monthly_vals(self, customer, company, number, day):
        return {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": day,
            "date": day,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": self.env._("Maintenance"),
                        "quantity": 1,
                        "price_unit": 1200.0 + 35 * number,
                        "tax_ids": [
                            fields.Command.set(
                                self._sample(f"tax_{company}_domestic").ids
                            )
                        ],
                    }
                )
            ],
        }

    def _pay(self, invoice, company, day):
        """A payment registered as Odoo's own dialog does."""
        wizard = (
            self._in_company("account.payment.register", company)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": day})
        )
        payments = wizard._create_payments()
        self._keep(payments, [f"cycle_payment_{invoice.id}"])

    def _load_rhythms(self):
        """What the payments of the last year show, in both companies."""
        for company in ("cn", "nl"):
            Run = self._in_company("ar.payment.rhythm.run", company)
            run = Run.create({"company_id": self._company(company).id})
            run.action_start()
            self._keep(run, [f"payment_rhythm_run_{company}"])

    # -- exchange rates -------------------------------------------------------------------

    def _load_rate_imports(self):
        """In China an import is applied; in the Netherlands one waits, with a question."""
        today = fields.Date.context_today(self)
        pairs = [
            f"{today - timedelta(days=ago)},{pair},{value}"
            for ago, usd, eur in ((3, "7.1512", "7.7705"), (2, "7.1586", "7.7823"))
            for pair, value in (("USD/CNY", usd), ("EUR/CNY", eur))
        ]
        imports = {
            "cn": ("中国外汇交易中心.csv", "日期,货币对,中间价\n" + "\n".join(pairs)),
            "nl": (
                "rates.csv",
                "Date,Currency,Rate\n"
                f"{today - timedelta(days=2)},USD,1.0865\n"
                f"{today},USD,1.0951\n{today},CNY,77.805\n",
            ),
        }
        for code, (name, text) in imports.items():
            company = self._company(code)
            company.ar_rate_max_age_days = 7
            company.ar_foreign_amount_limit = 50_000
            staged = self._in_company("ar.rate.import", code)._stage(
                name, text.encode(), company, Reading(company.currency_id.name)
            )
            self._keep(staged, [f"rate_import_{code}"])
            if code == "cn":
                staged._apply()
