from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import PARTIAL_FIELDS, contacts_sql, fields_of, minor


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _payment_history(self, date_from, date_to, **scope):
        """When invoices were paid: one row per invoice and day of payment.

        Paid by money, from a bank, cash or card journal; credit notes, write-offs and
        exchange differences are no payments. One statement for any number of customers.

        :param date_from: first day of payment, ``date_to`` the last
        :param scope: as for :meth:`_open_item_sql`
        :return: tuples (commercial partner, invoice date, due date, day of payment, amount in
            minor units of the company's currency), sorted
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT partner_id, invoice_date, due_date, paid_on, SUM(amount)::bigint
                  FROM (%s) settled
                 GROUP BY 1, line_id, 2, 3, 4
                 ORDER BY 1, 2, 4, line_id
                """,
                self._settled_sql(date_from, date_to, scope),
            )
        )

    def _settlements(self, date_from, as_of, **scope):
        """Invoices of a period and when they were paid in full, as of the end of a day.

        An invoice that no money paid (credit notes, write-offs alone) is left out. One
        statement for any number of customers.

        :param date_from: first invoice date
        :param as_of: last invoice date; what was paid later is still open
        :param scope: as for :meth:`_open_item_sql`
        :return: tuples (journal item, commercial partner, invoice date, due date, amount in
            minor units of the company's currency, day it was paid or None), sorted
        """
        lines = self.env["account.move.line"]
        query = lines._search(self._line_scope(**scope) & Domain("balance", ">", 0))
        return self.env.execute_query(
            SQL(
                """
                SELECT item.line_id, contact.commercial_partner_id,
                       COALESCE(item.invoice_date, item.date), item.due_date, %(amount)s,
                       CASE WHEN settled.amount >= item.balance THEN settled.paid_on END
                  FROM (%(items)s) item
                  JOIN account_move document
                    ON document.id = item.move_id
                   AND document.move_type IN ('out_invoice', 'out_receipt')
                  JOIN (%(contacts)s) contact ON contact.id = item.contact_id
                  JOIN res_currency company_currency
                    ON company_currency.id = item.company_currency_id
                  LEFT JOIN LATERAL (
                        SELECT SUM(part.amount) AS amount, MAX(part.max_date) AS paid_on,
                               bool_or(journal.type IN ('bank', 'cash', 'credit')) AS by_money
                          FROM account_partial_reconcile part
                          JOIN account_move_line paying
                            ON paying.id = part.credit_move_id
                           AND paying.parent_state = 'posted'
                          JOIN account_journal journal ON journal.id = paying.journal_id
                         WHERE part.debit_move_id = item.line_id
                           AND part.max_date <= %(as_of)s) settled ON TRUE
                 WHERE COALESCE(item.invoice_date, item.date)
                       BETWEEN %(date_from)s AND %(as_of)s
                   AND (settled.amount IS NULL OR settled.amount < item.balance
                        OR settled.by_money)
                 ORDER BY 3, 1
                """,
                amount=minor(SQL("item.balance"), "company_currency"),
                items=query.select(_columns(lines)),
                contacts=contacts_sql(self.env, scope.get("partner_ids")),
                date_from=date_from,
                as_of=as_of,
                to_flush=self._settling_fields(),
            )
        )

    def _settling_fields(self):
        """What must be written before reconciliations with money are read."""
        return [
            *fields_of(self.env["account.partial.reconcile"], *PARTIAL_FIELDS),
            *fields_of(self.env["account.move"], "move_type"),
            *fields_of(self.env["account.journal"], "type"),
            *fields_of(self.env["account.move.line"], "parent_state", "journal_id"),
        ]

    def _paying_customers(self, date_from, date_to, least, **scope):
        """Customers with payments on at least ``least`` days of the period, sorted."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM (%s) settled
                 GROUP BY 1 HAVING COUNT(DISTINCT paid_on) >= %s ORDER BY 1
                """,
                self._settled_sql(date_from, date_to, scope),
                least,
            )
        )
        return [partner_id for (partner_id,) in rows]

    def _settled_sql(self, date_from, date_to, scope):
        """Reconciliations of invoices with money, made in the period."""
        lines = self.env["account.move.line"]
        query = lines._search(self._line_scope(**scope) & Domain("balance", ">", 0))
        return SQL(
            """
            SELECT item.line_id,
                   contact.commercial_partner_id AS partner_id,
                   COALESCE(item.invoice_date, item.date) AS invoice_date,
                   item.due_date,
                   part.max_date AS paid_on,
                   %(amount)s AS amount
              FROM (%(items)s) item
              JOIN account_partial_reconcile part
                ON part.debit_move_id = item.line_id
               AND part.max_date BETWEEN %(date_from)s AND %(date_to)s
               AND part.amount > 0
              JOIN account_move_line paying
                ON paying.id = part.credit_move_id AND paying.parent_state = 'posted'
              JOIN account_journal journal
                ON journal.id = paying.journal_id
               AND journal.type IN ('bank', 'cash', 'credit')
              JOIN account_move document
                ON document.id = item.move_id
               AND document.move_type IN ('out_invoice', 'out_receipt')
              JOIN (%(contacts)s) contact ON contact.id = item.contact_id
              JOIN res_currency company_currency
                ON company_currency.id = item.company_currency_id
            """,
            amount=minor(SQL("part.amount"), "company_currency"),
            items=query.select(_columns(lines)),
            date_from=date_from,
            date_to=date_to,
            contacts=contacts_sql(self.env, scope.get("partner_ids")),
            to_flush=self._settling_fields(),
        )


def _columns(lines):
    return SQL(
        """
        account_move_line.id AS line_id,
        account_move_line.move_id,
        account_move_line.partner_id AS contact_id,
        account_move_line.company_currency_id,
        account_move_line.balance,
        account_move_line.date,
        COALESCE(account_move_line.date_maturity, account_move_line.date) AS due_date,
        account_move_line.invoice_date
        """,
        to_flush=fields_of(
            lines,
            "move_id",
            "partner_id",
            "company_currency_id",
            "balance",
            "date",
            "date_maturity",
            "invoice_date",
        ),
    )
