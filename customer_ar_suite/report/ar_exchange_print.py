from odoo import models
from odoo.tools import format_date

from ..engine.money import from_minor

#: column → kind of the items behind it; the others consist of open items
KINDS = {"realised_amount": "realised", "result_amount": None}


class ArExchangeSummary(models.Model):
    """The revaluation as a report like the others: dates, tie-out, workbook and paper."""

    _inherit = "ar.exchange.summary"

    def _known_on(self):
        """Rates and entries are told as they are in the books now."""
        return

    def _date_from(self):
        return self.env["ar.exchange.report"]._date_from()

    def _table_title(self):
        return self.env._("Exchange Results")

    def _date_facts(self):
        return [
            (self.env._("Valued on"), self._day_text(self._as_of())),
            (
                self.env._("Realised since"),
                format_date(self.env, self._first_day()),
            ),
        ]

    def _currency_heading(self):
        return self.env._("Amounts in")

    def _cell_action(self, domain, field):
        rows = self.search(domain)
        action = rows._items_action(KINDS.get(field.name, "open"))
        return {**action, "name": self._cell_title(field)}

    def _line_ids(self, domain):
        """Journal items of the open documents and of the exchange entries."""
        items = self.env["ar.exchange.report"]
        return items.search(self.search(domain)._items_action()["domain"]).line_id.ids

    def _tie_out_lines(self):
        """What customers have realised against the exchange accounts, per company."""
        ties = self.env["ar.ledger"]._exchange_ties(
            self._first_day(), self._as_of(), self.env.companies.ids
        )
        return [
            {
                "company_id": tie.company_id,
                "company": company.display_name,
                "account_id": False,
                "account": self.env._("Exchange gains and losses"),
                "currency_id": company.currency_id.id,
                "report": float(from_minor(tie.realised, tie.digits)),
                "ledger": float(from_minor(tie.booked, tie.digits)),
                "difference": float(from_minor(tie.realised - tie.booked, tie.digits)),
            }
            for tie in ties
            for company in self.env["res.company"].browse(tie.company_id)
        ]
