from odoo import api, fields, models

from ..engine.money import to_minor
from ..engine.rating.base import share


class ArFinancialStatement(models.Model):
    """Figures of a customer's annual accounts, as far as a rating uses them."""

    _name = "ar.financial.statement"
    _description = "Financial Statements of a Customer"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "year_end desc, id desc"
    _rec_name = "year_end"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    year_end = fields.Date(string="Financial Year Ends", required=True)
    published_on = fields.Date(
        string="Known since",
        required=True,
        default=fields.Date.context_today,
        help="Ratings of earlier days do not use it.",
    )
    revenue_amount = fields.Monetary(string="Revenue")
    profit_amount = fields.Monetary(string="Net Profit")
    asset_amount = fields.Monetary(string="Total Assets")
    equity_amount = fields.Monetary(string="Equity")
    current_asset_amount = fields.Monetary(string="Current Assets")
    current_liability_amount = fields.Monetary(string="Current Liabilities")
    equity_percent = fields.Float(
        string="Equity Ratio (%)", digits=(16, 2), compute="_compute_ratios"
    )
    current_ratio = fields.Float(digits=(16, 2), compute="_compute_ratios")
    profit_percent = fields.Float(
        string="Profit Margin (%)", digits=(16, 2), compute="_compute_ratios"
    )
    note = fields.Text(string="Notes")

    _year_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id, year_end)",
        "The figures of this financial year have been entered already.",
    )
    _figures = models.Constraint(
        "CHECK(revenue_amount >= 0 AND asset_amount >= 0 AND current_asset_amount >= 0"
        " AND current_liability_amount >= 0)",
        "Revenue, assets and liabilities are not negative.",
    )
    _known_after = models.Constraint(
        "CHECK(published_on >= year_end)",
        "Accounts are known after the year has ended.",
    )

    @api.depends(
        "revenue_amount", "profit_amount", "asset_amount", "equity_amount",
        "current_asset_amount", "current_liability_amount",
    )  # fmt: skip
    def _compute_ratios(self):
        for one in self:
            ratios = one._ratios()
            one.equity_percent = ratios.get("equity_share", 0) / 100
            one.current_ratio = ratios.get("current_ratio", 0) / 100
            one.profit_percent = ratios.get("profit_margin", 0) / 100

    def _ratios(self):
        """{name of ``Inputs``: ratio} of what can be worked out."""
        self.ensure_one()
        return {
            name: share(self._minor(part), whole, unit)
            for name, part, base, unit in (
                ("equity_share", self.equity_amount, self.asset_amount, 10_000),
                (
                    "current_ratio",
                    self.current_asset_amount,
                    self.current_liability_amount,
                    100,
                ),
                ("profit_margin", self.profit_amount, self.revenue_amount, 10_000),
            )
            if (whole := self._minor(base)) > 0
        }

    def _minor(self, amount):
        return to_minor(amount, self.currency_id.decimal_places)

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The target's figures of a year count; years it has not move over."""
        own = self.search([("partner_id", "=", target_id)])
        taken = {(one.company_id, one.year_end) for one in own}
        for one in self.search([("partner_id", "in", list(source_ids))], order="id"):
            if (one.company_id, one.year_end) in taken:
                one.unlink()
            else:
                taken.add((one.company_id, one.year_end))
                one.partner_id = target_id
