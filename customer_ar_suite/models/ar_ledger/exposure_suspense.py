from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import contacts_sql, fields_of


class ArLedger(models.AbstractModel):
    """Money on suspense whose payer is known, for companies that count it as unapplied."""

    _inherit = "ar.ledger"

    def _exposure_arms(self, today, partner_ids, company_ids):
        arms = super()._exposure_arms(today, partner_ids, company_ids)
        companies = self.env["res.company"].browse(company_ids)
        counting = companies.filtered("root_id.ar_counts_suspense")
        if counting:
            rows = self._known_suspense_sql(partner_ids, counting.ids)
            arms.append(self._exposure_arm(rows, "unapplied"))
        return arms

    def _known_suspense_sql(self, partner_ids, company_ids):
        """Receipts nobody has applied, by the payer the bank line names; negative."""
        lines = self.env["account.bank.statement.line"]
        receipts = lines._search(
            Domain("is_reconciled", "=", False)
            & Domain("partner_id", "!=", False)
            & Domain("amount", ">", 0)
            & Domain("company_id", "in", company_ids)
        )
        return SQL(
            """
            SELECT contact.commercial_partner_id AS partner_id, line.company_id,
                   LEAST(SUM(suspense.balance), 0) AS amount
              FROM account_bank_statement_line line
              JOIN (%(contacts)s) contact ON contact.id = line.partner_id
              JOIN account_journal journal ON journal.id = line.journal_id
              JOIN account_move_line suspense
                ON suspense.move_id = line.move_id
               AND suspense.account_id = journal.suspense_account_id
               AND suspense.parent_state = 'posted'
             WHERE line.id IN %(receipts)s
             GROUP BY line.id, contact.commercial_partner_id, line.company_id
            """,
            contacts=contacts_sql(self.env, partner_ids),
            receipts=receipts.subselect(),
            to_flush=[
                *fields_of(lines, "partner_id", "company_id", "journal_id", "move_id"),
                *fields_of(self.env["account.journal"], "suspense_account_id"),
                *fields_of(
                    self.env["account.move.line"],
                    *("move_id", "account_id", "parent_state", "balance"),
                ),
            ],
        )
