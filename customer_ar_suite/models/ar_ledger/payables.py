from odoo import models


class ArLedger(models.AbstractModel):
    """Customers who are suppliers, too: what the company owes them."""

    _inherit = "ar.ledger"

    def _payables(self, as_of, **scope):
        """Balances of payable accounts, of the companies that show them.

        Signs are those of the ledger: what the company owes is negative, so that the sum
        with the receivables is the net. Who is no customer is among them, unless
        ``partner_ids`` says whose are wanted.

        :param scope: as for :meth:`_open_item_sql`
        :rtype: list[Balance]
        """
        showing = self._showing_payables(scope.pop("company_ids", None))
        if not showing:
            return []
        return self._balances(as_of, company_ids=showing, payable=True, **scope)

    def _showing_payables(self, company_ids=None):
        """The companies, of those asked for, whose reports show payables and net."""
        if company_ids is None:
            company_ids = self.env.companies.ids
        # sudo: a setting of the company; what is shown is filtered by record rules
        companies = self.env["res.company"].sudo().browse(company_ids)
        return companies.filtered("ar_shows_payables").ids
