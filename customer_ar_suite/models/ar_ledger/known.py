from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from . import recorder
from .columns import (
    LINE_FIELDS,
    PARTIAL_FIELDS,
    fields_of,
    line_columns,
    of_contacts,
    version_columns,
)

#: where former versions of a table's rows are kept, and the column with their id
_HISTORY = {
    "account_move_line": ("ar_item_history", "line_ref"),
    "account_partial_reconcile": ("ar_reconciliation_history", "partial_ref"),
}


class ArLedger(models.AbstractModel):
    """The ledger as it was known at a moment: what had been posted and reconciled by then.

    Starts from what is known now and takes back what was learnt since, so a recent moment
    costs little more than now. ``known_on`` is a naive datetime in UTC. Who owes an item
    and what it is called follow the present; everything else is as it was.
    """

    _inherit = "ar.ledger"

    def _known_since(self):
        """Since when (UTC) everything is recorded; None: it is not."""
        cache = self.env.cr.cache
        if "ar_known_since" not in cache:
            ((moment,),) = self.env.execute_query(
                SQL("SELECT %s", recorder.started_sql())
            )
            cache["ar_known_since"] = moment
        return cache["ar_known_since"]

    def _known_is_exact(self, known_on):
        """Whether the figures of that moment are proven; else they are approximate.

        Of earlier times only the creation of entries and reconciliations is known, and
        nothing of what was undone or deleted.
        """
        if known_on is None:
            return True
        since = self._known_since()
        return bool(since and since <= known_on)

    # -- what changed since the moment ----------------------------------------------------

    def _was_known_sql(self, alias, known_on, table="account_move_line"):
        """Condition: the row was known then as it is now.

        Conditions of their own, which the database turns into joins; a list to be
        compared with would outgrow its memory where much was learnt since.

        :param alias: of a row of ``table``
        :param table: journal items or reconciliations
        """
        return SQL(" AND ").join(
            SQL("NOT %s", one)
            for one in self._learnt_conditions(alias, known_on, table)
        )

    def _is_learnt_sql(self, alias, known_on, table="account_move_line"):
        """Condition: the row was not known then, or not as it is now."""
        return SQL(
            "(%s)", SQL(" OR ").join(self._learnt_conditions(alias, known_on, table))
        )

    def _learnt_conditions(self, alias, known_on, table):
        if not self._known_is_exact(known_on):
            created = SQL.identifier(alias, "create_date")
            yield SQL("COALESCE(%s > %s, FALSE)", created, known_on)
        history, reference = _HISTORY[table]
        yield SQL(
            "EXISTS (SELECT FROM %s learnt WHERE learnt.%s = %s"
            " AND learnt.known_from > %s)",
            SQL.identifier(history),
            SQL.identifier(reference),
            SQL.identifier(alias, "id"),
            known_on,
        )

    def _former_items_sql(self, known_on):
        """Ids of journal items that were known otherwise than now, or are gone."""
        return SQL(
            "SELECT line_ref FROM ar_item_history"
            " WHERE known_from <= %(on)s AND known_to > %(on)s",
            on=known_on,
        )

    def _former_partials_sql(self, known_on):
        """Reconciliations known then that are gone, or are different now."""
        return SQL(
            """SELECT debit_line_ref AS debit_move_id, credit_line_ref AS credit_move_id,
                      amount, debit_amount_currency, credit_amount_currency, max_date
                 FROM ar_reconciliation_history
                WHERE known_from <= %(on)s AND known_to > %(on)s""",
            on=known_on,
        )

    # -- journal items as known -----------------------------------------------------------

    def _item_sql(self, scope, known_on=None, first=None, last=None):
        """Journal items of a period with the ledger's columns, as known at a moment.

        :param scope: as for :meth:`_open_item_sql`
        """
        query = self.env["account.move.line"]._search(
            self._line_scope(**scope) & _period(first, last)
        )
        company_ids = scope.get("company_ids") or self.env.companies.ids
        columns = line_columns(
            self.env, self._is_advance_sql("account_move_line", company_ids)
        )
        if known_on is None:
            return query.select(columns)
        query.add_where(self._was_known_sql("account_move_line", known_on))
        former = self._version_query(known_on, _period(first, last), **scope)
        return SQL(
            "%s UNION ALL %s",
            query.select(columns),
            former.select(self._version_columns(scope)),
        )

    def _version_columns(self, scope):
        company_ids = scope.get("company_ids") or self.env.companies.ids
        return version_columns(self._is_advance_sql("ar_item_history", company_ids))

    def _version_query(
        self,
        known_on,
        period,
        partner_ids=None,
        company_ids=None,
        line_ids=None,
        currency_ids=None,
        payable=False,
    ):
        """Query of the versions that were in force, of items that are otherwise now.

        The reader's rules on versions apply and, where the item still exists, those on
        journal items.
        """
        if company_ids is None:
            company_ids = self.env.companies.ids
        scope = self._account_scope(company_ids, False, payable) & period
        if partner_ids is not None:
            scope &= of_contacts(self._contact_ids(partner_ids))
        if line_ids is not None:
            scope &= Domain("line_ref", "in", list(line_ids))
        if currency_ids is not None:
            scope &= Domain("currency_id", "in", list(currency_ids))
        former = self._former_items_sql(known_on)
        readable = self.env["account.move.line"]._search([])
        readable.add_where(SQL("account_move_line.id IN (%s)", former))
        query = self.env["ar.item.history"]._search(scope)
        # not in the domain: the ORM knows whole seconds only
        query.add_where(
            SQL(
                """ar_item_history.known_from <= %(on)s
                AND ar_item_history.known_to > %(on)s
                AND (ar_item_history.line_ref IN %(readable)s OR NOT EXISTS (
                    SELECT FROM account_move_line gone
                     WHERE gone.id = ar_item_history.line_ref))""",
                on=known_on,
                readable=readable.subselect(),
            )
        )
        return query

    def _former_residual_sql(self, as_of, known_on, scope):
        """Open items among the former versions; needs the common table ``reopened``.

        A version starts from its own amount less the reconciliations of now; those that
        were not known then, or count later, are taken back as with any other item.
        """
        query = self._version_query(known_on, _period(None, as_of), **scope)
        query.add_join(
            "LEFT JOIN",
            "reopened",
            None,
            SQL("reopened.line_id = ar_item_history.line_ref"),
        )
        query.add_join(
            "LEFT JOIN",
            "applied",
            SQL(
                """LATERAL (SELECT SUM(part.amount) AS amount,
                           SUM(part.amount_company) AS amount_company
                      FROM (SELECT debit_amount_currency AS amount,
                                   amount AS amount_company
                              FROM account_partial_reconcile
                             WHERE debit_move_id = ar_item_history.line_ref
                             UNION ALL
                            SELECT -credit_amount_currency, -amount
                              FROM account_partial_reconcile
                             WHERE credit_move_id = ar_item_history.line_ref) part)"""
            ),
            SQL("TRUE"),
        )
        return query.select(
            SQL(
                """%s,
                ar_item_history.amount_currency - COALESCE(applied.amount, 0)
                    + COALESCE(reopened.amount, 0) AS residual,
                ar_item_history.balance - COALESCE(applied.amount_company, 0)
                    + COALESCE(reopened.amount_company, 0) AS residual_company""",
                self._version_columns(scope),
            )
        )

    # -- reconciliations as known ---------------------------------------------------------

    def _known_taken_back_sql(self, as_of, known_on, within):
        """Arms of the common table ``reopened`` for a moment of the past.

        Of the present reconciliations those are taken back that count later than the
        date, were not known, or join an item that was not posted; what was undone since
        is applied again.
        """
        part = "part", known_on, "account_partial_reconcile"
        learnt, known = self._is_learnt_sql(*part), self._was_known_sql(*part)
        later = SQL("part.max_date > %s", as_of)
        former = SQL("(%s)", self._former_partials_sql(known_on))
        for side, other in (("debit", "credit"), ("credit", "debit")):
            posted = self._was_posted_sql(
                SQL.identifier("part", f"{other}_move_id"), known_on
            )
            unposted = self._was_unposted_sql(
                SQL.identifier("part", f"{other}_move_id"), known_on
            )
            yield self._taken_back_sql(side, later, within)
            yield self._taken_back_sql(
                side, SQL("NOT %s AND %s", later, learnt), within
            )
            yield self._taken_back_sql(
                side, SQL("NOT %s AND %s AND %s", later, known, unposted)
            )
            yield self._taken_back_sql(
                side, SQL("NOT %s AND %s", later, posted), partials=former, sign=-1
            )

    def _was_unposted_sql(self, item, known_on):
        """Condition: the item of a reconciliation known then was not posted then.

        One list of what changed since: few items, from which the database goes to their
        reconciliations. An item is not younger than its reconciliation: when it was
        created need not be asked.
        """
        return SQL(
            """%(item)s IN (
                SELECT id FROM account_move_line
                 WHERE parent_state != 'posted' AND matching_number IS NOT NULL
                 UNION ALL
                SELECT line_ref FROM ar_item_history WHERE known_from > %(on)s)
            AND %(item)s NOT IN (%(former)s)""",
            item=item,
            on=known_on,
            former=self._former_items_sql(known_on),
        )

    def _was_posted_sql(self, item, known_on):
        """Condition: the item, which may be gone by now, was posted then."""
        return SQL(
            """(%(item)s IN (%(former)s)
                OR EXISTS (SELECT FROM account_move_line line
                            WHERE line.id = %(item)s AND line.parent_state = 'posted'
                              AND %(known)s))""",
            item=item,
            known=self._was_known_sql("line", known_on),
            former=self._former_items_sql(known_on),
        )

    def _known_partials_sql(self, known_on=None):
        """Reconciliations with the columns of their table, as known at a moment."""
        columns = SQL(
            """debit_move_id, credit_move_id, amount, debit_amount_currency,
               credit_amount_currency, max_date""",
            to_flush=fields_of(self.env["account.partial.reconcile"], *PARTIAL_FIELDS),
        )
        if known_on is None:
            return SQL("SELECT %s FROM account_partial_reconcile", columns)
        return SQL(
            "SELECT %s FROM account_partial_reconcile WHERE %s UNION ALL %s",
            columns,
            self._was_known_sql(
                "account_partial_reconcile", known_on, "account_partial_reconcile"
            ),
            self._former_partials_sql(known_on),
        )

    def _known_others_sql(self, known_on=None):
        """Posted journal items whatever their account, as known: the other sides."""
        present = SQL(
            """SELECT id, currency_id, company_id, partner_id FROM account_move_line
                WHERE parent_state = 'posted'""",
            to_flush=fields_of(
                self.env["account.move.line"], "parent_state", *LINE_FIELDS
            ),
        )
        if known_on is None:
            return present
        return SQL(
            """%(present)s AND %(known)s
            UNION ALL
            SELECT line_ref, currency_id, company_id, partner_id FROM ar_item_history
             WHERE known_from <= %(on)s AND known_to > %(on)s""",
            present=present,
            known=self._was_known_sql("account_move_line", known_on),
            on=known_on,
        )


def _period(first, last):
    period = Domain.TRUE
    if first:
        period &= Domain("date", ">=", first)
    if last:
        period &= Domain("date", "<=", last)
    return period
