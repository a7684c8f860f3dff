from odoo import models
from odoo.tools import SQL

from .columns import fields_of


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

    def _payable_item_query(self, columns, joins, as_of, known_on=None):
        """Open items of payable accounts, of customers and companies that show them.

        A customer is who ever had something booked on a receivable account of the same
        company: other suppliers are nobody's netting.

        :param columns: and ``joins`` as for :meth:`_open_item_query`; they bring ``contact``
        :return: None if no company shows payables
        """
        showing = self._showing_payables()
        if not showing:
            return None
        bought = self.env["account.move.line"]._search(
            self._item_scope(company_ids=showing), bypass_access=True
        )
        bought.add_where(
            SQL(
                """account_move_line.company_id = item.company_id
                AND account_move_line.date <= %s
                AND account_move_line.partner_id IN (
                    SELECT id FROM res_partner
                     WHERE commercial_partner_id = contact.commercial_partner_id)""",
                as_of,
                to_flush=fields_of(self.env["res.partner"], "commercial_partner_id"),
            )
        )
        bought.limit = 1
        return self._open_item_query(
            columns,
            SQL("%s JOIN LATERAL (%s) bought ON TRUE", joins, bought.select(SQL("1"))),
            as_of,
            known_on=known_on,
            company_ids=showing,
            payable=True,
        )

    def _showing_payables(self, company_ids=None):
        """The companies, of those asked for, whose reports show payables and net."""
        if company_ids is None:
            company_ids = self.env.companies.ids
        # sudo: a setting of the company; what is shown is filtered by record rules
        companies = self.env["res.company"].sudo().browse(company_ids)
        return companies.filtered("ar_shows_payables").ids
