from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import PARTIAL_FIELDS, fields_of, line_columns, minor

#: divisions keep that many decimals, so that results are rounded once
_PRECISE = "1.000000000000000000000000000000"


class RateInUse(NamedTuple):
    """The rate at which the open items of a currency are valued; ``day`` None: none."""

    company_id: int
    currency_id: int
    day: object
    item_count: int


class ExchangeTie(NamedTuple):
    """Exchange results of receivables against the accounts they were booked on."""

    company_id: int
    digits: int
    realised: int  #: by the customers' accounts
    booked: int  #: by the gain and loss accounts, of the same entries
    other: int  #: what else is on those accounts: payables, banks, entries by hand


class ArLedger(models.AbstractModel):
    """Exchange results: realised by the entries core makes, unrealised by a rate."""

    _inherit = "ar.ledger"

    # -- rates ----------------------------------------------------------------------------

    def _rate_sql(self, as_of, company_ids=None):
        """The latest rate up to ``as_of`` of each currency for each company, as core does.

        ``company_rate`` units of the company's currency are worth ``foreign_rate`` units of
        the other. A currency without a rate up to then has no row: core would take a later
        one or 1.0, which is no value of that day.
        """
        if company_ids is None:
            company_ids = self.env.companies.ids
        return SQL(
            """
            SELECT company.id AS company_id,
                   currency.id AS currency_id,
                   rate.id AS rate_id,
                   rate.name AS rate_date,
                   rate.rate::numeric AS foreign_rate,
                   COALESCE(own.rate, own_first.rate, 1)::numeric AS company_rate
              FROM res_company company
              JOIN res_currency currency ON currency.id <> company.currency_id
              JOIN LATERAL (%(rate)s) rate ON TRUE
              LEFT JOIN LATERAL (%(own)s) own ON TRUE
              LEFT JOIN LATERAL (%(own_first)s) own_first ON TRUE
             WHERE company.id = ANY(%(companies)s)
            """,
            rate=_latest_rate(SQL("currency.id"), as_of),
            own=_latest_rate(SQL("company.currency_id"), as_of),
            own_first=_first_rate(SQL("company.currency_id")),
            companies=list(company_ids),
            to_flush=[
                *fields_of(
                    self.env["res.currency.rate"],
                    "name",
                    "rate",
                    "currency_id",
                    "company_id",
                ),
                *fields_of(self.env["res.company"], "currency_id", "parent_path"),
            ],
        )

    def _rates_in_use(self, as_of, **scope):
        """Rates of the currencies in which something was open on ``as_of``.

        :rtype: list[RateInUse]
        """
        items = self._open_item_query(
            SQL("item.company_id, item.currency_id, item.company_currency_id"),
            SQL(),
            as_of,
            **scope,
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT used.company_id, used.currency_id, rate.rate_date, used.item_count
                  FROM (SELECT company_id, currency_id, COUNT(*) AS item_count
                          FROM (%s) item WHERE currency_id <> company_currency_id
                         GROUP BY 1, 2) used
                  LEFT JOIN (%s) rate
                    ON rate.company_id = used.company_id
                   AND rate.currency_id = used.currency_id
                 ORDER BY 1, 2
                """,
                items,
                self._rate_sql(as_of, scope.get("company_ids")),
            )
        )
        return list(map(RateInUse._make, rows))

    def _rates_at(self, as_of, company_ids):
        """{(company, currency): (day, company rate, foreign rate)} as exact decimals' texts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, currency_id, rate_date, company_rate::text,"
                " foreign_rate::text FROM (%s) rate",
                self._rate_sql(as_of, company_ids),
            )
        )
        return {(company, currency): tuple(rest) for company, currency, *rest in rows}

    # -- results --------------------------------------------------------------------------

    def _exchange_item_sql(self, as_of, date_from, **scope):
        """Open foreign items valued at ``as_of``, and results realised since ``date_from``.

        Amounts are numeric, as views show them; the value of an item is rounded once.
        """
        return SQL(
            "SELECT * FROM ((%s) UNION ALL (%s)) item",
            self._unrealised_sql(as_of, scope),
            self._realised_sql(date_from, as_of, scope),
        )

    def _unrealised_sql(self, as_of, scope):
        items = self._open_item_query(
            SQL(
                """
                item.line_id, item.move_id, item.company_id, item.contact_id,
                item.account_id, item.currency_id, item.company_currency_id, item.date,
                item.due_date, item.residual, item.residual_company
                """
            ),
            SQL(),
            as_of,
            **scope,
        )
        return SQL(
            """
            SELECT item.line_id::bigint * 2 AS id,
                   'open' AS kind,
                   item.line_id, item.move_id, item.move_id AS document_id,
                   item.company_id,
                   contact.commercial_partner_id AS partner_id,
                   item.account_id, item.currency_id, item.company_currency_id,
                   item.date, item.due_date,
                   item.residual AS residual_currency_amount,
                   item.residual_company AS booked_amount,
                   ABS(item.residual_company / NULLIF(item.residual, 0)) AS booked_rate,
                   rate.company_rate * %(precise)s::numeric / rate.foreign_rate AS rate,
                   rate.rate_date,
                   %(value)s AS value_amount,
                   %(value)s - item.residual_company AS unrealised_amount,
                   0::numeric AS realised_amount
              FROM (%(items)s) item
              JOIN res_currency company_currency
                ON company_currency.id = item.company_currency_id
              LEFT JOIN (%(rates)s) rate
                ON rate.company_id = item.company_id
               AND rate.currency_id = item.currency_id
              LEFT JOIN res_partner contact ON contact.id = item.contact_id
             WHERE item.currency_id <> item.company_currency_id
            """,
            precise=_PRECISE,
            value=SQL(
                "ROUND(item.residual * rate.company_rate * %s::numeric"
                " / rate.foreign_rate, company_currency.decimal_places)",
                _PRECISE,
            ),
            items=items,
            rates=self._rate_sql(as_of, scope.get("company_ids")),
        )

    def _realised_sql(self, date_from, date_to, scope):
        """Entries that only adjust the value in the company's currency.

        Core makes one when a reconciliation settles an item at another rate than it was
        booked at, and its reverse when that is undone. Both have no document amount.
        """
        lines = self.env["account.move.line"]
        query = lines._search(
            self._line_scope(**scope)
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
            & Domain("amount_currency", "=", 0)
            & Domain("balance", "!=", 0)
        )
        return SQL(
            """
            SELECT item.line_id::bigint * 2 + 1 AS id,
                   'realised' AS kind,
                   item.line_id, item.move_id,
                   COALESCE(invoice.move_id, item.move_id) AS document_id,
                   item.company_id,
                   contact.commercial_partner_id AS partner_id,
                   item.account_id, item.currency_id, item.company_currency_id,
                   item.date, item.due_date,
                   0::numeric AS residual_currency_amount,
                   0::numeric AS booked_amount,
                   ABS(invoice.balance / NULLIF(invoice.amount_currency, 0))
                       AS booked_rate,
                   ABS(paid.balance / NULLIF(paid.amount_currency, 0)) AS rate,
                   item.date AS rate_date,
                   0::numeric AS value_amount,
                   0::numeric AS unrealised_amount,
                   item.amount_company AS realised_amount
              FROM (%(items)s) item
              LEFT JOIN LATERAL (
                    SELECT debit_move_id, credit_move_id
                      FROM account_partial_reconcile
                     WHERE exchange_move_id = item.move_id ORDER BY id LIMIT 1
                   ) part ON TRUE
              LEFT JOIN account_move_line invoice ON invoice.id = part.debit_move_id
              LEFT JOIN account_move_line paid ON paid.id = part.credit_move_id
              LEFT JOIN res_partner contact ON contact.id = item.contact_id
             WHERE item.currency_id <> item.company_currency_id
            """,
            items=query.select(line_columns(self.env, SQL("FALSE"))),
            to_flush=[
                *fields_of(self.env["account.partial.reconcile"], *PARTIAL_FIELDS),
                *fields_of(self.env["account.partial.reconcile"], "exchange_move_id"),
                *fields_of(self.env["res.partner"], "commercial_partner_id"),
            ],
        )

    def _exchange_ties(self, date_from, date_to, company_ids):
        """Do the customers' realised results stand on the exchange accounts?

        :return: one :class:`ExchangeTie` per company, minor units; a gain is positive
        """
        # sudo: which accounts these are; the entries are read with the reader's rights
        companies = self.env["res.company"].sudo().browse(company_ids)
        accounts = (
            companies.income_currency_exchange_account_id
            | companies.expense_currency_exchange_account_id
        )
        lines = self.env["account.move.line"]
        on_accounts = lines._search(
            Domain("account_id", "in", accounts.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "in", company_ids)
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH realised AS (%(realised)s),
                booked AS (%(booked)s)
                SELECT company.id,
                       currency.decimal_places,
                       %(own)s, %(same)s, %(total)s - %(same)s
                  FROM res_company company
                  JOIN res_currency currency ON currency.id = company.currency_id
                 WHERE company.id = ANY(%(companies)s)
                 ORDER BY company.id
                """,
                realised=self._realised_sql(
                    date_from, date_to, {"company_ids": company_ids}
                ),
                booked=on_accounts.select(
                    SQL.identifier("account_move_line", "move_id"),
                    SQL.identifier("account_move_line", "company_id"),
                    SQL.identifier("account_move_line", "balance"),
                ),
                own=_sum_of(SQL("realised_amount"), "realised", SQL("TRUE")),
                same=_sum_of(
                    SQL("-balance"),
                    "booked",
                    SQL("booked.move_id IN (SELECT move_id FROM realised)"),
                ),
                total=_sum_of(SQL("-balance"), "booked", SQL("TRUE")),
                companies=list(company_ids),
                to_flush=fields_of(lines, "account_id", "balance", "date"),
            )
        )
        return list(map(ExchangeTie._make, rows))


def _latest_rate(currency, as_of):
    return SQL(
        "SELECT id, name, rate FROM res_currency_rate WHERE currency_id = %s AND %s"
        " AND name <= %s ORDER BY company_id, name DESC LIMIT 1",
        currency,
        _of_company(),
        as_of,
    )


def _first_rate(currency):
    return SQL(
        "SELECT rate FROM res_currency_rate WHERE currency_id = %s AND %s"
        " ORDER BY company_id, name LIMIT 1",
        currency,
        _of_company(),
    )


def _of_company():
    """Rates are kept by the main company of a tree, or shared."""
    return SQL(
        "(company_id IS NULL OR company_id = split_part(company.parent_path, '/', 1)::int)"
    )


def _sum_of(expression, table, condition):
    """Minor units of what ``table`` has of ``company``."""
    return minor(
        SQL(
            "(SELECT COALESCE(SUM(%s), 0) FROM %s WHERE %s.company_id = company.id AND %s)",
            expression,
            SQL.identifier(table),
            SQL.identifier(table),
            condition,
        ),
        "currency",
    )
