from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.ledger import Receipt
from .columns import fields_of, minor


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _receipt_domain(
        self, company_ids=None, journal_ids=None, line_ids=None, sign=1
    ):
        """Bank lines with money that is not applied yet.

        :param sign: 1: money in, -1: money out, 0: both
        """
        if company_ids is None:
            company_ids = self.env.companies.ids
        domain = Domain("company_id", "in", list(company_ids))
        domain &= Domain("is_reconciled", "=", False)
        domain &= Domain("state", "=", "posted")
        if sign:
            domain &= Domain("amount", ">" if sign > 0 else "<", 0)
        if journal_ids:
            domain &= Domain("journal_id", "in", list(journal_ids))
        if line_ids is not None:
            domain &= Domain("id", "in", list(line_ids))
        return domain

    def _receipts(self, domain):
        """What the bank lines of ``domain`` brought in and is still on suspense.

        The payer is the partner of the bank line, else the one customer who owns the bank
        account it came from. The reader's record rules on bank lines apply.

        :rtype: list[Receipt]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) receipt ORDER BY line_id", self._receipt_sql(domain)
            )
        )
        return [Receipt(*row) for row in rows]

    def _receipt_sql(self, domain):
        """Query of the columns of :class:`Receipt`; amounts are those on suspense."""
        lines = self.env["account.bank.statement.line"]
        query = lines._search(domain)
        return SQL(
            """
            SELECT line.id AS line_id,
                   line.company_id,
                   line.journal_id,
                   suspense.currency_id,
                   currency.decimal_places AS digits,
                   move.date,
                   %(amount)s AS amount,
                   CONCAT_WS(', ', line.payment_ref, move.ref,
                             REGEXP_REPLACE(move.narration, '<[^>]*>', ' ', 'g')) AS text,
                   COALESCE(line.partner_name, '') AS payer_name,
                   COALESCE(line.account_number, '') AS payer_account,
                   COALESCE(payer.commercial_partner_id, owner.partner_id, 0)
                       AS partner_id
              FROM account_bank_statement_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_journal journal ON journal.id = line.journal_id
              JOIN (%(suspense)s) suspense
                ON suspense.move_id = line.move_id
               AND suspense.account_id = journal.suspense_account_id
              JOIN res_currency currency ON currency.id = suspense.currency_id
              LEFT JOIN res_partner payer ON payer.id = line.partner_id
              LEFT JOIN (%(owners)s) owner
                ON owner.account_number = %(account_number)s
             WHERE line.id IN %(lines)s
            """,
            amount=minor(SQL("-suspense.amount"), "currency"),
            suspense=self._suspense_sql(query),
            owners=self._account_owner_sql(),
            account_number=_sanitized(SQL.identifier("line", "account_number")),
            lines=query.subselect(),
            to_flush=[
                *fields_of(lines, "payment_ref", "partner_name", "account_number"),
                *fields_of(lines, "partner_id", "company_id", "journal_id"),
                *fields_of(self.env["account.move"], "date", "ref", "narration"),
                *fields_of(self.env["account.journal"], "suspense_account_id"),
                *fields_of(self.env["res.partner"], "commercial_partner_id"),
                *fields_of(self.env["res.currency"], "decimal_places"),
            ],
        )

    def _suspense_sql(self, query):
        """Balance per move, account and currency of the bank lines' journal items."""
        items = self.env["account.move.line"]
        return SQL(
            """
            SELECT item.move_id, item.account_id, item.currency_id,
                   SUM(item.amount_currency) AS amount
              FROM account_move_line item
             WHERE item.move_id IN %s
             GROUP BY item.move_id, item.account_id, item.currency_id
            HAVING SUM(item.amount_currency) <> 0
            """,
            query.subselect(SQL("account_bank_statement_line.move_id")),
            to_flush=fields_of(
                items, "move_id", "account_id", "currency_id", "amount_currency"
            ),
        )

    def _account_owner_sql(self):
        """Bank accounts that belong to one customer only, and to whom."""
        return SQL(
            """
            SELECT bank.sanitized_acc_number AS account_number,
                   MIN(partner.commercial_partner_id) AS partner_id
              FROM res_partner_bank bank
              JOIN res_partner partner ON partner.id = bank.partner_id
             WHERE bank.active AND bank.sanitized_acc_number <> ''
             GROUP BY bank.sanitized_acc_number
            HAVING COUNT(DISTINCT partner.commercial_partner_id) = 1
            """,
            to_flush=fields_of(
                self.env["res.partner.bank"],
                "sanitized_acc_number",
                "partner_id",
                "active",
            ),
        )


def _sanitized(column):
    """As core sanitises account numbers: letters and digits, upper case."""
    return SQL(r"UPPER(REGEXP_REPLACE(%s, '\W+', '', 'g'))", column)
