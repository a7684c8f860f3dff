from odoo import models
from odoo.tools import SQL

#: red lines kept per question; more do not help anybody
MOST_FAULTS = 1000
#: what each item takes from its amount, by all reconciliations
APPLIED = SQL(
    """SELECT line_id, SUM(amount) AS amount, SUM(amount_company) AS amount_company
         FROM (SELECT debit_move_id AS line_id, debit_amount_currency AS amount,
                      amount AS amount_company FROM account_partial_reconcile
                UNION ALL
               SELECT credit_move_id, -credit_amount_currency, -amount
                 FROM account_partial_reconcile) part
        GROUP BY line_id"""
)


class ArLedger(models.AbstractModel):
    """The questions behind ``customer.ar.check`` that look into reconciliations.

    Each gives how much was looked at and the rows that are wrong: problem, company, model,
    id, customer, currency, expected, found. They read as whoever asks; the check asks as
    superuser and shows each reader what he may see.
    """

    _inherit = "ar.ledger"

    def _judge(self, query):
        """Count what ``query`` looked at and fetch what it calls wrong."""
        self._prepare_planner(few=False)
        rows = self.env.execute_query(
            SQL(
                """WITH seen AS MATERIALIZED (%s)
                SELECT (SELECT COUNT(*) FROM seen), wrong.*
                  FROM (SELECT) one
                  LEFT JOIN (SELECT problem, company_id, model, res_id, partner_id,
                                    currency_id, expected, found
                               FROM seen WHERE problem IS NOT NULL
                              ORDER BY company_id, res_id LIMIT %s) wrong ON TRUE""",
                query,
                MOST_FAULTS,
            )
        )
        return rows[0][0], [row[1:] for row in rows if row[1]]

    def _looked_at_sql(self, company_ids, since=None):
        """Posted items on the ledger's accounts, with customer and reconciliations."""
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        accounts = {*self._receivable_account_ids(company_ids)}
        for own in self._advance_accounts(company_ids):
            accounts.update(own)
        touched = SQL()
        if since is not None:
            touched = SQL(
                """AND (line.write_date >= %(since)s OR line.id IN (
                    SELECT unnest(ARRAY[debit_line_ref, credit_line_ref])
                      FROM ar_reconciliation_history
                     WHERE known_from >= %(since)s OR known_to >= %(since)s))""",
                since=since,
            )
        return SQL(
            """SELECT line.*, COALESCE(contact.commercial_partner_id, 0) AS customer_id,
                      currency.decimal_places AS digits,
                      company_currency.decimal_places AS company_digits,
                      applied.line_id IS NOT NULL AS is_applied,
                      line.balance - COALESCE(applied.amount_company, 0) AS left_company,
                      line.amount_currency - COALESCE(applied.amount, 0) AS left_amount
                 FROM account_move_line line
                 LEFT JOIN (%(applied)s) applied ON applied.line_id = line.id
                 LEFT JOIN res_partner contact ON contact.id = line.partner_id
                 JOIN res_currency currency ON currency.id = line.currency_id
                 JOIN res_currency company_currency
                   ON company_currency.id = line.company_currency_id
                WHERE line.account_id = ANY(%(accounts)s)
                  AND line.company_id = ANY(%(companies)s)
                  AND line.parent_state = 'posted' %(touched)s""",
            applied=APPLIED,
            accounts=sorted(accounts),
            companies=list(company_ids),
            touched=touched,
        )

    # -- INV1 -----------------------------------------------------------------------------

    def _ledger_faults(self, as_of, company_ids):
        """Customers and companies whose open items are not their ledger balance.

        What was settled across customers, currencies and branches is no fault.
        """
        rows = self._tie_out_rows(as_of, company_ids=company_ids)
        different = {row[1] for row in rows if row[3] != row[4]}
        moved = {}
        if different:
            transfers = self._transfers(
                as_of, company_ids=company_ids, partner_ids=sorted(different)
            )
            companies = self._companies_of({one.line_id for one in transfers})
            for transfer in transfers:
                key = companies[transfer.line_id], transfer.partner_id
                moved[key] = moved.get(key, 0) + transfer.amount_company
        faults, totals = [], {}
        for company_id, partner_id, digits, is_open, booked in rows:
            expected = booked + moved.get((company_id, partner_id), 0)
            total = totals.setdefault(company_id, [digits, 0, 0])
            total[1] += expected
            total[2] += is_open
            if is_open != expected:
                faults.append(
                    self._ledger_fault(
                        "customer", company_id, partner_id, digits, expected, is_open
                    )
                )
        for company_id, (digits, expected, is_open) in totals.items():
            if expected != is_open:
                faults.append(
                    self._ledger_fault(
                        "total", company_id, 0, digits, expected, is_open
                    )
                )
        return len(rows) + len(totals), faults

    def _companies_of(self, line_ids):
        """{journal item: its company}"""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, company_id FROM account_move_line WHERE id = ANY(%s)",
                    sorted(line_ids),
                )
            )
        )

    def _ledger_fault(self, problem, company_id, partner_id, digits, expected, found):
        company = self.env["res.company"].browse(company_id)
        model, res_id = ("res.partner", partner_id) if partner_id else ("", 0)
        unit = 10**digits
        return (
            problem,
            company_id,
            model,
            res_id,
            partner_id,
            company.currency_id.id,
            expected / unit,
            found / unit,
        )

    def _entry_faults(self, company_ids, since=None):
        """Posted entries whose debit is not their credit."""
        touched = SQL()
        if since is not None:
            touched = SQL(
                "AND line.move_id IN (SELECT move_id FROM account_move_line"
                " WHERE write_date >= %s)",
                since,
            )
        return self._judge(
            SQL(
                """SELECT CASE WHEN ROUND(SUM(line.balance), 6) <> 0 THEN 'entry' END
                              AS problem,
                          line.company_id, 'account.move' AS model,
                          line.move_id AS res_id, 0 AS partner_id,
                          line.company_currency_id AS currency_id,
                          0::numeric AS expected, SUM(line.balance) AS found
                     FROM account_move_line line
                    WHERE line.company_id = ANY(%s) AND line.parent_state = 'posted' %s
                    GROUP BY line.move_id, line.company_id, line.company_currency_id""",
                list(company_ids),
                touched,
            )
        )

    # -- INV2 -----------------------------------------------------------------------------

    def _ages(self, as_of, company_ids):
        """{days overdue: number of open items}; days around all borders, too."""
        found = self.env.execute_query(
            SQL(
                "SELECT %s - due_date, COUNT(*) FROM (%s) item"
                " WHERE residual_company > 0 AND NOT is_advance GROUP BY 1",
                as_of,
                self._open_item_sql(as_of, company_ids=company_ids),
            )
        )
        return dict.fromkeys(range(-40, 401), 0) | dict(found)

    def _sorted_ages(self, ages, bucket_set):
        """(days, number of items, bucket SQL sorts them into)."""
        return self.env.execute_query(
            SQL(
                "SELECT age, items, %s FROM unnest(%s::int[], %s::int[]) AS one(age, items)",
                bucket_set._bucket_case(SQL("age")),
                list(ages),
                list(ages.values()),
            )
        )

    # -- INV3, INV5 -----------------------------------------------------------------------

    def _residual_faults(self, company_ids, since=None):
        """Items whose stored residual or flag is not what their reconciliations leave."""
        return self._judge(
            SQL(
                """SELECT CASE
                    WHEN ROUND(line.amount_residual - line.left_company,
                               line.company_digits) <> 0 THEN 'residual'
                    WHEN ROUND(line.amount_residual_currency - line.left_amount,
                               line.digits) <> 0 THEN 'residual_currency'
                    WHEN ROUND(line.left_amount, line.digits) * SIGN(line.amount_currency)
                         NOT BETWEEN 0 AND ABS(line.amount_currency) THEN 'too_much'
                    WHEN COALESCE(line.reconciled, FALSE) <> (
                         ROUND(line.left_company, line.company_digits) = 0
                         AND ROUND(line.left_amount, line.digits) = 0) THEN 'flag'
                    END AS problem,
                    line.company_id, 'account.move.line' AS model, line.id AS res_id,
                    line.customer_id AS partner_id, line.company_currency_id AS currency_id,
                    line.left_company AS expected, line.amount_residual AS found
                  FROM (%s) line""",
                self._looked_at_sql(company_ids, since),
            )
        )

    def _mark_faults(self, company_ids, since=None):
        """Items whose marks of being matched do not agree with their reconciliations."""
        return self._judge(
            SQL(
                """SELECT CASE
                    WHEN line.full_reconcile_id IS NOT NULL AND (
                         NOT line.is_applied OR line.reconciled IS NOT TRUE) THEN 'full'
                    WHEN line.is_applied AND line.matching_number IS NULL THEN 'unmarked'
                    WHEN NOT line.is_applied AND line.matching_number IS NOT NULL
                         AND line.matching_number NOT LIKE 'I%%' THEN 'mark'
                    END AS problem,
                    line.company_id, 'account.move.line' AS model, line.id AS res_id,
                    line.customer_id AS partner_id, line.company_currency_id AS currency_id,
                    0::numeric AS expected, 0::numeric AS found
                  FROM (%s) line
                 WHERE line.is_applied OR line.matching_number IS NOT NULL
                    OR line.full_reconcile_id IS NOT NULL""",
                self._looked_at_sql(company_ids, since),
            )
        )

    # -- INV4 -----------------------------------------------------------------------------

    def _match_faults(self, company_ids, since=None):
        """Reconciliations that move something, and full ones that do not sum to nothing."""
        count, parts = self._judge(self._partial_faults_sql(company_ids, since))
        more, groups = self._judge(
            SQL(
                """SELECT CASE WHEN ROUND(SUM(line.balance), MIN(line.company_digits)) <> 0
                               THEN 'group' END AS problem,
                          MIN(line.company_id) AS company_id,
                          'account.move.line' AS model, MIN(line.id) AS res_id,
                          MIN(line.customer_id) AS partner_id,
                          MIN(line.company_currency_id) AS currency_id,
                          0::numeric AS expected, SUM(line.balance) AS found
                     FROM (%s) line
                    WHERE line.full_reconcile_id IS NOT NULL
                    GROUP BY line.full_reconcile_id
                   HAVING COUNT(*) = (SELECT COUNT(*) FROM account_move_line whole
                                       WHERE whole.full_reconcile_id
                                             = line.full_reconcile_id)""",
                self._looked_at_sql(company_ids, None),
            )
        )
        return count + more, parts + groups

    def _partial_faults_sql(self, company_ids, since):
        touched = SQL("AND part.create_date >= %s", since) if since else SQL()
        return SQL(
            """SELECT CASE
                WHEN LEAST(part.amount, part.debit_amount_currency,
                           part.credit_amount_currency) < 0 THEN 'negative'
                WHEN debit.account_id <> credit.account_id THEN 'account'
                WHEN split_part(ours.parent_path, '/', 1)
                     <> split_part(theirs.parent_path, '/', 1) THEN 'tree'
                END AS problem,
                debit.company_id, 'account.move.line' AS model, debit.id AS res_id,
                COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                debit.company_currency_id AS currency_id,
                0::numeric AS expected, part.amount AS found
              FROM account_partial_reconcile part
              JOIN account_move_line debit ON debit.id = part.debit_move_id
              JOIN account_move_line credit ON credit.id = part.credit_move_id
              JOIN res_company ours ON ours.id = debit.company_id
              JOIN res_company theirs ON theirs.id = credit.company_id
              LEFT JOIN res_partner contact ON contact.id = debit.partner_id
             WHERE debit.company_id = ANY(%s) %s""",
            list(company_ids),
            touched,
        )

    # -- the history ----------------------------------------------------------------------

    def _history_faults(self, company_ids):
        """What is in the books otherwise than the history of ``known_on`` says."""
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        since = self._known_since()
        count, items = self._judge(
            SQL(
                """SELECT CASE WHEN version.id IS NULL OR line.id IS NULL
                        OR line.parent_state <> 'posted'
                        OR (line.balance, line.amount_currency, line.date, line.account_id)
                           IS DISTINCT FROM (version.balance, version.amount_currency,
                                             version.date, version.account_id)
                        THEN 'item' END AS problem,
                    COALESCE(version.company_id, line.company_id) AS company_id,
                    CASE WHEN line.id IS NULL THEN 'ar.item.history'
                         ELSE 'account.move.line' END AS model,
                    COALESCE(line.id, version.id) AS res_id,
                    COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                    COALESCE(version.company_currency_id, line.company_currency_id)
                        AS currency_id,
                    COALESCE(version.balance, 0) AS expected,
                    COALESCE(line.balance, 0) AS found
                  FROM (SELECT * FROM ar_item_history
                         WHERE known_to IS NULL AND company_id = ANY(%(companies)s)) version
                  FULL JOIN (SELECT line.* FROM account_move_line line
                               JOIN account_account account
                                 ON account.id = line.account_id AND account.reconcile
                              WHERE line.company_id = ANY(%(companies)s)
                                AND (line.create_date > %(since)s AND
                                     line.parent_state = 'posted'
                                     OR line.id IN (SELECT line_ref FROM ar_item_history
                                                     WHERE known_to IS NULL))) line
                    ON line.id = version.line_ref
                  LEFT JOIN res_partner contact
                    ON contact.id = COALESCE(line.partner_id, version.partner_id)""",
                companies=list(company_ids),
                since=since,
            )
        )
        more, matches = self._judge(
            SQL(
                """SELECT CASE WHEN version.id IS NULL OR part.id IS NULL
                        OR (part.amount, part.debit_amount_currency, part.max_date)
                           IS DISTINCT FROM (version.amount, version.debit_amount_currency,
                                             version.max_date)
                        THEN 'match' END AS problem,
                    COALESCE(version.company_id, part.company_id) AS company_id,
                    CASE WHEN version.id IS NULL THEN 'account.move.line'
                         ELSE 'ar.reconciliation.history' END AS model,
                    COALESCE(version.id, part.debit_move_id) AS res_id,
                    COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                    company.currency_id, COALESCE(version.amount, 0) AS expected,
                    COALESCE(part.amount, 0) AS found
                  FROM (SELECT * FROM ar_reconciliation_history
                         WHERE known_to IS NULL AND company_id = ANY(%(companies)s)) version
                  FULL JOIN (SELECT * FROM account_partial_reconcile
                              WHERE company_id = ANY(%(companies)s)
                                AND (create_date > %(since)s
                                     OR id IN (SELECT partial_ref
                                                 FROM ar_reconciliation_history
                                                WHERE known_to IS NULL))) part
                    ON part.id = version.partial_ref
                  JOIN res_company company
                    ON company.id = COALESCE(version.company_id, part.company_id)
                  LEFT JOIN res_partner contact ON contact.id = version.debit_partner_id""",
                companies=list(company_ids),
                since=since,
            )
        )
        return count + more, items + matches
