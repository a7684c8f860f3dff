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


class AccountMoveLine(models.Model):
    """Whoever looks at open items by due date reads those that are open, not all of them.

    A user with grants has to pass over the items of closed customers, too: without this the
    first page costs him three times as much as it costs others.
    """

    _inherit = "account.move.line"

    _ar_open_due_idx = models.Index(
        "(date_maturity, id) WHERE reconciled IS NOT TRUE AND parent_state = 'posted'"
    )
