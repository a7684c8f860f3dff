from odoo.tools import SQL

from .base import PROOFS, Fault, Proof


@PROOFS.register
class BankProof(Proof):
    """INV6: bank statements follow each other without a gap and end at the ledger."""

    code = "inv6"
    label = "Bank statements are complete"

    def title(self, env):
        return env._("Bank statements follow each other and end at the general ledger")

    def problems(self, env):
        return {
            "closing": env._(
                "Opening balance plus lines is not the closing balance of this bank "
                "statement. A line is missing or was changed."
            ),
            "opening": env._(
                "The opening balance of this bank statement is not the closing balance of "
                "the one before. A statement or a line is missing."
            ),
            "ledger": env._(
                "The bank account in the general ledger does not agree with the last bank "
                "statement. Look for entries made on the account by hand."
            ),
        }

    def prove(self, env, scope):
        for model in (
            "account.bank.statement",
            "account.bank.statement.line",
            "account.move.line",
        ):
            env[model].flush_model()
        rows = env.execute_query(self._sql(scope))
        found = [
            Fault(problem, company, model, id_, 0, currency, expected, is_)
            for problem, company, model, id_, currency, expected, is_, red in rows
            if red
        ]
        return len(rows), found

    def _sql(self, scope):
        """Every comparison of every statement and journal, with whether it fails."""
        return SQL(
            """
            WITH journal AS (
                SELECT journal.id, journal.company_id, journal.default_account_id,
                       COALESCE(journal.currency_id, company.currency_id) AS currency_id,
                       journal.currency_id IS NULL
                           OR journal.currency_id = company.currency_id AS is_company
                  FROM account_journal journal
                  JOIN res_company company ON company.id = journal.company_id
                 WHERE journal.type IN ('bank', 'cash', 'credit')
                   AND journal.company_id = ANY(%(companies)s)
            ),
            line AS (
                SELECT line.id, line.journal_id, line.statement_id, line.amount,
                       line.internal_index
                  FROM account_bank_statement_line line
                  JOIN journal ON journal.id = line.journal_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE move.state = 'posted' AND move.date <= %(as_of)s
            ),
            statement AS (
                SELECT statement.id, statement.journal_id, statement.first_line_index,
                       statement.balance_start, statement.balance_end_real,
                       LAG(statement.id) OVER chain AS previous_id,
                       LAG(statement.balance_end_real) OVER chain AS previous_end,
                       LAG(statement.first_line_index) OVER chain AS previous_index,
                       LEAD(statement.id) OVER chain IS NULL AS is_last
                  FROM account_bank_statement statement
                  JOIN journal ON journal.id = statement.journal_id
                 WHERE statement.first_line_index IS NOT NULL
                   AND statement.date <= %(as_of)s
                WINDOW chain AS (PARTITION BY statement.journal_id
                                     ORDER BY statement.first_line_index, statement.id)
            ),
            figure AS (
                SELECT 'closing' AS problem, statement.journal_id, statement.id,
                       'account.bank.statement' AS model,
                       statement.balance_start + COALESCE((
                           SELECT SUM(line.amount) FROM line
                            WHERE line.statement_id = statement.id), 0) AS expected,
                       statement.balance_end_real AS found
                  FROM statement
                 UNION ALL
                SELECT 'opening', statement.journal_id, statement.id,
                       'account.bank.statement',
                       statement.previous_end + COALESCE((
                           SELECT SUM(line.amount) FROM line
                            WHERE line.journal_id = statement.journal_id
                              AND line.statement_id IS NULL
                              AND line.internal_index > statement.previous_index
                              AND line.internal_index < statement.first_line_index), 0),
                       statement.balance_start
                  FROM statement WHERE statement.previous_id IS NOT NULL
                 UNION ALL
                SELECT 'ledger', journal.id, journal.id, 'account.journal',
                       statement.balance_end_real + COALESCE((
                           SELECT SUM(line.amount) FROM line
                            WHERE line.journal_id = journal.id
                              AND line.statement_id IS NULL
                              AND line.internal_index > statement.first_line_index), 0),
                       COALESCE((
                           SELECT SUM(CASE WHEN journal.is_company THEN item.balance
                                           ELSE item.amount_currency END)
                             FROM account_move_line item
                            WHERE item.account_id = journal.default_account_id
                              AND item.parent_state = 'posted'
                              AND item.company_id = journal.company_id
                              AND item.date <= %(as_of)s), 0)
                  FROM statement JOIN journal ON journal.id = statement.journal_id
                 WHERE statement.is_last
            )
            SELECT figure.problem, journal.company_id, figure.model, figure.id,
                   journal.currency_id, figure.expected, figure.found,
                   ROUND(figure.expected, currency.decimal_places)
                       <> ROUND(figure.found, currency.decimal_places)
              FROM figure
              JOIN journal ON journal.id = figure.journal_id
              JOIN res_currency currency ON currency.id = journal.currency_id
             ORDER BY 1, 2, 4
            """,
            companies=list(scope.company_ids),
            as_of=scope.as_of,
        )
