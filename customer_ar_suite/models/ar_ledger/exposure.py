from datetime import date
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.exposure import Parts
from .columns import contacts_sql, fields_of, minor

#: amounts of a row, the components of ``Parts`` first
AMOUNTS = (*Parts._fields, "overdue")
#: whatever is posted and open counts, also with an accounting date to come
ALWAYS = date.max


class ExposureRow(NamedTuple):
    """What a company may lose with a customer; minor units of the company's currency."""

    partner_id: int
    company_id: int
    digits: int
    oldest_due: date | None  #: of what is overdue or due; None: nothing is open
    open_items: int
    unapplied: int
    bills: int
    draft_invoices: int
    orders: int
    overdue: int

    @property
    def parts(self) -> Parts:
        return Parts(*self[4:9])


class ArLedger(models.AbstractModel):
    """Exposure of any number of customers, one question.

    Read as superuser: the figure depends neither on who looks nor on the companies he has
    ticked. Who may see it is decided by the records that show it. What branches have
    documents of counts for the company at the top, which keeps their books.
    """

    _inherit = "ar.ledger"

    def _exposures(self, today, partner_ids=None, company_ids=None):
        """{(customer, company): ExposureRow} of all that have any.

        :param today: what is due before it is overdue
        :param partner_ids: commercial partners; None: all
        :param company_ids: whose documents, with those of all their branches, and in the
            name of the company at the top; None: the companies the user has ticked
        """
        # flushed: amounts of drafts and orders that are being written count as written
        query = SQL(
            """
            SELECT row.partner_id, row.company_id, company_currency.decimal_places,
                   row.oldest_due, %(amounts)s
              FROM (%(rows)s) row
              JOIN res_company company ON company.id = row.company_id
              JOIN res_currency company_currency ON company_currency.id = company.currency_id
            """,
            amounts=SQL(", ").join(
                minor(SQL.identifier("row", name), "company_currency")
                for name in AMOUNTS
            ),
            rows=self._exposure_sql(today, partner_ids, company_ids),
        )
        rows = map(ExposureRow._make, self.env.execute_query(query))
        return {(row.partner_id, row.company_id): row for row in rows}

    def _exposure_sql(self, today, partner_ids=None, company_ids=None):
        """Query of one row per customer and company, amounts in company currency."""
        if company_ids is None:
            company_ids = self.env.companies.ids
        # sudo: see the class; what is shown to whom is not decided here
        ledger = self.sudo()
        roots = ledger.env["res.company"].browse(set(company_ids)).root_id
        companies = roots._ar_with_branches()
        arms = ledger._exposure_arms(today, partner_ids, companies.ids)
        books = SQL("company_id")
        if companies != roots:
            roots_of = [SQL("(%s, %s)", one.id, one.root_id.id) for one in companies]
            books = SQL(
                "(SELECT root FROM (VALUES %s) AS tree(id, root) WHERE id = company_id)",
                SQL(", ").join(roots_of),
            )
        return SQL(
            """
            SELECT partner_id, %(books)s AS company_id, MIN(oldest_due) AS oldest_due, %(sums)s
              FROM (%(arms)s) arm
             WHERE partner_id <> 0
             GROUP BY partner_id, 2
            """,
            books=books,
            sums=SQL(", ").join(
                SQL("SUM(%(name)s) AS %(name)s", name=SQL.identifier(name))
                for name in AMOUNTS
            ),
            arms=SQL(" UNION ALL ").join(arms),
        )

    def _exposure_arms(self, today, partner_ids, company_ids):
        """Queries that give parts of exposures; extend it for further components."""
        return [
            self._exposure_items_sql(today, partner_ids, company_ids),
            self._exposure_arm(
                self._draft_invoices_sql(partner_ids, company_ids), "draft_invoices"
            ),
            self._exposure_arm(
                self._exposed_bills_sql(today, partner_ids, company_ids), "bills"
            ),
        ]

    def _exposure_arm(self, rows, component):
        """Rows of customer, company and ``amount`` as a part of the exposure."""
        return SQL(
            "SELECT partner_id, company_id, NULL::date AS oldest_due, %s FROM (%s) part",
            SQL(", ").join(
                SQL(
                    "%s AS %s",
                    SQL("amount") if name == component else SQL("0::numeric"),
                    SQL.identifier(name),
                )
                for name in AMOUNTS
            ),
            rows,
        )

    def _exposure_items_sql(self, today, partner_ids, company_ids):
        """What is open: invoices on one side, what was not applied on the other."""
        items = self._open_item_query(
            SQL(
                """
                COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                item.company_id, item.due_date, item.residual_company,
                item.residual_company > 0 AND NOT item.is_advance AS is_owed
                """
            ),
            SQL(
                "LEFT JOIN (%s) contact ON contact.id = item.contact_id",
                contacts_sql(self.env, partner_ids),
            ),
            ALWAYS,
            partner_ids=partner_ids,
            company_ids=company_ids,
        )
        return SQL(
            """
            SELECT partner_id, company_id,
                   MIN(due_date) FILTER (WHERE is_owed) AS oldest_due,
                   COALESCE(SUM(residual_company) FILTER (WHERE is_owed), 0)
                       AS open_items,
                   COALESCE(SUM(residual_company) FILTER (WHERE NOT is_owed), 0)
                       AS unapplied,
                   0::numeric AS bills, 0::numeric AS draft_invoices,
                   0::numeric AS orders,
                   COALESCE(SUM(residual_company)
                            FILTER (WHERE is_owed AND due_date < %s), 0) AS overdue
              FROM (%s) item
             GROUP BY partner_id, company_id
            """,
            today,
            items,
        )

    def _draft_invoices_sql(self, partner_ids, company_ids):
        """Drafts of invoices; what may be credited some day lowers nothing."""
        moves = self.env["account.move"]
        scope = (
            Domain("state", "=", "draft")
            & Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("company_id", "in", company_ids)
        )
        if partner_ids is not None:
            scope &= Domain("commercial_partner_id", "in", list(partner_ids))
        return moves._search(scope).select(
            SQL(
                """
                COALESCE(account_move.commercial_partner_id, 0) AS partner_id,
                account_move.company_id,
                GREATEST(account_move.amount_total_signed, 0) AS amount
                """,
                to_flush=fields_of(
                    moves, "commercial_partner_id", "company_id", "amount_total_signed"
                ),
            )
        )

    def _exposed_bills_sql(self, today, partner_ids, company_ids):
        """Bills whose receipt has taken their amount off the open items."""
        return SQL(
            """
            SELECT partner_id, company_id,
                   bill.exposure_company / 10::numeric ^ bill.company_digits AS amount
              FROM (%s) bill
            """,
            self._bills_sql(today, partner_ids, company_ids),
        )

    def _factors_sql(self, pairs, today):
        """Rows (company_id, currency_id, factor, digits): today's way into the books.

        :param pairs: company and currency of each row; ``digits`` are those of the company's
            currency
        """
        rows = [
            SQL(
                "(%s, %s, %s::numeric, %s)",
                company.id,
                currency.id,
                repr(
                    currency._get_conversion_rate(
                        currency, company.currency_id, company, today
                    )
                ),
                company.currency_id.decimal_places,
            )
            for company, currency in pairs
        ] or [SQL("(0, 0, 1::numeric, 2)")]
        return SQL(
            "SELECT * FROM (VALUES %s) AS rate(company_id, currency_id, factor, digits)",
            SQL(", ").join(rows),
        )
