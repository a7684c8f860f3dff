from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from .columns import contacts_sql, fields_of


class RatingWindow(NamedTuple):
    """The periods of a scorecard on a day: what falls due or is invoiced after them counts."""

    as_of: object
    after: object  #: the day before the window
    half: object  #: the day before its later half
    recent: object  #: the day before the last months
    grace: int

    @classmethod
    def of(cls, as_of, months, recent_months, grace):
        before = fields.Date.subtract
        return cls(
            as_of,
            before(as_of, months=months),
            before(as_of, months=months // 2),
            before(as_of, months=recent_months),
            grace,
        )


#: columns of a row of figures after the customer; names of ``Inputs``
COLUMNS = (
    "due_count", "due_amount", "late_amount_days", "judged_amount", "on_time_amount",
    "recent_due_amount", "recent_late_amount_days", "worst_days", "overdue_amount",
    "invoiced_amount", "invoiced_later_amount", "invoiced_earlier_amount",
    "tenure_months",
)  # fmt: skip


class ArLedger(models.AbstractModel):
    """How customers paid, as figures of ratings: one question for any number of them.

    Counted is what fell due, paid or not, so that no invoice drops out because it is paid
    later. Nothing dated after the day is looked at and, where ``known_on`` is given, nothing
    that was entered later either.
    """

    _inherit = "ar.ledger"

    def _rating_known_on(self, as_of):
        """The moment (UTC) at which the day is over; None where it is not."""
        if as_of >= fields.Date.context_today(self):
            return None
        return datetime.combine(as_of + timedelta(days=1), time.min)

    def _rating_figures(self, window, company, partner_ids=None, known_on=None):
        """{customer: {name of ``Inputs``: figure}} of all who were invoiced by then.

        :param window: :class:`RatingWindow`
        """
        # sudo: a rating does not depend on who starts it; its readers are checked
        ledger = self.sudo()
        scope = {
            "company_ids": company._ar_with_branches().ids,
            "partner_ids": partner_ids,
        }
        # invoices and what settled them are added up, not joined: the planner takes either
        # for a handful of rows, and would compare each with each
        query = SQL(
            """
            WITH invoice AS MATERIALIZED (%(invoices)s),
            item AS (
                SELECT line_id, MAX(partner_id) AS partner_id, MAX(due_date) AS due_date,
                       MAX(invoiced_on) AS invoiced_on, MAX(amount) AS amount,
                       GREATEST(MAX(amount) - COALESCE(SUM(settled), 0), 0) AS left_open,
                       COALESCE(SUM(settled) FILTER (WHERE by_money), 0) AS money,
                       COALESCE(SUM(settled * days) FILTER (WHERE by_money), 0) AS late,
                       COALESCE(SUM(settled) FILTER (WHERE by_money
                                                       AND days <= %(grace)s), 0) AS on_time,
                       COALESCE(MAX(days) FILTER (WHERE by_money), 0) AS worst,
                       %(as_of)s - MAX(due_date) AS age
                  FROM (SELECT line_id, partner_id, due_date, invoiced_on, amount,
                               NULL::bigint AS settled, NULL::int AS days,
                               NULL::boolean AS by_money
                          FROM invoice
                         UNION ALL
                        SELECT line_id, NULL, NULL, NULL, NULL, amount, days, by_money
                          FROM (%(parts)s) part) piece
                 GROUP BY line_id
            )
            SELECT partner_id,
                   COUNT(*) FILTER (WHERE age > 0),
                   SUM(money + left_open) FILTER (WHERE %(due)s),
                   SUM(late + left_open * age) FILTER (WHERE %(due)s),
                   SUM(money + left_open) FILTER (WHERE %(due)s AND age > %(grace)s),
                   SUM(on_time) FILTER (WHERE %(due)s AND age > %(grace)s),
                   SUM(money + left_open) FILTER (WHERE %(recent)s),
                   SUM(late + left_open * age) FILTER (WHERE %(recent)s),
                   GREATEST(MAX(worst) FILTER (WHERE %(due)s),
                            MAX(age) FILTER (WHERE age > 0 AND left_open > 0)),
                   SUM(left_open) FILTER (WHERE age > 0),
                   SUM(amount) FILTER (WHERE invoiced_on > %(after)s),
                   SUM(amount) FILTER (WHERE invoiced_on > %(half)s),
                   SUM(amount) FILTER (WHERE invoiced_on > %(after)s
                                         AND invoiced_on <= %(half)s),
                   EXTRACT(YEAR FROM AGE(%(as_of)s, MIN(invoiced_on))) * 12
                       + EXTRACT(MONTH FROM AGE(%(as_of)s, MIN(invoiced_on)))
              FROM item
             GROUP BY partner_id
            """,
            invoices=ledger._rating_invoices_sql(window, company, known_on, scope),
            parts=ledger._rating_parts_sql(window, company, known_on),
            as_of=window.as_of,
            grace=window.grace,
            after=window.after,
            half=window.half,
            due=SQL("age > 0 AND due_date > %s", window.after),
            recent=SQL("age > 0 AND due_date > %s", window.recent),
        )
        return {
            partner_id: {
                name: int(figure or 0)
                for name, figure in zip(COLUMNS, figures, strict=True)
            }
            for partner_id, *figures in self.env.execute_query(query)
        }

    def _rating_turnover(self, window, company, known_on=None):
        """What was invoiced to all customers in the window."""
        # sudo: a sum of the company; see above
        invoices = self.sudo()._rating_invoices_sql(
            window, company, known_on, {"company_ids": company._ar_with_branches().ids}
        )
        ((amount,),) = self.env.execute_query(
            SQL(
                "SELECT SUM(amount) FROM (%s) invoice WHERE invoiced_on > %s",
                invoices,
                window.after,
            )
        )
        return int(amount or 0)

    def _rating_open(self, as_of, company, partner_ids=None, known_on=None):
        """{customer: open items less unapplied cash, minor units}."""
        # sudo: see above
        items = self.sudo()._open_item_query(
            SQL("contact.commercial_partner_id AS partner_id, item.residual_company"),
            SQL(
                "JOIN (%s) contact ON contact.id = item.contact_id",
                contacts_sql(self.env, partner_ids),
            ),
            as_of,
            known_on=known_on,
            company_ids=company._ar_with_branches().ids,
            partner_ids=partner_ids,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, SUM(%s) FROM (%s) item GROUP BY partner_id",
                _minor("residual_company", company),
                items,
            )
        )
        return {partner_id: int(amount) for partner_id, amount in rows}

    def _rating_invoices_sql(self, window, company, known_on, scope):
        """Invoices by then, those of the former system with their own dates."""
        return SQL(
            """
            SELECT item.line_id, contact.commercial_partner_id AS partner_id,
                   item.due_date, COALESCE(item.invoice_date, item.date) AS invoiced_on,
                   %(amount)s AS amount
              FROM (%(items)s) item
              JOIN (%(contacts)s) contact ON contact.id = item.contact_id
              LEFT JOIN account_move move ON move.id = item.move_id
             WHERE item.amount_company > 0
               AND COALESCE(item.invoice_date, item.date) <= %(as_of)s
               AND (COALESCE(move.move_type, item.move_type)
                        IN ('out_invoice', 'out_receipt')
                    OR move.ar_opening_kind = 'invoice')
            """,
            amount=_minor("item.amount_company", company),
            items=self._item_sql(scope, known_on, last=window.as_of),
            contacts=contacts_sql(self.env, scope.get("partner_ids")),
            as_of=window.as_of,
            to_flush=fields_of(
                self.env["account.move"], "move_type", "ar_opening_kind"
            ),
        )

    def _rating_parts_sql(self, window, company, known_on):
        """What was settled of each of them: how much, how many days late, and by what.

        Money is what came through a bank, cash or card journal; credit notes and write-offs
        settle without being payments.
        """
        posted = (
            SQL("paying.parent_state = 'posted'") if known_on is None else SQL("TRUE")
        )
        return SQL(
            """
            SELECT part.debit_move_id AS line_id, %(amount)s AS amount,
                   GREATEST(part.max_date - invoice.due_date, 0) AS days,
                   COALESCE(journal.type IN ('bank', 'cash', 'credit'), FALSE) AS by_money
              FROM (%(partials)s) part
              JOIN invoice ON invoice.line_id = part.debit_move_id
              LEFT JOIN account_move_line paying ON paying.id = part.credit_move_id
              LEFT JOIN LATERAL (
                    SELECT journal_id FROM ar_item_history
                     WHERE paying.id IS NULL AND line_ref = part.credit_move_id
                     LIMIT 1) gone ON TRUE
              LEFT JOIN account_journal journal
                     ON journal.id = COALESCE(paying.journal_id, gone.journal_id)
             WHERE part.max_date <= %(as_of)s AND part.amount > 0 AND %(posted)s
            """,
            amount=_minor("part.amount", company),
            partials=self._known_partials_sql(known_on),
            as_of=window.as_of,
            posted=posted,
            to_flush=[
                *fields_of(self.env["account.journal"], "type"),
                *fields_of(self.env["account.move.line"], "parent_state", "journal_id"),
            ],
        )


def _minor(column, company):
    """An amount of the company's currency in minor units; its digits are known here."""
    table, _dot, name = column.rpartition(".")
    identifier = SQL.identifier(table, name) if table else SQL.identifier(name)
    return SQL(
        "ROUND(%s * %s)::bigint", identifier, 10**company.currency_id.decimal_places
    )
