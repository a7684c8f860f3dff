from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: column → journal items behind it
IDS = {
    "opening_amount": "opening_ids",
    "debit_amount": "debit_ids",
    "credit_amount": "credit_ids",
    "closing_amount": "closing_ids",
    "opening_currency_amount": "opening_ids",
    "debit_currency_amount": "debit_ids",
    "credit_currency_amount": "credit_ids",
    "closing_currency_amount": "closing_ids",
}


def _amount(string, currency="shown_currency_id"):
    return fields.Monetary(string=string, currency_field=currency, readonly=True)


class ArTrialBalanceReport(models.Model):
    """Customer trial balance (客户余额表): opening, debit, credit, closing of a period.

    One row per customer, company, receivable account and currency, straight from the
    posted journal items: the sum of the closing balances is the general ledger.
    """

    _name = "ar.trial.balance.report"
    _description = "Customer Trial Balance"
    _auto = False
    _rec_name = "partner_id"
    _order = "partner_id, id"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _ar_warns_of_rates = True
    _ar_dimension_dates = ()
    _ar_balance = "closing_amount"
    _ar_measures = (
        "opening_amount",
        "debit_amount",
        "credit_amount",
        "closing_amount",
    )
    _ar_item_fields = ("partner_id", "account_id", "currency_id")

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    entry_count = fields.Integer(
        string="Entries", readonly=True, help="Journal items of the period."
    )
    opening_amount = _amount("Opening")
    debit_amount = _amount("Debit")
    credit_amount = _amount("Credit")
    closing_amount = _amount("Closing")
    opening_currency_amount = _amount("Opening in Currency", "currency_id")
    debit_currency_amount = _amount("Debit in Currency", "currency_id")
    credit_currency_amount = _amount("Credit in Currency", "currency_id")
    closing_currency_amount = _amount("Closing in Currency", "currency_id")

    def _known_on(self):
        """Entries are told as they are in the books now."""
        return

    # -- rows -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        return self._rows_sql(
            SQL(
                """
                item.line_id AS id,
                item.partner_id,
                item.company_id,
                item.account_id,
                item.currency_id,
                %s AS shown_currency_id,
                customer.country_id,
                customer.user_id,
                item.entry_count,
                item.opening AS opening_amount,
                item.debit AS debit_amount,
                item.credit AS credit_amount,
                item.closing AS closing_amount,
                item.opening_currency AS opening_currency_amount,
                item.debit_currency AS debit_currency_amount,
                item.credit_currency AS credit_currency_amount,
                item.closing_currency AS closing_currency_amount
                """,
                self._shown_currency_sql("item"),
                to_flush=[
                    self.env["res.partner"]._fields["country_id"],
                    self.env["res.partner"]._fields["user_id"],
                ],
            )
        )

    def _rows_sql(self, columns):
        return self.env["ar.ledger"]._turnover_query(
            columns,
            SQL("LEFT JOIN res_partner customer ON customer.id = item.partner_id"),
            self._first_day(),
            self._as_of(),
            self._amounts("account_move_line"),
        )

    # -- drill-down -----------------------------------------------------------------------

    def _cell_action(self, domain, field):
        """The journal items of the figure, as they are in the books."""
        name = field.name if field.name in IDS else "closing_amount"
        return self._journal_items_action(
            self._line_ids(domain, IDS[name]), self._cell_title(field)
        )

    def _line_ids(self, domain, column="closing_ids"):
        found = self._search(domain).get_result_ids()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM (%s) figure WHERE id = ANY(%s)",
                SQL.identifier(column),
                self._rows_sql(
                    SQL("item.line_id AS id, %s", SQL.identifier("item", column))
                ),
                list(found),
            )
        )
        return [line_id for (ids,) in rows for line_id in ids or ()]

    def action_open_ledger(self):
        """The customer's ledger of the same period."""
        self.check_access("read")
        return self.env["ar.customer.ledger.report"]._open(
            Domain("partner_id", "in", self.partner_id.ids), self._view_context()
        )

    # -- export ---------------------------------------------------------------------------

    def _table_title(self):
        return self.env._("Customer Trial Balance")

    def _date_facts(self):
        return [self._period_fact()]
