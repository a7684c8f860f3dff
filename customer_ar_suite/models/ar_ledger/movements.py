from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...engine.ledger import Balance, Movement, named
from .columns import (
    contacts_sql,
    customer_joins,
    description_columns,
    description_joins,
    document_joins,
    minor,
)


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _movements(self, date_from, date_to, **scope):
        """What changed the receivables from ``date_from`` to ``date_to``, both included.

        In no order: who shows them has one of its own.

        :param scope: ``partner_ids``, ``company_ids``, ``line_ids``, ``currency_ids``,
            ``known_on`` as for :meth:`_open_item_sql`; ``in_company``: whether amounts in
            the company's currency are wanted, else they are 0
        :rtype: list[Movement]
        """
        query = self._movement_sql(date_from, date_to, **scope)
        return named(Movement, self.env.execute_query(query))

    def _movement_sql(
        self, date_from, date_to, known_on=None, in_company=True, **scope
    ):
        """Query of the columns of :class:`Movement`: amounts in minor units.

        An item whose document amount is zero only adjusts the company-currency value: it
        is an exchange difference, even after its reconciliation has been undone.
        """
        partner_ids = scope.get("partner_ids")
        return SQL(
            """
            SELECT item.line_id,
                   COALESCE(item.move_id, -item.line_id) AS move_id,
                   COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                   item.currency_id,
                   item.date,
                   item.due_date,
                   %(description)s,
                   %(amount)s AS amount,
                   item.amount = 0 AND item.amount_company <> 0 AS is_exchange
                   %(amount_company)s
              FROM (%(items)s) item
              %(customer_joins)s
              %(description_joins)s
            """,
            description=description_columns(),
            amount=minor(SQL("item.amount"), "currency"),
            amount_company=(
                SQL(", %s", minor(SQL("item.amount_company"), "company_currency"))
                if in_company
                else SQL()
            ),
            items=self._item_sql(scope, known_on, date_from, date_to),
            customer_joins=customer_joins(self.env, partner_ids),
            description_joins=(
                description_joins(self.env)
                if partner_ids is None
                else document_joins(self.env, partner_ids, date_from, date_to)
            ),
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
        return named(Balance, self.env.execute_query(query))

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
            sums=self._balance_sums_sql(as_of, **scope),
        )

    def _balance_sums_sql(self, as_of, known_on=None, **scope):
        """Sums of posted journal items by customer, company and currency (numeric)."""
        return SQL(
            """
            SELECT contact.commercial_partner_id AS partner_id,
                   item.company_id,
                   item.currency_id,
                   item.company_currency_id,
                   SUM(item.amount) AS amount,
                   SUM(item.amount_company) AS amount_company
              FROM (%s) item
              LEFT JOIN (%s) contact ON contact.id = item.contact_id
             GROUP BY 1, 2, 3, 4
            """,
            self._item_sql(scope, known_on, last=as_of),
            contacts_sql(self.env, scope.get("partner_ids")),
        )
