from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .columns import kind_sql

#: what tells one item from another; the same on both dates
ITEM = (
    "line_id", "present_line_id", "move_id", "company_id", "contact_id", "account_id",
    "journal_id", "currency_id", "company_currency_id", "date", "due_date",
    "invoice_date", "move_type",
)  # fmt: skip


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _two_dates_query(self, before, after, amounts, known_on=None, **scope):
        """Items that were open on either date, or booked after the first one.

        The columns of :func:`line_columns`, ``before_amount`` and ``after_amount`` open on
        the dates, and ``booked_amount`` of items booked in between.

        :param amounts: function that makes of (company amount, document amount) of
            ``item`` what is shown
        :param known_on: and ``scope`` as for :meth:`_open_item_sql`
        """
        nothing = SQL("0::numeric")
        residual = amounts(SQL("item.residual_company"), SQL("item.residual"))
        booked = amounts(SQL("item.amount_company"), SQL("item.amount"))
        arms = [
            self._open_item_query(
                _two_dates_columns(*figures), SQL(""), day, known_on=known_on, **scope
            )
            for day, figures in (
                (before, (residual, nothing, nothing)),
                (after, (nothing, residual, nothing)),
            )
        ]
        items = self._item_sql(scope, known_on, before + timedelta(days=1), after)
        arms.append(
            SQL(
                "SELECT %s FROM (%s) item",
                _two_dates_columns(nothing, nothing, booked),
                items,
            )
        )
        return SQL(
            """
            SELECT %(item)s,
                   SUM(before_amount) AS before_amount,
                   SUM(after_amount) AS after_amount,
                   SUM(booked_amount) AS booked_amount
              FROM (%(arms)s) item
             GROUP BY %(item)s
            """,
            item=SQL(", ").join(SQL.identifier("item", name) for name in ITEM),
            arms=SQL(" UNION ALL ").join(SQL("(%s)", arm) for arm in arms),
        )

    def _kind_sql(self):
        """Kind of an item (``item`` with its ``move`` and ``journal`` joined)."""
        return kind_sql()


def _two_dates_columns(before, after, booked):
    return SQL(
        "%s, %s AS before_amount, %s AS after_amount, %s AS booked_amount",
        SQL(", ").join(SQL.identifier("item", name) for name in ITEM),
        before,
        after,
        booked,
    )
