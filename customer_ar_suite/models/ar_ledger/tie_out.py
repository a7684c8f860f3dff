from typing import NamedTuple

from odoo import models
from odoo.tools import SQL


class TieOut(NamedTuple):
    """Open items against the general ledger, minor units of the company's currency."""

    company_id: int
    partner_id: int
    company_digits: int
    open_amount: int
    ledger_amount: int


class ArLedger(models.AbstractModel):
    _inherit = "ar.ledger"

    def _tie_out(self, as_of, **scope):
        """Totals per company, then the customers whose figures differ.

        Customers differ when an item of one was reconciled with an item of another (or of
        a branch): the open items follow the reconciliation, the ledger does not. The total
        of all customers always agrees.

        :return: pair of lists of :class:`TieOut`; ``partner_id`` of the totals is 0
        """
        rows = [TieOut._make(row) for row in self._tie_out_rows(as_of, **scope)]
        totals = {}
        for row in rows:
            total = totals.get(
                row.company_id, row._replace(open_amount=0, ledger_amount=0)
            )
            totals[row.company_id] = total._replace(
                partner_id=0,
                open_amount=total.open_amount + row.open_amount,
                ledger_amount=total.ledger_amount + row.ledger_amount,
            )
        different = [row for row in rows if row.open_amount != row.ledger_amount]
        return list(totals.values()), different

    def _tie_out_rows(self, as_of, **scope):
        return self.env.execute_query(
            SQL(
                """
                SELECT company_id,
                       partner_id,
                       MIN(company_digits),
                       SUM(open_amount)::bigint,
                       SUM(ledger_amount)::bigint
                  FROM (SELECT company_id, partner_id, company_digits,
                               residual_company AS open_amount, 0 AS ledger_amount
                          FROM (%s) item
                         UNION ALL
                        SELECT company_id, partner_id, company_digits,
                               0, amount_company
                          FROM (%s) balance) figure
                 GROUP BY company_id, partner_id
                 ORDER BY company_id, partner_id
                """,
                self._open_item_sql(as_of, **scope),
                self._balance_sql(as_of, **scope),
            )
        )
