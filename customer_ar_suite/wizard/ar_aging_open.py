from odoo import Command, api, fields, models
from odoo.tools import format_date


class ArAgingOpen(models.TransientModel):
    """Asks for date, buckets and customers, shows that they tie out, opens the report."""

    _name = "ar.aging.open"
    _description = "Open Aged Receivables"

    as_of_date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: fields.Date.to_date(self.env.context.get("ar_as_of"))
        or fields.Date.context_today(self),
        help="Receivables as they stood at the end of this day.",
    )
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
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Leave empty for all customers."
    )
    tie_out_ids = fields.One2many(
        "ar.aging.open.tie.out", "wizard_id", compute="_compute_tie_out_ids"
    )
    is_tied_out = fields.Boolean(compute="_compute_tie_out_ids")

    @api.depends("as_of_date", "company_ids", "partner_ids")
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

    def _report_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_aging_report_action"
        )
        buckets = self.bucket_set_id
        action["name"] = action["display_name"] = self.env._(
            "Aged Receivables, %(date)s", date=format_date(self.env, self.as_of_date)
        )
        action["target"] = "main"  # in place of the report this was opened from
        action["domain"] = self._report_domain()
        action["context"] = {
            "ar_as_of": fields.Date.to_string(self.as_of_date),
            "ar_bucket_set_id": buckets.id,
            "ar_bucket_view_ref": f"{buckets.id}:{buckets.basis}:{buckets.limits}",
            "ar_dimension_id": self.dimension_id.id,
        }
        return action

    def _report_domain(self):
        domain = []
        if self.company_ids != self.env.companies:
            domain.append(("company_id", "in", self.company_ids.ids))
        if self.partner_ids:
            domain.append(
                ("partner_id", "in", self.partner_ids.commercial_partner_id.ids)
            )
        return domain


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
