from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.ledger import OpenItem, named
from .columns import (
    HAS_RESIDUAL,
    PARTIAL_FIELDS,
    Customers,
    array,
    contacts_sql,
    customer_joins,
    description_columns,
    description_joins,
    fields_of,
    line_columns,
    minor,
    no_description,
    of_contacts,
)

#: so many reconciliations are taken back at once, whoever made them
FEW_LATER = 500


class ArLedger(models.AbstractModel):
    """Receivables as they stood at the end of any day.

    Aging, statements, matching, exposure and the portal all start here. What was open on a
    date is rebuilt from the stored residuals: what is open now and existed then, plus what
    has been reconciled since. Today therefore costs little more than an index scan.

    A reconciliation counts from its date on (the later of its two items), and only if both
    items are posted: core lets drafts be reconciled, but the general ledger knows nothing
    of them. So open items add up to the general ledger on every date.

    Customers are commercial partners; items without a partner have ``partner_id`` 0. The
    reader's record rules on journal items apply.
    """

    _name = "ar.ledger"
    _description = "Receivables Ledger"

    def _open_items(self, as_of, **scope):
        """Open items at the end of ``as_of``, sorted by customer and due date.

        :param scope: ``partner_ids``, ``company_ids``, ``line_ids``, ``currency_ids``,
            ``described`` as for :meth:`_open_item_sql`
        :rtype: list[OpenItem]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) item ORDER BY partner_id, due_date, line_id",
                self._open_item_sql(as_of, **scope),
            )
        )
        return named(OpenItem, rows)

    def _open_item_sql(
        self,
        as_of,
        partner_ids=None,
        company_ids=None,
        line_ids=None,
        currency_ids=None,
        known_on=None,
        described=True,
    ):
        """Query of the columns of :class:`OpenItem`: amounts as integers in minor units.

        :param as_of: the date at whose end the ledger is looked at
        :param partner_ids: commercial partners (0: items without one); None: all
        :param company_ids: None: the companies the user has ticked
        :param line_ids: journal items; None: all
        :param currency_ids: document currencies; None: all
        :param known_on: naive datetime in UTC: only what had been posted and reconciled
            by then (see :meth:`_known_is_exact`); None: what is known now
        :param described: whether number, reference and kind are wanted
        """
        columns = SQL(
            """
            item.line_id,
            COALESCE(item.move_id, -item.line_id) AS move_id,
            item.company_id,
            COALESCE(contact.commercial_partner_id, 0) AS partner_id,
            item.account_id,
            item.currency_id,
            currency.decimal_places AS digits,
            company_currency.decimal_places AS company_digits,
            item.date,
            item.due_date,
            item.invoice_date,
            %(description)s,
            %(amount)s AS amount,
            %(residual)s AS residual,
            %(amount_company)s AS amount_company,
            %(residual_company)s AS residual_company,
            item.is_advance
            """,
            description=description_columns() if described else no_description(),
            amount=minor(SQL("item.amount"), "currency"),
            residual=minor(SQL("item.residual"), "currency"),
            amount_company=minor(SQL("item.amount_company"), "company_currency"),
            residual_company=minor(SQL("item.residual_company"), "company_currency"),
        )
        joins = SQL(
            "%s %s",
            customer_joins(self.env, partner_ids),
            description_joins(self.env) if described else SQL(),
        )
        scope = {
            "partner_ids": partner_ids,
            "company_ids": company_ids,
            "line_ids": line_ids,
            "currency_ids": currency_ids,
        }
        return self._open_item_query(columns, joins, as_of, known_on=known_on, **scope)

    def _open_item_query(self, columns, joins, as_of, known_on=None, **scope):
        """``SELECT columns`` from the open items, for reports with columns of their own.

        :param columns: of ``item`` (see :func:`line_columns`; ``residual`` and
            ``residual_company`` are numeric) and of what is joined
        :param joins: tables the columns need, left joins
        :param scope: and ``known_on`` as for :meth:`_open_item_sql`
        """
        partner_ids = scope.get("partner_ids")
        self._prepare_planner(few=partner_ids is not None)
        domain = self._item_scope(
            **{name: ids for name, ids in scope.items() if name != "partner_ids"}
        )
        still_open = domain
        if partner_ids is not None:
            contact_ids = self._contact_ids(partner_ids)
            still_open = domain & of_contacts(contact_ids, look_up=True)
        if known_on is None:
            of_any = partner_ids is not None and self._are_few_later(as_of)
        else:
            # what was learnt since of the items of any customer is less than they are
            everything = partner_ids is None and not scope.get("line_ids")
            of_any = everything and self._known_is_exact(known_on)
        reopened = None if of_any else still_open
        company_ids = scope.get("company_ids") or self.env.companies.ids
        items = self._residual_sql(as_of, still_open, company_ids, known_on)
        if known_on is not None:
            items = SQL(
                "%s UNION ALL %s",
                items,
                self._former_residual_sql(as_of, known_on, scope),
            )
        return SQL(
            """
            WITH reopened AS (%s)
            SELECT %s
              FROM (SELECT * FROM (%s) line
                     WHERE residual <> 0 OR residual_company <> 0) item
              %s
            """,
            self._reopened_sql(as_of, reopened, known_on),
            columns,
            items,
            joins,
        )

    def _are_few_later(self, as_of):
        """Whether hardly anything was reconciled later: no need to ask whose it was."""
        rows = self.env.execute_query(
            SQL(
                "SELECT FROM account_partial_reconcile WHERE max_date > %s LIMIT %s",
                as_of,
                FEW_LATER + 1,
                to_flush=fields_of(self.env["account.partial.reconcile"], "max_date"),
            )
        )
        return len(rows) <= FEW_LATER

    # -- which journal items --------------------------------------------------------------

    def _line_scope(self, partner_ids=None, **scope):
        """Domain of the posted receivable journal items asked for, of any date."""
        self._prepare_planner(few=False)
        domain = self._item_scope(**scope)
        if partner_ids is not None:
            domain &= of_contacts(self._contact_ids(partner_ids))
        return domain

    def _prepare_planner(self, few):
        """Compiling these queries takes longer than running them.

        Where customers are named, so does starting parallel workers.
        """
        workers = SQL("0") if few else SQL("DEFAULT")
        self.env.cr.execute(
            SQL(
                """
                SET LOCAL jit = off;
                SET LOCAL max_parallel_workers_per_gather TO %s
                """,
                workers,
            )
        )

    def _item_scope(
        self, company_ids=None, line_ids=None, currency_ids=None, payable=False
    ):
        """The same of any customer."""
        if company_ids is None:
            company_ids = self.env.companies.ids
        scope = self._account_scope(company_ids, payable=payable)
        scope &= Domain("parent_state", "=", "posted")
        if line_ids is not None:
            scope &= Domain("id", "in", list(line_ids))
        if currency_ids is not None:
            scope &= Domain("currency_id", "in", list(currency_ids))
        return scope

    def _customers(self, partner_ids):
        """The customers these contacts belong to, for several questions about them."""
        rows = self.env.execute_query(
            SQL(
                "%s WHERE commercial_partner_id IN (SELECT commercial_partner_id"
                " FROM res_partner WHERE id IN (SELECT unnest(%s)))",
                contacts_sql(self.env),
                array(partner_ids),
            )
        )
        return Customers(dict(rows))

    def _contact_ids(self, partner_ids):
        """Partners whose journal items belong to the commercial partners; False for 0.

        Not filtered by rules: the journal items are.
        """
        if isinstance(partner_ids, Customers):
            return list(partner_ids.contacts)
        contacts = self.env.execute_query(contacts_sql(self.env, partner_ids))
        nobody = [False] if 0 in partner_ids else []
        return [*(contact_id for contact_id, _customer_id in contacts), *nobody]

    # -- what was open of them ------------------------------------------------------------

    def _residual_sql(self, as_of, scope, company_ids, known_on=None):
        """Journal items of ``scope`` of which something was open, and how much (numeric).

        Needs the common table ``reopened``. Two arms instead of one condition with OR, so
        that each finds its own index.
        """
        lines = self.env["account.move.line"]
        scope &= Domain("date", "<=", as_of)
        link = SQL("reopened.line_id = account_move_line.id")
        still_open = lines._search(scope & Domain("reconciled", "=", False))
        still_open.add_where(SQL(HAS_RESIDUAL))
        still_open.add_join("LEFT JOIN", "reopened", None, link)
        closed_since = lines._search(scope)
        closed_since.add_where(
            SQL(
                "NOT (account_move_line.reconciled IS NOT TRUE AND %s)",
                SQL(HAS_RESIDUAL),
            )
        )
        closed_since.add_join("JOIN", "reopened", None, link)
        if known_on is not None:
            known = self._was_known_sql("account_move_line", known_on)
            still_open.add_where(known)
            closed_since.add_where(known)
        columns = SQL(
            """
            %s,
            account_move_line.amount_residual_currency
                + COALESCE(reopened.amount, 0) AS residual,
            account_move_line.amount_residual
                + COALESCE(reopened.amount_company, 0) AS residual_company
            """,
            line_columns(
                self.env, self._is_advance_sql("account_move_line", company_ids)
            ),
            to_flush=fields_of(lines, "amount_residual_currency", "amount_residual"),
        )
        return SQL(
            "%s UNION ALL %s", still_open.select(columns), closed_since.select(columns)
        )

    def _reopened_sql(self, as_of, scope, known_on=None):
        """By how much the stored residuals must be raised to be those of ``as_of``.

        Taken back are reconciliations made later, and those with an item not posted. Of
        the two items of a later reconciliation one is later too: it is dropped at once.

        :param scope: domain of the items that count; None: of any, for the caller to join
        """
        lines = self.env["account.move.line"]
        within = None
        if scope is not None:
            # no rules: residuals are joined to journal items that the reader may see
            query = lines._search(
                scope & Domain("date", "<=", as_of), bypass_access=True
            )
            if known_on is not None:
                query.add_where(self._was_known_sql("account_move_line", known_on))
            within = query.select()
        if known_on is None:
            later = SQL("part.max_date > %s", as_of)
            arms = [
                arm
                for side, other in (("debit", "credit"), ("credit", "debit"))
                for arm in (
                    self._taken_back_sql(side, later, within),
                    self._taken_back_sql(side, self._with_unposted_sql(other, as_of)),
                )
            ]
        else:
            if within is not None:
                former = self._former_items_sql(known_on)
                within = SQL("%s UNION ALL %s", within, former)
            arms = list(self._known_taken_back_sql(as_of, known_on, within))
        return SQL(
            """
            SELECT line_id, SUM(amount) AS amount, SUM(amount_company) AS amount_company
              FROM (%s) part
             GROUP BY line_id
            """,
            SQL(" UNION ALL ").join(arms),
            to_flush=[
                *fields_of(self.env["account.partial.reconcile"], *PARTIAL_FIELDS),
                *fields_of(lines, "parent_state", "matching_number"),
            ],
        )

    def _with_unposted_sql(self, other, as_of):
        """Condition: reconciled by ``as_of`` with an item that is not posted."""
        return SQL(
            """
            part.max_date <= %s
            AND %s IN (SELECT id FROM account_move_line
                        WHERE parent_state != 'posted' AND matching_number IS NOT NULL)
            """,
            as_of,
            SQL.identifier("part", f"{other}_move_id"),
        )

    def _taken_back_sql(self, side, condition, within=None, partials=None, sign=1):
        """Reconciliations under ``condition`` as amounts of their debit or credit items.

        :param within: query of the items that count; None: of any, where they are few
        :param partials: where the reconciliations are; None: core's table
        :param sign: -1: they are applied instead of taken back
        """
        line_id = SQL.identifier("part", f"{side}_move_id")
        return SQL(
            """
            SELECT %(line_id)s AS line_id,
                   %(sign)s * %(amount)s AS amount,
                   %(sign)s * part.amount AS amount_company
              FROM %(partials)s part
             WHERE %(condition)s %(within)s
            """,
            line_id=line_id,
            sign=sign if side == "debit" else -sign,
            amount=SQL.identifier("part", f"{side}_amount_currency"),
            partials=partials or SQL("account_partial_reconcile"),
            condition=condition,
            within=SQL() if within is None else SQL("AND %s IN (%s)", line_id, within),
        )
