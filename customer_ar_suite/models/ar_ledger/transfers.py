from odoo import models
from odoo.tools import SQL

from ...engine.ledger import Movement, named
from .columns import customer_joins, minor


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _transfers(self, as_of, **scope):
        """Reconciliations that move a balance between customers or currencies.

        A euro invoice paid in dollars leaves the euro account and arrives on the dollar
        account without any journal item; the same where one customer pays for another.
        Balance forward and movements lead to the open items only with these.

        :param scope: and ``known_on`` as for :meth:`_open_item_sql`
        :return: one movement of kind ``transfer`` for each side within the scope, with the
            number of the item itself, never that of the other side
        :rtype: list[Movement]
        """
        sides = [
            self._transfer_sql(as_of, side, other, **scope)
            for side, other in (("debit", "credit"), ("credit", "debit"))
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) side ORDER BY partner_id, date, number, line_id",
                SQL(" UNION ALL ").join(sides),
            )
        )
        return named(Movement, rows)

    def _transfer_sql(self, as_of, side, other, known_on=None, **scope):
        """The transfers that end on the debit or on the credit items of the scope."""
        return SQL(
            """
            SELECT item.line_id,
                   COALESCE(item.move_id, -item.line_id) AS move_id,
                   COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                   item.currency_id,
                   part.max_date AS date,
                   part.max_date AS due_date,
                   COALESCE(item.move_name, '') AS number,
                   '' AS reference,
                   'transfer' AS kind,
                   %(sign)s * %(amount)s AS amount,
                   FALSE AS is_exchange,
                   %(sign)s * %(amount_company)s AS amount_company
              FROM (%(items)s) item
              JOIN (%(partials)s) part
                ON %(own)s = item.line_id AND part.max_date <= %(as_of)s
              JOIN (%(others)s) other_line ON other_line.id = %(other)s
              %(joins)s
              LEFT JOIN res_partner other_contact
                     ON other_contact.id = other_line.partner_id
             WHERE other_line.currency_id <> item.currency_id
                OR other_line.company_id <> item.company_id
                OR part.debit_amount_currency <> part.credit_amount_currency
                OR COALESCE(other_contact.commercial_partner_id, 0)
                   <> COALESCE(contact.commercial_partner_id, 0)
            """,
            sign=-1 if side == "debit" else 1,
            amount=minor(SQL.identifier("part", f"{side}_amount_currency"), "currency"),
            amount_company=minor(SQL("part.amount"), "company_currency"),
            items=self._item_sql(scope, known_on),
            partials=self._known_partials_sql(known_on),
            others=self._known_others_sql(known_on),
            own=SQL.identifier("part", f"{side}_move_id"),
            other=SQL.identifier("part", f"{other}_move_id"),
            as_of=as_of,
            joins=customer_joins(self.env),
        )
