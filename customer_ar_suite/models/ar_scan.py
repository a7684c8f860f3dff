from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..engine.errors import EngineError
from ..engine.money import to_minor
from ..engine.scan import read_code
from .engine_messages import user_error

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
#: documents shown for one code
MOST_FOUND = 20


class ArScan(models.AbstractModel):
    """What a scanned code means: an invoice, a statement, a Chinese VAT invoice of ours.

    With a bank line, the open items of the documents scanned fill its allocation.
    """

    _name = "ar.scan"
    _description = "Scanner Field"

    @api.model
    def _open(self, line=None):
        """The field to scan into, for a bank line or to open documents."""
        action = self.env["ir.actions.client"]._for_xml_id(
            "customer_ar_suite.ar_scan_action"
        )
        if not line:
            return action
        return {
            **action,
            "params": {"line_id": line.id, "title": line.display_name},
            "target": "new",
        }

    @api.model
    def read_scan(self, code):
        """What was scanned and which documents it names.

        :return: ``kind`` of the code, ``documents`` to choose from, ``action`` to open it
            when there is just one
        """
        self._check_clerk()
        try:
            scanned = read_code(str(code or ""))
        except EngineError as error:
            raise user_error(self.env, error) from error
        statement = self._find_statement(scanned)
        moves = statement._scan_moves() if statement else self._find_invoices(scanned)
        if not moves and not statement:
            raise UserError(
                self.env._(
                    "No invoice, credit note or statement of ours is called “%(code)s”.",
                    code=scanned.references[0],
                )
            )
        return {
            "kind": scanned.kind,
            "documents": [self._document_row(move) for move in moves[:MOST_FOUND]],
            "action": self._action(statement or moves),
        }

    @api.model
    def fill_allocation(self, statement_line_id, item_ids):
        """Accept these open items for a bank line, in the order in which they were scanned.

        :param item_ids: receivable journal items
        :return: what is left of the receipt, as text; empty: nothing
        """
        self._check_clerk()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(
            ledger._receipt_domain(line.company_id.ids, line_ids=line.ids)
        )
        if not receipts:
            raise UserError(
                self.env._("Nothing of this bank line is left to be applied.")
            )
        left, parts = receipts[0].amount, []
        items = self.env["account.move.line"].browse([int(id_) for id_ in item_ids])
        items.check_access("read")
        for item in items:
            amount = self._usable(item, left, receipts[0])
            if amount:
                parts.append([item.id, float(amount) / 10 ** receipts[0].digits])
                left -= amount
        self.env["ar.match.proposal"].set_allocations(line.id, parts)
        currency = self.env["res.currency"].browse(receipts[0].currency_id)
        return currency.format(left / 10 ** receipts[0].digits) if left else ""

    def _usable(self, item, left, receipt):
        """How much of an item the receipt can pay; credit notes are used in full."""
        if item.currency_id.id != receipt.currency_id:
            raise UserError(
                self.env._(
                    "%(document)s is in %(currency)s, the receipt is not.",
                    document=item.move_name,
                    currency=item.currency_id.name,
                )
            )
        open_amount = to_minor(item.amount_residual_currency, receipt.digits)
        return min(open_amount, left) if open_amount > 0 else open_amount

    def _check_clerk(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only AR clerks scan documents."))

    # -- which document -------------------------------------------------------------------

    def _find_statement(self, scanned):
        """The statement of account whose number stands in the code."""
        return self.env["ar.statement"].search(
            [
                ("name", "in", scanned.references),
                ("company_id", "in", self.env.companies.ids),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )

    def _find_invoices(self, scanned):
        """Documents of that number; of a VAT invoice also those of its amount and day."""
        scope = (
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("state", "=", "posted")
        )
        moves = self.env["account.move"]
        for reference in scanned.references:
            found = moves.search(
                scope
                & Domain.OR(
                    Domain(name, "=", reference) for name in self._number_fields()
                ),
                limit=MOST_FOUND + 1,
            )
            if found:
                return found
        if scanned.kind == "vat_invoice":
            total = "amount_total" if scanned.has_total else "amount_untaxed"
            return moves.search(
                scope
                & Domain("invoice_date", "=", scanned.date)
                & Domain(total, "=", float(scanned.amount)),
                limit=MOST_FOUND + 1,
            )
        return moves

    def _number_fields(self):
        """Where the number of a document may stand; Odoo's Chinese invoices have one more."""
        names = ["name", "payment_reference", "ref"]
        return (
            [*names, "fapiao"]
            if "fapiao" in self.env["account.move"]._fields
            else names
        )

    def _document_row(self, move):
        items = move.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).sorted("date_maturity")
        return {
            "id": move.id,
            "number": move.name or "",
            "customer": move.commercial_partner_id.display_name or "",
            "date": fields.Date.to_string(move.invoice_date) or "",
            "open": move.currency_id.format(
                sum(items.mapped("amount_residual_currency"))
            ),
            "item_ids": items.ids,
        }

    def _action(self, records):
        """What to open: the one record, or the list."""
        if len(records) == 1:
            target = {"res_id": records.id, "views": [(False, "form")]}
        else:
            target = {
                "domain": [("id", "in", records.ids)],
                "views": [(False, "list"), (False, "form")],
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": records._name,
            "view_mode": "form",
            **target,
        }


class ArStatement(models.Model):
    _inherit = "ar.statement"

    def _scan_moves(self):
        """The documents on this statement that are still open, the oldest first."""
        items = self.env["ar.ledger"]._open_items(
            fields.Date.context_today(self),
            company_ids=self.company_id.ids,
            partner_ids=self.partner_id.commercial_partner_id.ids,
        )
        moves = self.env["account.move"].browse(
            [item.move_id for item in items if item.date <= self.as_of_date]
        )
        return moves.filtered(lambda move: move.is_invoice())
