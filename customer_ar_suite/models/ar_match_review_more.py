from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.ledger import fifo
from ..engine.matching.returns import taken_back
from ..engine.money import from_minor, to_minor


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
    def get_returnable(self, statement_line_id, search=""):
        """Earlier receipts that a bank line with money out may give back.

        :param search: of anybody, whose text, payer, customer or document says this
        """
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        if line.amount >= 0:
            return []
        return [
            self._returnable_row(one, line, codes)
            for one, codes in line._ar_returnable(search)
        ]

    def _returnable_row(self, line, out, codes):
        currency = line.currency_id
        paid = line._ar_paid_parts()
        items = self.env["account.move.line"].browse([part.item_id for part in paid])
        parts = self._returnable_parts(line, out, paid)
        return {
            "line_id": line.id,
            "date": format_date(self.env, line.date),
            "payer": line.partner_name or line.partner_id.display_name or "",
            "text": line.payment_ref or "",
            "amount_text": currency.format(line.amount),
            "is_exact": not currency.compare_amounts(line.amount, -out.amount),
            "why": " · ".join(self._ground_words()[code] for code in codes),
            "opens": ", ".join(items.mapped("move_name")),
            "parts": parts,
            "is_whole": not currency.compare_amounts(
                sum(part["paid"] for part in parts)
                - sum({part["item_id"]: part["less"] for part in parts}.values()),
                -out.amount,
            ),
        }

    def _ground_words(self):
        """What speaks for a receipt, in the reader's language."""
        return {
            "amount": self.env._("same amount"),
            "reference": self.env._("document is quoted"),
            "account": self.env._("same bank account"),
            "customer": self.env._("same customer"),
            "name": self.env._("same payer name"),
            "part": self.env._("amount of documents it paid"),
            "near": self.env._("nearly the same amount"),
        }

    def _returnable_parts(self, line, out, paid):
        """What a receipt has paid of which document, and what of it may be taken back.

        ``less``: what was deducted from the document; it is taken back with all of it.
        """
        proposals = self.env["ar.match.proposal"]
        items = [part.item_id for part in paid]
        less = dict.fromkeys(items, 0)
        for item_id, _type, amount, _note in proposals._taken_back(line, items):
            less[item_id] -= amount
        digits = line.currency_id.decimal_places
        brought = [part.amount - less[part.item_id] for part in paid]
        proposed = taken_back(-to_minor(out.amount, digits), brought)
        return [
            {
                "item_id": part.item_id,
                "source_id": part.source_line_id,
                "number": self.env["account.move.line"].browse(part.item_id).move_name,
                "paid": float(from_minor(part.amount, digits)),
                "paid_text": line.currency_id.format(
                    float(from_minor(part.amount, digits))
                ),
                "less": float(from_minor(less[part.item_id], digits)),
                "amount": float(
                    from_minor(part.amount if back == money else back, digits)
                ),
            }
            for part, money, back in zip(paid, brought, proposed, strict=True)
        ]
