from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ArAgingOpen(models.TransientModel):
    """Asks for date, buckets and customers, shows that they tie out, opens the report."""

    _name = "ar.aging.open"
    _description = "Open Aged Receivables"
    _inherit = ["ar.report.open.mixin"]

    bucket_set_id = fields.Many2one(
        "ar.aging.bucket.set",
        string="Buckets",
        required=True,
        default=lambda self: self.env.context.get("ar_bucket_set_id")
        or self.env["ar.aging.bucket.set"]._default_set(),
    )
    bucket_labels = fields.Char(string="Periods", related="bucket_set_id.labels")
    dimension_id = fields.Many2one(
        "customer.dimension",
        string="Category Of",
        default=lambda self: self.env.context.get("ar_dimension_id"),
        help="Shows each customer's category in this dimension, as it was on the date.",
    )
    compare_date = fields.Date(
        string="Compare with",
        default=lambda self: fields.Date.to_date(self.env.context.get("ar_compare_to")),
        help="An earlier day: the report shows both days, the difference and what it "
        "consists of.",
    )
    known_on = fields.Datetime(
        string="As known on",
        default=lambda self: fields.Datetime.to_datetime(
            self.env.context.get("ar_known_on")
        ),
        help="Show what had been posted and reconciled by then; leave empty for what is "
        "known now.",
    )
    is_approximate = fields.Boolean(compute="_compute_is_approximate")
    tie_out_ids = fields.One2many(
        "ar.aging.open.tie.out", "wizard_id", compute="_compute_tie_out_ids"
    )
    is_tied_out = fields.Boolean(compute="_compute_tie_out_ids")

    @api.depends("known_on")
    def _compute_is_approximate(self):
        for wizard in self:
            wizard.is_approximate = not self.env["ar.ledger"]._known_is_exact(
                wizard.known_on or None
            )

    @api.depends("as_of_date", "known_on", "company_ids", "partner_ids")
    def _compute_tie_out_ids(self):
        for wizard in self:
            totals, different = wizard._load_tie_out()
            wizard.is_tied_out = not different
            wizard.tie_out_ids = [
                Command.clear(),
                *(Command.create(wizard._tie_out_values(row)) for row in totals),
                *(Command.create(wizard._tie_out_values(row)) for row in different),
            ]

    def _load_tie_out(self):
        if not self.as_of_date:
            return [], []
        return self.env["ar.ledger"]._tie_out(
            self.as_of_date,
            partner_ids=self.partner_ids.commercial_partner_id.ids or None,
            company_ids=self.company_ids.ids,
            known_on=self.known_on or None,
        )

    def _tie_out_values(self, row):
        unit = 10**row.company_digits
        return {
            "company_id": row.company_id,
            "partner_id": row.partner_id or False,
            "open_amount": row.open_amount / unit,
            "ledger_amount": row.ledger_amount / unit,
            "difference_amount": (row.open_amount - row.ledger_amount) / unit,
        }

    @api.constrains("as_of_date", "compare_date")
    def _check_compare_date(self):
        for wizard in self:
            if wizard.compare_date and wizard.compare_date >= wizard.as_of_date:
                raise ValidationError(
                    self.env._(
                        "The day to compare with must be before %(date)s.",
                        date=format_date(self.env, wizard.as_of_date),
                    )
                )

    @api.model
    def action_open_default(self):
        """The report of today with the company's buckets, without asking."""
        self.env["ar.aging.report"].check_access("read")
        return self.new(self.default_get(list(self._fields)))._report_action()

    def action_open(self):
        """The report as asked for."""
        self.env["ar.aging.report"].check_access("read")
        self.ensure_one()
        return self._report_action()

    def action_xlsx(self):
        """The report as workbook."""
        self.env["ar.aging.report"].check_access("read")
        return self._download(self._report_model(), "xlsx")

    def action_pdf(self):
        """The report as PDF."""
        self.env["ar.aging.report"].check_access("read")
        return self._download(self._report_model(), "pdf")

    def action_open_entries(self):
        """The journal items that make customers differ: settled with another one's."""
        self.env["ar.aging.report"].check_access("read")
        self.ensure_one()
        _totals, different = self._load_tie_out()
        partner_ids = [row.partner_id for row in different]
        entries = self.env["ar.ledger"]._tie_out_entries(self.as_of_date, partner_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settled with Another Customer"),
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [entry.line_id for entry in entries])],
        }

    def _report_model(self):
        return "ar.aging.comparison" if self.compare_date else "ar.aging.report"

    def _report_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"customer_ar_suite.{self._report_model().replace('.', '_')}_action"
        )
        day = format_date(self.env, self.as_of_date)
        if self.compare_date:
            title = self.env._(
                "Aged Receivables, %(before)s and %(after)s",
                before=format_date(self.env, self.compare_date),
                after=day,
            )
        else:
            title = self.env._("Aged Receivables, %(date)s", date=day)
        action["name"] = action["display_name"] = title
        action["target"] = "main"  # in place of the report this was opened from
        action["domain"] = self._report_domain()
        action["context"] = self._context()
        return action

    def _context(self):
        buckets = self.bucket_set_id
        return {
            **super()._context(),
            "ar_bucket_set_id": buckets.id,
            "ar_bucket_view_ref": f"{buckets.id}:{buckets.basis}:{buckets.limits}",
            "ar_dimension_id": self.dimension_id.id,
            "ar_known_on": fields.Datetime.to_string(self.known_on) or False,
            "ar_compare_to": fields.Date.to_string(self.compare_date) or False,
        }


class ArAgingOpenTieOut(models.TransientModel):
    """Open items against the general ledger: of a company, or of a customer that differs."""

    _name = "ar.aging.open.tie.out"
    _description = "Aged Receivables against General Ledger"

    wizard_id = fields.Many2one("ar.aging.open", ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    open_amount = fields.Monetary(string="Aged Receivables", readonly=True)
    ledger_amount = fields.Monetary(string="General Ledger", readonly=True)
    difference_amount = fields.Monetary(string="Difference", readonly=True)
