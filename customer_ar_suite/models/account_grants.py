from odoo import models
from odoo.tools import SQL


class AccountJournal(models.Model):
    """The journals' dashboard adds up documents without looking at record rules."""

    _inherit = "account.journal"

    def _get_draft_sales_purchases_query(self):
        return self._ar_open_only(super()._get_draft_sales_purchases_query())

    def _get_open_sale_purchase_query(self, journal_type):
        query, selects = super()._get_open_sale_purchase_query(journal_type)
        return self._ar_open_only(query), selects

    def _ar_open_only(self, query):
        """Leave out documents of customers that the user's grants close."""
        grants = self.env["customer.category.grant"]
        if grants._is_restricted():
            # sudo: only the condition of the grants is wanted, which names the user itself
            moves = self.env["account.move"].sudo().with_context(active_test=False)
            open_moves = moves._search(
                grants._rule_domain(
                    self.env.uid, "account.move", ("see",), self.env.companies.ids
                )
            )
            query.add_where(SQL("account_move.id IN %s", open_moves.subselect()))
        return query
