from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .columns import fields_of


class ArLedger(models.AbstractModel):
    """Which accounts hold receivables, advances of customers, and payables."""

    _inherit = "ar.ledger"

    def _account_scope(self, company_ids, booked_only=True, payable=False):
        """Domain of the journal items on accounts of the ledger, in these companies.

        :param booked_only: without accounts nobody has ever booked on
        :param payable: those of payables instead
        """
        if payable:
            accounts = self._typed_account_ids(
                "liability_payable", company_ids, booked_only
            )
            return Domain("account_id", "in", accounts) & Domain(
                "company_id", "in", list(company_ids)
            )
        accounts = self._receivable_account_ids(company_ids, booked_only)
        advances = self._advance_accounts(company_ids)
        if len(advances) <= 1:
            # the usual case, and one the planner has an index for
            (own,) = advances or [()]
            return Domain("account_id", "in", [*accounts, *own]) & Domain(
                "company_id", "in", list(company_ids)
            )
        return Domain.OR(
            Domain("account_id", "in", [*accounts, *own])
            & Domain("company_id", "in", ids)
            for own, ids in advances.items()
        )

    def _advance_accounts(self, company_ids):
        """{ids of accounts of customer advances: companies that use them}.

        Branches use those of the companies above them, too.
        """
        # sudo: which account holds what is no secret; the items are filtered by rules
        companies = self.env["res.company"].sudo().browse(company_ids)
        groups = defaultdict(list)
        for company in companies:
            accounts = company.parent_ids.ar_advance_account_ids
            groups[tuple(sorted(accounts.ids))].append(company.id)
        return dict(groups)

    def _is_advance_sql(self, table, company_ids):
        """Expression: the journal item of ``table`` stands on an account of advances."""
        ids = {
            account_id
            for own in self._advance_accounts(company_ids)
            for account_id in own
        }
        if not ids:
            return SQL("FALSE")
        return SQL("%s = ANY(%s)", SQL.identifier(table, "account_id"), sorted(ids))

    def _receivable_account_ids(self, company_ids, booked_only=True):
        """The receivable accounts of these companies, archived ones too.

        What those hold is still owed. Literal ids let the planner use the index of
        unreconciled items, once per account and customer: accounts nobody has ever booked
        on are left out. Core guarantees that a receivable account is reconcilable, so
        that its residuals are kept.
        """
        return self._typed_account_ids("asset_receivable", company_ids, booked_only)

    def _typed_account_ids(self, account_type, company_ids, booked_only=True):
        # sudo: tree of companies; which of them are asked for is the caller's choice
        companies = self.env["res.company"].sudo().browse(company_ids)
        booked = SQL(
            "AND EXISTS (SELECT FROM account_move_line"
            " WHERE account_id = account_account.id)"
        )
        # no rules: ids only; the journal items are filtered by their rules
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM account_account
                 WHERE account_type = %s
                   AND id IN (SELECT account_account_id
                                FROM account_account_res_company_rel
                               WHERE res_company_id = ANY(%s))
                   %s
                 ORDER BY id
                """,
                account_type,
                _with_parents(companies),
                booked if booked_only else SQL(),
                to_flush=fields_of(
                    self.env["account.account"], "account_type", "company_ids"
                ),
            )
        )
        return [account_id for (account_id,) in rows]


def _with_parents(companies):
    """Ids of companies and of those above them, read from their paths."""
    paths = [company.parent_path or str(company.id) for company in companies]
    return list({int(part) for path in paths for part in path.split("/") if part})
