from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.simulation.past import Applied, PastItem
from .columns import PARTIAL_FIELDS, contacts_sql, fields_of, minor


class ArLedger(models.AbstractModel):
    """Receivable items and what was taken off them, with days: for looks back in time."""

    _inherit = "ar.ledger"

    def _past_items(self, date_to, **scope):
        """(items, what was applied to those that are owed) up to a day; two questions.

        :param scope: as for :meth:`_open_item_sql`
        """
        lines = self.env["account.move.line"]
        query = lines._search(self._line_scope(**scope) & Domain("date", "<=", date_to))
        columns = SQL(
            """
            account_move_line.id AS line_id, account_move_line.move_id,
            account_move_line.partner_id AS contact_id, account_move_line.balance,
            account_move_line.company_currency_id,
            COALESCE(account_move_line.invoice_date, account_move_line.date) AS day,
            COALESCE(account_move_line.date_maturity, account_move_line.date) AS due
            """,
            to_flush=fields_of(
                lines, "move_id", "partner_id", "balance", "date", "date_maturity",
                "invoice_date",
            ),
        )  # fmt: skip
        items = self.env.execute_query(
            SQL(
                """
                SELECT contact.commercial_partner_id, item.line_id, item.move_id, item.day,
                       item.due, %(amount)s
                  FROM (%(items)s) item
                  JOIN (%(contacts)s) contact ON contact.id = item.contact_id
                  JOIN res_currency company_currency
                    ON company_currency.id = item.company_currency_id
                 ORDER BY item.day, item.line_id
                """,
                amount=minor(SQL("item.balance"), "company_currency"),
                items=query.select(columns),
                contacts=contacts_sql(self.env, scope.get("partner_ids")),
            )
        )
        applied = self.env.execute_query(
            SQL(
                """
                SELECT part.debit_move_id, part.max_date, %(amount)s
                  FROM account_partial_reconcile part
                  JOIN (%(items)s) item ON item.line_id = part.debit_move_id
                  JOIN res_currency company_currency
                    ON company_currency.id = item.company_currency_id
                 WHERE part.max_date <= %(date_to)s
                """,
                amount=minor(SQL("part.amount"), "company_currency"),
                items=query.select(columns),
                date_to=date_to,
                to_flush=fields_of(
                    self.env["account.partial.reconcile"], *PARTIAL_FIELDS
                ),
            )
        )
        return list(map(PastItem._make, items)), list(map(Applied._make, applied))
