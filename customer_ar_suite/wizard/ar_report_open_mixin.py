from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ArReportOpenMixin(models.AbstractModel):
    """What every form asks that opens a report: whom, which companies, in which currency."""

    _name = "ar.report.open.mixin"
    _description = "Open a Receivables Report"

    as_of_date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: fields.Date.to_date(self.env.context.get("ar_as_of"))
        or fields.Date.context_today(self),
        help="Receivables as they stood at the end of this day.",
    )
    is_future = fields.Boolean(compute="_compute_is_future")
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Leave empty for all customers."
    )
    amounts_in = fields.Selection(
        [
            ("company", "Currency of the Company"),
            ("document", "Currency of Each Document"),
            ("currency", "One Reporting Currency"),
        ],
        string="Amounts in",
        required=True,
        default=lambda self: self._default_amounts_in(),
    )
    reporting_currency_id = fields.Many2one(
        "res.currency",
        default=lambda self: self._default_currency(),
        help="Every amount is converted into this currency, with the rates of the current "
        "company.",
    )
    rate_date = fields.Date(
        string="Rates of",
        help="The day whose exchange rates are used; leave empty for the last day.",
    )

    @api.model
    def _default_amounts_in(self):
        asked = str(self.env.context.get("ar_amounts_in") or "company")
        return "currency" if asked.isdecimal() else asked

    @api.model
    def _default_currency(self):
        asked = str(self.env.context.get("ar_amounts_in") or "")
        if asked.isdecimal():
            return self.env["res.currency"].browse(int(asked)).exists()
        return self.env.company.currency_id

    @api.depends("as_of_date")
    def _compute_is_future(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.is_future = wizard.as_of_date and wizard.as_of_date > today

    @api.constrains("amounts_in", "reporting_currency_id", "rate_date", "as_of_date")
    def _check_reporting_currency(self):
        for wizard in self:
            if wizard.amounts_in != "currency":
                continue
            if not wizard.reporting_currency_id:
                raise ValidationError(
                    self.env._(
                        "Choose the currency in which the amounts shall be shown."
                    )
                )
            # refuses where a rate is missing
            self.env["ar.ledger"]._reporting_rates(
                wizard.reporting_currency_id,
                wizard.rate_date or wizard.as_of_date,
                wizard.company_ids,
            )

    def _context(self):
        """The keys that choose the view of the report."""
        asked = self.amounts_in
        if asked == "currency":
            asked = self.reporting_currency_id.id
        return {
            "ar_as_of": fields.Date.to_string(self.as_of_date),
            "ar_amounts_in": False if asked == "company" else asked,
            "ar_rate_date": fields.Date.to_string(self.rate_date) or False,
        }

    def _report_domain(self):
        domain = []
        if self.company_ids != self.env.companies:
            domain.append(("company_id", "in", self.company_ids.ids))
        if self.partner_ids:
            domain.append(
                ("partner_id", "in", self.partner_ids.commercial_partner_id.ids)
            )
        return domain

    def _download(self, report, file_type):
        """The report as a file, grouped as it opens on the screen."""
        report = self.env[report].with_context(**self._context())
        return report.action_download(
            file_type, self._report_domain(), self._default_groups()
        )

    def _default_groups(self):
        return ["partner_id"]
