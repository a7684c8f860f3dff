from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.ledger import fifo
from ..engine.money import from_minor


class ArMatchReview(models.AbstractModel):
    """What the screen offers besides proposals: oldest first, receipts to be returned."""

    _inherit = "ar.match.review"

    @api.model
    def get_oldest(self, statement_line_id):
        """The oldest items of the payer that a receipt covers, as rows with amounts.

        A custom that somebody asks for; nothing is stored.
        """
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(
            ledger._receipt_domain(line.company_id.ids, line_ids=line.ids)
        )
        if not receipts:
            return []
        receipt = receipts[0]
        scope = self._item_scope(receipt, "")
        if "partner_ids" not in scope:
            return []
        items = ledger._open_items(
            max(fields.Date.context_today(self), receipt.date),
            company_ids=line.company_id.ids,
            currency_ids=[receipt.currency_id],
            **scope,
        )
        items = [item for item in items if not item.is_advance]
        chosen = fifo(receipt.amount, items)
        rows = self._item_rows([item for item, _amount in chosen], receipt)
        for row, (item, amount) in zip(rows, chosen, strict=True):
            row["paid"] = row["amount"] = float(from_minor(amount, item.digits))
            row["deductions"] = []
        return rows

    @api.model
    def get_returnable(self, statement_line_id):
        """Earlier receipts that a bank line with money out may give back."""
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        if line.amount >= 0:
            return []
        return [self._returnable_row(one, line) for one in line._ar_returnable()]

    def _returnable_row(self, line, out):
        currency = line.currency_id
        items = self.env["account.move.line"].browse(
            [part.item_id for part in line._ar_paid_parts()]
        )
        return {
            "line_id": line.id,
            "date": format_date(self.env, line.date),
            "payer": line.partner_name or line.partner_id.display_name or "",
            "text": line.payment_ref or "",
            "amount_text": currency.format(line.amount),
            "is_exact": not currency.compare_amounts(line.amount, -out.amount),
            "opens": ", ".join(items.mapped("move_name")),
        }
