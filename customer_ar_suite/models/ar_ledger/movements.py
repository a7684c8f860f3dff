from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.ledger import Balance, Movement
from .columns import (
    LINE_FIELDS,
    customer_joins,
    description_columns,
    description_joins,
    fields_of,
    line_columns,
    minor,
)


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _movements(self, date_from, date_to, **scope):
        """What changed the receivables from ``date_from`` to ``date_to``, both included.

        :param scope: ``partner_ids``, ``company_ids``, ``line_ids``, ``currency_ids`` as
            for :meth:`_open_item_sql`
        :rtype: list[Movement]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) item ORDER BY partner_id, date, number, line_id",
                self._movement_sql(date_from, date_to, **scope),
            )
        )
        return list(map(Movement._make, rows))

    def _movement_sql(self, date_from, date_to, **scope):
        """Query of the columns of :class:`Movement`: amounts in minor units.

        An item whose document amount is zero only adjusts the company-currency value: it
        is an exchange difference, even after its reconciliation has been undone.
        """
        lines = self.env["account.move.line"]
        query = lines._search(
            self._line_scope(**scope)
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
        )
        return SQL(
            """
            SELECT item.line_id,
                   item.move_id,
                   item.company_id,
                   COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                   item.account_id,
                   item.currency_id,
                   currency.decimal_places AS digits,
                   company_currency.decimal_places AS company_digits,
                   item.date,
                   item.due_date,
                   %(description)s,
                   %(amount)s AS amount,
                   %(amount_company)s AS amount_company,
                   item.amount = 0 AND item.amount_company <> 0 AS is_exchange
              FROM (%(items)s) item
              %(customer_joins)s
              %(description_joins)s
            """,
            description=description_columns(),
            amount=minor(SQL("item.amount"), "currency"),
            amount_company=minor(SQL("item.amount_company"), "company_currency"),
            items=query.select(line_columns(self.env)),
            customer_joins=customer_joins(self.env),
            description_joins=description_joins(self.env),
        )

    def _opening_balances(self, date_from, **scope):
        """What was owed at the start of ``date_from``, as :meth:`_balances`."""
        return self._balances(date_from - timedelta(days=1), **scope)

    def _balances(self, as_of, **scope):
        """General-ledger receivables per customer, company and document currency.

        Sums of posted journal items, nothing else: what open items are checked against.

        :rtype: list[Balance]
        """
        query = SQL(
            "SELECT * FROM (%s) balance ORDER BY 1, 2, 3",
            self._balance_sql(as_of, **scope),
        )
        return list(map(Balance._make, self.env.execute_query(query)))

    def _balance_sql(self, as_of, **scope):
        """Query of the columns of :class:`Balance`: amounts in minor units."""
        return SQL(
            """
            SELECT COALESCE(item.partner_id, 0) AS partner_id,
                   item.company_id,
                   item.currency_id,
                   currency.decimal_places AS digits,
                   company_currency.decimal_places AS company_digits,
                   %(amount)s AS amount,
                   %(amount_company)s AS amount_company
              FROM (%(sums)s) item
              LEFT JOIN res_currency currency ON currency.id = item.currency_id
              LEFT JOIN res_currency company_currency
                     ON company_currency.id = item.company_currency_id
             WHERE item.amount <> 0 OR item.amount_company <> 0
            """,
            amount=minor(SQL("item.amount"), "currency"),
            amount_company=minor(SQL("item.amount_company"), "company_currency"),
            sums=self._balance_sums_sql(as_of, scope),
        )

    def _balance_sums_sql(self, as_of, scope):
        """Sums of posted journal items by customer, company and currency (numeric)."""
        lines = self.env["account.move.line"]
        query = lines._search(self._line_scope(**scope) & Domain("date", "<=", as_of))
        query.add_join(
            "LEFT JOIN",
            "contact",
            "res_partner",
            SQL("contact.id = account_move_line.partner_id"),
        )
        columns = SQL(
            """
            contact.commercial_partner_id AS partner_id,
            account_move_line.company_id,
            account_move_line.currency_id,
            account_move_line.company_currency_id,
            SUM(account_move_line.amount_currency) AS amount,
            SUM(account_move_line.balance) AS amount_company
            """,
            to_flush=[
                *fields_of(self.env["res.partner"], "commercial_partner_id"),
                *fields_of(lines, *LINE_FIELDS),
            ],
        )
        return SQL("%s GROUP BY 1, 2, 3, 4", query.select(columns))
