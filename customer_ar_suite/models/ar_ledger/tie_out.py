from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
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

    def _tie_out_accounts(self, as_of, shown, known_on=None):
        """What a report shows per company and account against the general ledger.

        The ledger's side is asked of journal items alone, by Odoo's own sums.

        :param shown: {(company id, account id): amount in company currency}
        :return: one dict per company and account, for the screen
        """
        ledger = self._booked_by_account(as_of, known_on)
        keys = sorted({*ledger, *shown})
        # sudo: names of the accounts of journal items the reader may see
        accounts = self.env["account.account"].sudo().browse(key[1] for key in keys)
        return [
            self._tie_out_account(company_id, account, shown, ledger)
            for (company_id, _id), account in zip(keys, accounts, strict=True)
            if shown.get((company_id, _id)) or ledger.get((company_id, _id))
        ]

    def _booked_by_account(self, as_of, known_on):
        """{(company id, account id): balance} of the receivable accounts."""
        if known_on is not None:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT company_id, account_id, SUM(amount_company)::float8
                      FROM (%s) item GROUP BY company_id, account_id
                    """,
                    self._item_sql({}, known_on, None, as_of),
                )
            )
            return {(company, account): amount for company, account, amount in rows}
        booked = self.env["account.move.line"]._read_group(
            self._account_scope(self.env.companies.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", as_of),
            ["company_id", "account_id"],
            ["balance:sum"],
        )
        return {(company.id, account.id): amount for company, account, amount in booked}

    def _tie_out_account(self, company_id, account, shown, ledger):
        company = self.env["res.company"].browse(company_id)
        currency = company.currency_id
        key = company_id, account.id
        report, booked = shown.get(key) or 0.0, ledger.get(key) or 0.0
        return {
            "company_id": company_id,
            "company": company.display_name,
            "account_id": account.id,
            "account": account.with_company(company).display_name,
            "currency_id": currency.id,
            "report": currency.round(report),
            "ledger": currency.round(booked),
            "difference": currency.round(report - booked),
        }

    def _tie_out_entries(self, as_of, partner_ids):
        """Journal items that make these customers differ from the general ledger.

        :rtype: list[Movement]
        """
        return self._transfers(as_of, partner_ids=partner_ids)
