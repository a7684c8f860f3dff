from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ArExchangeFigures(models.AbstractModel):
    """What a result is made of: an open amount, its value in the books and on a date."""

    _name = "ar.exchange.figures.mixin"
    _description = "Figures of an Exchange Result"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    residual_currency_amount = fields.Monetary(
        string="Open in Currency", currency_field="currency_id", readonly=True
    )
    booked_amount = fields.Monetary(
        string="Booked Value", currency_field="company_currency_id", readonly=True
    )
    booked_rate = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    rate = fields.Float(
        string="Rate Used", digits=(16, 6), readonly=True, aggregator=None
    )
    rate_date = fields.Date(string="Rate Of", readonly=True)
    value_amount = fields.Monetary(
        string="Value on the Date",
        currency_field="company_currency_id",
        readonly=True,
        help="Open amount × rate. Empty where there is no rate.",
    )
    unrealised_amount = fields.Monetary(
        string="Unrealised",
        currency_field="company_currency_id",
        readonly=True,
        help="Value on the date less booked value: a gain if positive.",
    )
    realised_amount = fields.Monetary(
        string="Realised",
        currency_field="company_currency_id",
        readonly=True,
        help="Exchange differences booked in the period: a gain if positive.",
    )


class ArExchangeReport(models.Model):
    """Exchange results item by item: open ones valued on a date, realised ones of a period.

    Two keys of the context say what is shown: ``ar_as_of`` (default: today) and
    ``ar_date_from`` (default: the first day of that fiscal year). Nothing is posted.
    """

    _name = "ar.exchange.report"
    _description = "Exchange Result"
    _auto = False
    _rec_name = "line_id"
    _order = "date, id"
    _inherit = [
        "ar.exchange.figures.mixin",
        "ar.partner.rule.mixin",
        "ar.dimension.mixin",
    ]
    _ar_is_money = True

    kind = fields.Selection(
        [("open", "Open, Valued on the Date"), ("realised", "Realised")], readonly=True
    )
    line_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    document_id = fields.Many2one(
        "account.move",
        readonly=True,
        help="The open document; of a realised result, the one that was settled.",
    )
    booked_rate = fields.Float(
        help="What one unit of the currency stands for in the books."
    )
    rate = fields.Float(
        help="What one unit was worth on the date; of a realised result, when it was paid."
    )
    account_id = fields.Many2one("account.account", readonly=True)
    date = fields.Date(string="Accounting Date", readonly=True)
    due_date = fields.Date(readonly=True)

    # -- parameters of the view -----------------------------------------------------------

    @api.model
    def _as_of(self):
        asked = self.env.context.get("ar_as_of")
        return fields.Date.to_date(asked) or fields.Date.context_today(self)

    @api.model
    def _date_from(self):
        asked = fields.Date.to_date(self.env.context.get("ar_date_from"))
        return asked or self._default_date_from(self._as_of())

    @api.model
    def _default_date_from(self, as_of):
        return self.env.company.compute_fiscalyear_dates(as_of)["date_from"]

    @property
    def _table_query(self):
        return self._item_sql()

    @api.model
    def _item_sql(self):
        return self.env["ar.ledger"]._exchange_item_sql(
            self._as_of(), self._date_from()
        )

    # -- drill-down -----------------------------------------------------------------------

    def action_open_document(self):
        """The invoice, credit note, payment or entry behind the result."""
        self.check_access("read")
        self.ensure_one()
        return self._open_move(self.document_id)

    def action_open_entry(self):
        """The exchange difference entry itself."""
        self.check_access("read")
        self.ensure_one()
        return self._open_move(self.move_id)

    def _open_move(self, move):
        return move._get_records_action(context={})


class ArExchangeSummary(models.Model):
    """Exchange results per customer and currency: the revaluation on a date."""

    _name = "ar.exchange.summary"
    _description = "Exchange Results of a Customer"
    _auto = False
    _rec_name = "partner_id"
    _order = "company_id, partner_id, currency_id"
    _inherit = ["ar.exchange.figures.mixin", "ar.report.mixin", "ar.dimension.mixin"]
    _ar_dimension_dates = ()
    _ar_balance = "unrealised_amount"
    _ar_warns_of_rates = True
    _ar_measures = (
        "booked_amount",
        "value_amount",
        "unrealised_amount",
        "realised_amount",
        "result_amount",
    )
    _ar_item_fields = (
        "partner_id",
        "currency_id",
        "residual_currency_amount",
        "booked_rate",
        "rate",
        "rate_date",
        "rate_state",
    )

    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    item_count = fields.Integer(string="Open Items", readonly=True)
    booked_rate = fields.Float(help="Booked value / open amount.")
    rate = fields.Float(help="What one unit of the currency was worth on the date.")
    rate_age = fields.Integer(
        string="Rate Age (Days)",
        readonly=True,
        aggregator="max",
        help="Days from the rate's day to the date of the report.",
    )
    rate_state = fields.Selection(
        [("ok", "Current"), ("stale", "Stale"), ("missing", "Missing")],
        string="Rate Status",
        readonly=True,
        help="Stale: older than the company allows. Missing: there is none up to the date.",
    )
    result_amount = fields.Monetary(
        string="Result",
        currency_field="company_currency_id",
        readonly=True,
        help="Realised and unrealised.",
    )

    @property
    def _table_query(self):
        items = self.env["ar.exchange.report"]
        as_of = items._as_of()
        return SQL(
            """
            SELECT total.*,
                   total.company_currency_id AS shown_currency_id,
                   customer.user_id,
                   customer.country_id,
                   ABS(total.booked_amount
                       / NULLIF(total.residual_currency_amount, 0)) AS booked_rate,
                   %(as_of)s - total.rate_date AS rate_age,
                   CASE WHEN total.item_count = 0 THEN 'ok'
                        WHEN total.rate_date IS NULL THEN 'missing'
                        WHEN company.ar_rate_max_age_days > 0
                         AND %(as_of)s - total.rate_date > company.ar_rate_max_age_days
                        THEN 'stale' ELSE 'ok'
                   END AS rate_state,
                   total.realised_amount + COALESCE(total.unrealised_amount, 0)
                       AS result_amount
              FROM (SELECT MIN(id) AS id,
                           company_id,
                           partner_id,
                           currency_id,
                           company_currency_id,
                           COUNT(*) FILTER (WHERE kind = 'open') AS item_count,
                           SUM(residual_currency_amount) AS residual_currency_amount,
                           SUM(booked_amount) AS booked_amount,
                           MAX(rate) FILTER (WHERE kind = 'open') AS rate,
                           MAX(rate_date) FILTER (WHERE kind = 'open') AS rate_date,
                           SUM(value_amount) AS value_amount,
                           SUM(unrealised_amount) AS unrealised_amount,
                           SUM(realised_amount) AS realised_amount
                      FROM (%(items)s) item
                     GROUP BY company_id, partner_id, currency_id, company_currency_id
                   ) total
              JOIN res_company company ON company.id = total.company_id
              LEFT JOIN res_partner customer ON customer.id = total.partner_id
            """,
            as_of=as_of,
            items=items._item_sql(),
            to_flush=[
                self.env["res.company"]._fields["ar_rate_max_age_days"],
                self.env["res.partner"]._fields["user_id"],
                self.env["res.partner"]._fields["country_id"],
            ],
        )

    def action_view_items(self):
        """The items and entries behind these figures, on the same date."""
        self.check_access("read")
        return self._items_action()

    def _items_action(self, kind=None):
        items = self.env["ar.exchange.report"]
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("currency_id", "=", currency.id)
            & Domain("partner_id", "in", rows.partner_id.ids or [False])
            for (company, currency), rows in self.grouped(
                lambda row: (row.company_id, row.currency_id)
            ).items()
        )
        if kind:
            domain &= Domain("kind", "=", kind)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_exchange_report_action"
            ),
            "domain": list(domain),
            "context": {
                "ar_as_of": fields.Date.to_string(items._as_of()),
                "ar_date_from": fields.Date.to_string(items._date_from()),
            },
        }
