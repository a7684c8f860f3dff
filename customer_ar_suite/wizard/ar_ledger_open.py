from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

REPORTS = {
    "trial_balance": "ar.trial.balance.report",
    "ledger": "ar.customer.ledger.report",
}


class ArLedgerOpen(models.TransientModel):
    """Asks for period, customers and currency; opens trial balance or customer ledger."""

    _name = "ar.ledger.open"
    _description = "Open Customer Ledgers"
    _inherit = ["ar.report.open.mixin"]

    report = fields.Selection(
        [
            ("trial_balance", "Trial Balance: one line per customer"),
            ("ledger", "Ledger: every entry"),
        ],
        required=True,
        default="trial_balance",
    )
    first_date = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.to_date(self.env.context.get("ar_date_from"))
        or self._year_start(),
    )
    by_account = fields.Boolean(
        string="Apart by Account",
        help="One line per receivable account of a customer.",
    )

    @api.model
    def _year_start(self):
        today = fields.Date.context_today(self)
        return self.env.company.compute_fiscalyear_dates(today)["date_from"]

    @api.constrains("first_date", "as_of_date")
    def _check_period(self):
        for wizard in self:
            if wizard.first_date > wizard.as_of_date:
                raise ValidationError(
                    self.env._(
                        "The period begins on %(first)s, after its end on %(last)s. "
                        "Exchange the two dates.",
                        first=format_date(self.env, wizard.first_date),
                        last=format_date(self.env, wizard.as_of_date),
                    )
                )

    @api.model
    def action_open_default(self, report="trial_balance"):
        """The trial balance (or ledger) of the fiscal year, without asking."""
        self._check_may_read()
        values = {**self.default_get(list(self._fields)), "report": report}
        return self.new(values)._report_action()

    def action_open(self):
        """The report as asked for."""
        self._check_may_read()
        self.ensure_one()
        return self._report_action()

    def action_xlsx(self):
        """The report as workbook."""
        self._check_may_read()
        self.ensure_one()
        return self._download(REPORTS[self.report], "xlsx")

    def action_pdf(self):
        """The report as PDF."""
        self._check_may_read()
        self.ensure_one()
        return self._download(REPORTS[self.report], "pdf")

    def _check_may_read(self):
        self.env["ar.trial.balance.report"].check_access("read")

    def _report_action(self):
        name = REPORTS.get(self.report, REPORTS["trial_balance"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"customer_ar_suite.{name.replace('.', '_')}_action"
        )
        period = self.env[name].with_context(**self._context())._period_fact()[1]
        if self.report == "ledger":
            title = self.env._("Customer Ledger, %(period)s", period=period)
        else:
            title = self.env._("Customer Trial Balance, %(period)s", period=period)
        action["name"] = action["display_name"] = title
        action["target"] = "main"  # in place of the report this was opened from
        action["domain"] = self._report_domain()
        action["context"] = self._context()
        if self.by_account and self.report == "trial_balance":
            action["context"]["group_by"] = self._default_groups()
        return action

    def _context(self):
        return {
            **super()._context(),
            "ar_date_from": fields.Date.to_string(self.first_date),
        }

    def _default_groups(self):
        return ["account_id", "partner_id"] if self.by_account else ["partner_id"]
