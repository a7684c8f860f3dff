from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.tools import format_date

from ..engine.exchange import Position, Rate, revalue_all
from ..engine.money import from_minor


class ArExchangeOpen(models.TransientModel):
    """Asks for date, period and customers, shows that the figures tie out, opens the report."""

    _name = "ar.exchange.open"
    _description = "Open Exchange Results"
    _inherit = ["ar.rate.warning.mixin"]

    as_of_date = fields.Date(
        string="Valued on",
        required=True,
        default=lambda self: self.env["ar.exchange.report"]._as_of(),
        help="Open items as they stood at the end of this day, at the rate of that day.",
    )
    date_from = fields.Date(
        string="Realised since",
        required=True,
        default=lambda self: self.env["ar.exchange.report"]._date_from(),
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
        "ar.exchange.open.tie.out", "wizard_id", compute="_compute_tie_out_ids"
    )
    is_tied_out = fields.Boolean(compute="_compute_tie_out_ids")

    @api.depends("as_of_date", "date_from", "company_ids")
    def _compute_tie_out_ids(self):
        for wizard in self:
            rows = wizard._load_tie_out() if wizard._is_complete() else []
            wizard.is_tied_out = all(row.pop("is_equal") for row in rows)
            wizard.tie_out_ids = [
                Command.clear(),
                *(Command.create(row) for row in rows),
            ]

    def _is_complete(self):
        return self.as_of_date and self.date_from and self.company_ids

    def _load_tie_out(self):
        """Per company: realised against the accounts, unrealised against the engine's sum."""
        # the reader's companies, whatever stands in the dialog
        companies = self.company_ids._origin & self.env.companies
        if not companies:
            return []
        shown = self._load_shown(companies)
        computed = self._load_computed(companies)
        rows = []
        for tie in self.env["ar.ledger"]._exchange_ties(
            self.date_from, self.as_of_date, companies.ids
        ):
            unrealised = computed.get(tie.company_id, 0)
            listed = shown.get(tie.company_id, 0)
            rows.append(
                {
                    "company_id": tie.company_id,
                    "realised_amount": from_minor(tie.realised, tie.digits),
                    "account_amount": from_minor(tie.booked, tie.digits),
                    "other_amount": from_minor(tie.other, tie.digits),
                    "unrealised_amount": from_minor(unrealised, tie.digits),
                    "is_equal": tie.realised == tie.booked and unrealised == listed,
                }
            )
        return rows

    def _load_shown(self, companies):
        """{company: Σ unrealised of the report}, minor units."""
        report = self.env["ar.exchange.report"].with_context(
            ar_as_of=fields.Date.to_string(self.as_of_date),
            ar_date_from=fields.Date.to_string(self.date_from),
        )
        rows = report._read_group(
            [("company_id", "in", companies.ids), ("kind", "=", "open")],
            ["company_id"],
            ["unrealised_amount:sum"],
        )
        return {
            company.id: round((amount or 0) * 10**company.currency_id.decimal_places)
            for company, amount in rows
        }

    def _load_computed(self, companies):
        """{company: the same from the ledger's items, valued by the engine}."""
        ledger = self.env["ar.ledger"]
        rates = {
            key: Rate(day, Decimal(own), Decimal(foreign))
            for key, (day, own, foreign) in ledger._rates_at(
                self.as_of_date, companies.ids
            ).items()
        }
        own = {company.id: company.currency_id.id for company in companies}
        foreign = [
            item
            for item in ledger._open_items(self.as_of_date, company_ids=companies.ids)
            if item.currency_id != own[item.company_id]
        ]
        return {
            company.id: revalue_all(
                [
                    (
                        (item.company_id, item.currency_id),
                        Position(
                            item.residual,
                            item.residual_company,
                            item.digits,
                            item.company_digits,
                        ),
                    )
                    for item in foreign
                    if item.company_id == company.id
                ],
                rates,
            ).result
            for company in companies
        }

    # -- opening --------------------------------------------------------------------------

    @api.model
    def action_open_default(self):
        """Today's revaluation with the results of the fiscal year, without asking."""
        self.env["ar.exchange.summary"].check_access("read")
        return self.new(self.default_get(list(self._fields)))._report_action()

    def action_open(self):
        """The revaluation as asked for."""
        self.env["ar.exchange.summary"].check_access("read")
        self.ensure_one()
        return self._report_action()

    def _report_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_exchange_summary_action"
        )
        action["name"] = action["display_name"] = self.env._(
            "Exchange Results, %(date)s", date=format_date(self.env, self.as_of_date)
        )
        action["target"] = "main"
        action["domain"] = self._report_domain()
        action["context"] = {
            "ar_as_of": fields.Date.to_string(self.as_of_date),
            "ar_date_from": fields.Date.to_string(self.date_from),
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


class ArExchangeOpenTieOut(models.TransientModel):
    """Exchange results of a company against its general ledger."""

    _name = "ar.exchange.open.tie.out"
    _description = "Exchange Results against General Ledger"

    wizard_id = fields.Many2one("ar.exchange.open", ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    realised_amount = fields.Monetary(string="Realised, by Customers", readonly=True)
    account_amount = fields.Monetary(string="On the Exchange Accounts", readonly=True)
    other_amount = fields.Monetary(
        string="Other on Them",
        readonly=True,
        help="Exchange results of payables and banks, and entries by hand.",
    )
    unrealised_amount = fields.Monetary(string="Unrealised", readonly=True)
