from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ArCreditTakeover(models.TransientModel):
    """Offers the limits, terms and trust Odoo keeps on customers; nothing happens unasked."""

    _name = "ar.credit.takeover"
    _description = "Take Over Credit Limits"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    with_default = fields.Boolean(
        string="Customers with the Default Limit",
        help="Also those who have no limit of their own and fall under the company's "
        "default.",
    )
    hold_bad = fields.Boolean(
        string="Put Bad Debtors on Hold",
        help="Customers whom Odoo's degree of trust calls bad debtors get a profile on "
        "hold.",
    )
    line_ids = fields.One2many("ar.credit.takeover.line", "takeover_id")
    line_count = fields.Integer(string="Customers", compute="_compute_line_count")

    @api.depends("line_ids.is_taken")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids.filtered("is_taken"))

    def action_preview(self):
        """List what would be taken over."""
        self.check_access("write")
        self.env["ar.credit.profile"].check_access("create")
        self.ensure_one()
        self.line_ids = [
            Command.clear(),
            *(Command.create(vals) for vals in self._preview()),
        ]
        return self._reopen()

    def _preview(self):
        company = self.company_id
        if company not in self.env.companies:
            raise UserError(self.env._("Choose one of the companies you work in."))
        partners = self._candidates()
        today = fields.Date.context_today(self)
        rows = self.env["ar.ledger"]._exposures(today, partners.ids, company.ids)
        digits = company.currency_id.decimal_places
        return [
            {
                "partner_id": partner.id,
                "limit_amount": partner.credit_limit,
                "payment_term_id": partner.property_payment_term_id.id,
                "trust": partner.trust,
                "exposure_amount": rows[key].parts.total / 10**digits
                if (key := (partner.id, company.id)) in rows
                else 0,
            }
            for partner in partners
        ]

    def _candidates(self):
        """Customers without a profile who have a limit, or trust that says something."""
        company = self.company_id
        partners = self.env["res.partner"].with_company(company)
        fallback = partners._fields["credit_limit"].get_company_dependent_fallback(
            partners
        )
        known = self.env["ar.credit.profile"].search([("company_id", "=", company.id)])
        wanted = ["|", ("credit_limit", ">", 0), ("trust", "=", "bad")]
        found = partners.search(
            [
                ("customer_rank", ">", 0),
                ("parent_id", "=", False),
                ("company_id", "in", [False, company.id]),
                ("id", "not in", known.partner_id.ids),
                *wanted,
            ]
        )
        return found.filtered(
            lambda one: self.with_default
            or (
                one.credit_limit > 0
                and company.currency_id.compare_amounts(one.credit_limit, fallback or 0)
            )
            or (self.hold_bad and one.trust == "bad")
        )

    def action_apply(self):
        """Make profiles of the lines that are ticked."""
        self.check_access("write")
        profiles = self.env["ar.credit.profile"]
        profiles.check_access("create")
        self.ensure_one()
        taken = self.line_ids.filtered("is_taken")
        if not taken:
            raise UserError(self.env._("Tick at least one customer."))
        made = profiles.create(
            [
                {"partner_id": line.partner_id.id, "company_id": self.company_id.id}
                for line in taken
            ]
        )
        if self.hold_bad:
            bad = taken.filtered(lambda line: line.trust == "bad").partner_id
            made.filtered(lambda one: one.partner_id in bad)._set_hold(
                True, self.env._("Bad debtor")
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_credit_profile_action"
            ),
            "domain": [("id", "in", made.ids)],
            "context": {},
        }

    def _reopen(self):
        return self._get_records_action(
            name=self.env._("Take Over Credit Limits"), target="new", context={}
        )


class ArCreditTakeoverLine(models.TransientModel):
    """One customer of the preview."""

    _name = "ar.credit.takeover.line"
    _description = "Customer with a Credit Limit in Odoo"

    takeover_id = fields.Many2one("ar.credit.takeover", ondelete="cascade")
    is_taken = fields.Boolean(string="Include", default=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one(related="takeover_id.company_id.currency_id")
    limit_amount = fields.Monetary(string="Limit in Odoo", readonly=True)
    exposure_amount = fields.Monetary(string="Exposure", readonly=True)
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", readonly=True
    )
    trust = fields.Selection(
        lambda self: self.env["res.partner"]
        ._fields["trust"]
        ._description_selection(self.env),
        readonly=True,
    )
