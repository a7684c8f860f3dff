from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import LINE_FIELDS, fields_of


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _turnover_query(self, columns, joins, date_from, date_to, amounts, **scope):
        """``SELECT columns`` from the receivables per customer, company, account, currency.

        ``item`` has ``opening`` (before ``date_from``), ``debit``, ``credit`` and
        ``closing`` (end of ``date_to``) as ``amounts`` chooses, the same with
        ``_currency`` in document currency, ``entry_count``, and the journal items behind
        each: ``opening_ids``, ``debit_ids`` … Columns nobody asks for cost nothing.

        :param joins: tables the columns need, left joins
        :param amounts: function that makes of (company amount, document amount) of
            ``account_move_line`` what is shown
        :param scope: ``partner_ids`` … as for :meth:`_open_item_query`
        """
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(sums)s) item
              %(joins)s
             WHERE item.entry_count > 0 OR item.opening <> 0 OR item.opening_currency <> 0
            """,
            columns=columns,
            sums=self._turnover_sums_sql(date_from, date_to, amounts, scope),
            joins=joins,
        )

    def _turnover_sums_sql(self, date_from, date_to, amounts, scope):
        lines = self.env["account.move.line"]
        query = lines._search(self._line_scope(**scope) & Domain("date", "<=", date_to))
        query.add_join(
            "LEFT JOIN",
            "contact",
            "res_partner",
            SQL("contact.id = account_move_line.partner_id"),
        )
        before = SQL("account_move_line.date < %s", date_from)
        document = self._document_sides()
        shown = map(amounts, self._company_sides(), document)
        columns = SQL(
            """
            MIN(account_move_line.id) AS line_id,
            contact.commercial_partner_id AS partner_id,
            account_move_line.company_id,
            account_move_line.account_id,
            account_move_line.currency_id,
            account_move_line.company_currency_id,
            COUNT(*) FILTER (WHERE NOT %(before)s) AS entry_count,
            %(shown)s,
            %(document)s,
            %(ids)s
            """,
            before=before,
            shown=self._turnover_columns(before, *shown, ""),
            document=self._turnover_columns(before, *document, "_currency"),
            ids=self._turnover_ids(before),
            to_flush=[
                *fields_of(self.env["res.partner"], "commercial_partner_id"),
                *fields_of(lines, *LINE_FIELDS, "debit", "credit"),
            ],
        )
        return SQL("%s GROUP BY 2, 3, 4, 5, 6", query.select(columns))

    def _turnover_columns(self, before, debit, credit, net, suffix):
        """Opening, debit, credit and closing from the two sides of each journal item.

        :param net: what the sides come to: one column, where they would be three
        """
        return SQL(
            """
            COALESCE(SUM(%(net)s) FILTER (WHERE %(before)s), 0) AS %(opening)s,
            COALESCE(SUM(%(debit)s) FILTER (WHERE NOT %(before)s), 0) AS %(debit_name)s,
            COALESCE(SUM(%(credit)s) FILTER (WHERE NOT %(before)s), 0) AS %(credit_name)s,
            COALESCE(SUM(%(net)s), 0) AS %(closing)s
            """,
            before=before,
            debit=debit,
            credit=credit,
            net=net,
            opening=SQL.identifier(f"opening{suffix}"),
            debit_name=SQL.identifier(f"debit{suffix}"),
            credit_name=SQL.identifier(f"credit{suffix}"),
            closing=SQL.identifier(f"closing{suffix}"),
        )

    def _turnover_ids(self, before):
        """The journal items behind each figure."""
        debit, credit, _net = self._company_sides()
        doc_debit, doc_credit, _doc_net = self._document_sides()
        ids = [
            SQL(
                "ARRAY_AGG(account_move_line.id) FILTER (WHERE %s) AS %s",
                condition,
                SQL.identifier(f"{name}_ids"),
            )
            for name, condition in (
                ("opening", before),
                (
                    "debit",
                    SQL("NOT %s AND (%s <> 0 OR %s <> 0)", before, debit, doc_debit),
                ),
                (
                    "credit",
                    SQL("NOT %s AND (%s <> 0 OR %s <> 0)", before, credit, doc_credit),
                ),
                ("closing", SQL("TRUE")),
            )
        ]
        return SQL(", ").join(ids)

    def _company_sides(self):
        """Debit, credit as booked: a reversal may be a negative debit (红字); and their net."""
        return (
            SQL("account_move_line.debit"),
            SQL("account_move_line.credit"),
            SQL("account_move_line.balance"),
        )

    def _document_sides(self):
        """The same in document currency, on the side on which the item was booked."""
        on_debit = SQL(
            """
            (account_move_line.debit <> 0 OR (
                account_move_line.credit = 0 AND account_move_line.amount_currency > 0))
            """
        )
        return (
            SQL(
                "CASE WHEN %s THEN account_move_line.amount_currency ELSE 0 END",
                on_debit,
            ),
            SQL(
                "CASE WHEN %s THEN 0 ELSE -account_move_line.amount_currency END",
                on_debit,
            ),
            SQL("account_move_line.amount_currency"),
        )

    # -- customer ledger ------------------------------------------------------------------

    def _entry_query(self, columns, joins, date_from, date_to, apart, amounts, **scope):
        """``SELECT columns`` from opening balances and entries of customers' ledgers.

        ``item`` is a journal item of the period, or (``is_opening``) what was there before
        it; ``debit``, ``credit``, ``opening`` and the running ``balance`` are in the
        currency that ``amounts`` chooses. Conditions on customers reach the journal items.

        :param apart: columns besides the customer that make an account of its own:
            ``company_id``, ``currency_id``
        :param amounts: as for :meth:`_turnover_query`
        """
        keys = SQL(", ").join(
            SQL.identifier("line", name) for name in ("partner_id", *apart)
        )
        return SQL(
            """
            SELECT %(columns)s
              FROM (
                SELECT line.*,
                       SUM(line.opening + line.debit - line.credit) OVER (
                           PARTITION BY %(keys)s
                           ORDER BY line.is_opening DESC, line.date, line.move_name,
                                    line.line_id
                       ) AS balance
                  FROM (%(entries)s UNION ALL %(openings)s) line
              ) item
              %(joins)s
            """,
            columns=columns,
            keys=keys,
            entries=self._entry_lines_sql(date_from, date_to, amounts, scope),
            openings=self._opening_lines_sql(date_from, apart, amounts, scope),
            joins=joins,
        )

    def _entry_lines_sql(self, date_from, date_to, amounts, scope):
        """The journal items of the period."""
        debit, credit, _net = self._company_sides()
        doc_debit, doc_credit, _doc_net = self._document_sides()
        return SQL(
            """
            SELECT account_move_line.id AS line_id, FALSE AS is_opening,
                   account_move_line.partner_id, account_move_line.company_id,
                   account_move_line.currency_id, account_move_line.company_currency_id,
                   account_move_line.date, account_move_line.date_maturity,
                   account_move_line.move_name, account_move_line.move_id,
                   account_move_line.journal_id, account_move_line.account_id,
                   account_move_line.amount_currency,
                   0::numeric AS opening, %(debit)s AS debit, %(credit)s AS credit
              FROM (%(lines)s) account_move_line
            """,
            debit=amounts(debit, doc_debit),
            credit=amounts(credit, doc_credit),
            lines=self._ledger_lines_sql(
                Domain("date", ">=", date_from) & Domain("date", "<=", date_to), scope
            ),
        )

    def _opening_lines_sql(self, date_from, apart, amounts, scope):
        """One line per account with what was there before the period."""
        names = ("company_id", "currency_id")
        columns = {
            name: SQL.identifier("account_move_line", name)
            if name in apart
            else SQL("MIN(%s)", SQL.identifier("account_move_line", name))
            for name in names
        }
        opening = SQL(
            "SUM(%s)",
            amounts(
                SQL("account_move_line.balance"),
                SQL("account_move_line.amount_currency"),
            ),
        )
        return SQL(
            """
            SELECT MIN(account_move_line.id), TRUE, account_move_line.partner_id,
                   %(company)s, %(currency)s,
                   MIN(account_move_line.company_currency_id), %(day)s::date, NULL, '',
                   NULL, NULL, NULL, NULL::numeric, %(opening)s, 0, 0
              FROM (%(lines)s) account_move_line
             GROUP BY %(keys)s
            HAVING %(opening)s <> 0
            """,
            company=columns["company_id"],
            currency=columns["currency_id"],
            day=date_from,
            opening=opening,
            lines=self._ledger_lines_sql(Domain("date", "<", date_from), scope),
            keys=SQL(", ").join(
                SQL.identifier("account_move_line", name)
                for name in ("partner_id", *apart)
            ),
        )

    def _ledger_lines_sql(self, period, scope):
        """Posted receivable journal items with their commercial partners."""
        lines = self.env["account.move.line"]
        names = (*LINE_FIELDS, "debit", "credit", "amount_currency")
        query = lines._search(self._line_scope(**scope) & period)
        query.add_join(
            "LEFT JOIN",
            "contact",
            "res_partner",
            SQL("contact.id = account_move_line.partner_id"),
        )
        columns = SQL(", ").join(
            SQL.identifier("account_move_line", name)
            for name in ("id", *dict.fromkeys(names))
            if name != "partner_id"
        )
        return query.select(
            SQL(
                "contact.commercial_partner_id AS partner_id, %s",
                columns,
                to_flush=[
                    *fields_of(self.env["res.partner"], "commercial_partner_id"),
                    *fields_of(lines, *names),
                ],
            )
        )
