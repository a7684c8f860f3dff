from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import fields_of, minor


class BillAtRisk(NamedTuple):
    """A bill the customer may still have to pay, as of a day; amounts in minor units.

    ``exposure_company`` is what it adds to the open items: nothing while the entry of its
    receipt is not posted, because the invoices it pays are still open.
    """

    bill_id: int
    company_id: int
    partner_id: int
    currency_id: int
    digits: int
    company_digits: int
    state: str
    due_date: object
    amount: int
    amount_company: int
    exposure_company: int


class ArLedger(models.AbstractModel):
    """Bills receivable and post-dated cheques that are not paid yet."""

    _inherit = "ar.ledger"

    def _bills(self, as_of, **scope):
        """Bills at risk at the end of ``as_of``, by customer and due date.

        :param scope: ``partner_ids``, ``company_ids`` as for :meth:`_open_item_sql`
        :rtype: list[BillAtRisk]
        """
        query = SQL(
            "SELECT * FROM (%s) bill ORDER BY partner_id, due_date, bill_id",
            self._bills_sql(as_of, **scope),
        )
        return list(map(BillAtRisk._make, self.env.execute_query(query)))

    def _bills_sql(self, as_of, partner_ids=None, company_ids=None):
        """Query of the columns of :class:`BillAtRisk`; the reader's rules on bills apply.

        A step counts from its day on; one that was taken back never happened.
        """
        if company_ids is None:
            company_ids = self.env.companies.ids
        scope = Domain("company_id", "in", list(company_ids))
        if partner_ids is not None:
            scope &= Domain("partner_id", "in", self._contact_ids(partner_ids))
        bills = self.env["ar.bill"]._search(scope)
        return SQL(
            """
            SELECT bill.id AS bill_id,
                   bill.company_id,
                   partner.commercial_partner_id AS partner_id,
                   bill.currency_id,
                   currency.decimal_places AS digits,
                   company_currency.decimal_places AS company_digits,
                   last.state,
                   bill.due_date,
                   %(amount)s AS amount,
                   %(amount_company)s AS amount_company,
                   CASE WHEN %(is_settled)s THEN %(amount_company)s ELSE 0 END
                       AS exposure_company
              FROM ar_bill bill
              JOIN LATERAL (
                   SELECT CASE step.kind WHEN 'receive' THEN 'received'
                                         WHEN 'discount' THEN 'discounted'
                                         WHEN 'endorse' THEN 'endorsed' END AS state
                     FROM ar_bill_step step
                    WHERE step.bill_id = bill.id AND step.date <= %(as_of)s
                      AND step.is_undone IS NOT TRUE
                    ORDER BY step.id DESC LIMIT 1) last ON last.state IS NOT NULL
              JOIN res_partner partner ON partner.id = bill.partner_id
              JOIN res_company company ON company.id = bill.company_id
              JOIN res_currency currency ON currency.id = bill.currency_id
              JOIN res_currency company_currency
                ON company_currency.id = company.currency_id
             WHERE bill.id IN %(bills)s
               AND (last.state = 'received' OR bill.has_recourse)
            """,
            amount=minor(SQL("bill.amount"), "currency"),
            amount_company=minor(SQL("bill.company_amount"), "company_currency"),
            is_settled=self._bill_settled_sql(as_of, company_ids),
            as_of=as_of,
            bills=bills.subselect(),
            to_flush=[
                *fields_of(self.env["ar.bill"], "company_amount", "has_recourse"),
                *fields_of(self.env["ar.bill.step"], "is_undone", "date", "kind"),
                *fields_of(self.env["res.partner"], "commercial_partner_id"),
            ],
        )

    def _bill_settled_sql(self, as_of, company_ids):
        """Condition: the receipt of the bill took its amount off the open items.

        Its entry is posted, and not onto an account the ledger counts anyway.
        """
        counted = self._receivable_account_ids(company_ids) or [0]
        return SQL(
            """EXISTS (SELECT FROM ar_bill_step step
                         JOIN account_move_line line ON line.move_id = step.move_id
                        WHERE step.bill_id = bill.id AND step.kind = 'receive'
                          AND step.is_undone IS NOT TRUE
                          AND line.parent_state = 'posted' AND line.date <= %(as_of)s
                          AND line.balance < 0 AND line.account_id = ANY(%(counted)s)
                          AND NOT EXISTS (
                              SELECT FROM account_move_line other
                               WHERE other.move_id = step.move_id AND other.balance > 0
                                 AND other.account_id = ANY(%(counted)s)))""",
            as_of=as_of,
            counted=counted,
            to_flush=fields_of(
                self.env["account.move.line"],
                *("parent_state", "date", "balance", "account_id"),
            ),
        )
