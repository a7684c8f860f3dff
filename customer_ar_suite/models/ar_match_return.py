import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..engine.matching.returns import GROUNDS, NEAR, Earlier, grounds
from ..engine.money import from_minor, to_minor
from ..engine.text import compact
from .ar_allocation_return import ReturnAllocation, ReturnedPart
from .sensitive_values import clear_values

#: how far back a returned payment is looked for, how many are compared and offered
DAYS_BACK, LOOKED_AT, OFFERED = 120, 200, 20


class ArMatchProposal(models.Model):
    """Returned payments: which earlier receipt goes back, and what that opens again."""

    _inherit = "ar.match.proposal"

    @api.model
    def set_return(
        self, statement_line_id, returned_line_id, charge_type_id=False, parts=None
    ):
        """Accept that a bank line with money out gives an earlier receipt back.

        :param charge_type_id: reason for what the bank took besides, or gave less
        :param parts: rows [item id, journal item of the receipt, amount] of what is taken
            back, for a part of the receipt; None: all of it
        :return: id of the accepted proposal
        """
        self._check_reviewer()
        lines = self.env["account.bank.statement.line"]
        line, returned = (
            lines.browse(int(statement_line_id)),
            lines.browse(int(returned_line_id)),
        )
        (line | returned).check_access("read")
        receipt = self._load_receipt(line)
        paid = returned._ar_paid_parts()
        if receipt.amount >= 0 or not paid or line.company_id != returned.company_id:
            raise UserError(
                self.env._(
                    "Choose a bank line with money out, and an earlier receipt of the same "
                    "company that has paid something."
                )
            )
        whole = {part.item_id for part in paid}
        if parts is not None:
            paid, whole = self._chosen_parts(parts, paid, receipt.digits)
        old = self.search(
            [
                ("statement_line_id", "=", line.id),
                ("state", "in", ("proposed", "accepted")),
            ]
        )
        if old:
            old._decide(("proposed", "accepted"), "rejected")
            old.flush_recordset(["state"])
        deducted = self._taken_back(returned, whole)
        chosen = self._create_return(receipt, returned, paid, deducted, charge_type_id)
        return chosen.id

    def _chosen_parts(self, rows, paid, digits):
        """What the user takes back, and the items he takes back in full.

        :return: pair (list of :class:`ReturnedPart`, set of item ids)
        """
        known = {(part.item_id, part.source_line_id): part for part in paid}
        chosen = {}
        for row in rows:
            try:
                item_id, source_id, amount = row
                key, wanted = (int(item_id), int(source_id)), to_minor(amount, digits)
            except (TypeError, ValueError, ArithmeticError):
                raise UserError(self.env._("Enter amounts as numbers.")) from None
            part = known.get(key)
            if not part or key in chosen or not 0 < wanted <= part.amount:
                raise UserError(
                    self.env._(
                        "Take back only what the earlier receipt has paid, and no more of "
                        "each document than it got."
                    )
                )
            chosen[key] = part._replace(amount=wanted)
        if not chosen:
            raise UserError(self.env._("Say what is taken back."))
        kept = {part.item_id for part in paid if part not in chosen.values()}
        return list(chosen.values()), {item_id for item_id, _id in chosen} - kept

    def _create_return(self, receipt, returned, parts, taken_back, charge_type_id):
        """The accepted proposal; deductions of what goes back whole are taken back, too."""
        total = sum(part.amount for part in parts)
        charge = -receipt.amount - total - sum(row[2] for row in taken_back)
        rows = [*taken_back]
        if charge:
            type_ = self.env["ar.adjustment.type"].browse(int(charge_type_id or 0))
            if not type_.exists():
                raise UserError(
                    self.env._(
                        "The bank line is not what the receipt brought. Choose a reason "
                        "for the difference."
                    )
                )
            type_.check_access("read")
            type_._check_usable(returned.company_id)
            rows.append((parts[0].item_id, type_.id, charge, ""))

        def shown(minor):
            return float(from_minor(minor, receipt.digits))

        first = self.env["account.move.line"].browse(parts[0].item_id)
        vals = {
            "company_id": receipt.company_id,
            "statement_line_id": receipt.line_id,
            "returned_line_id": returned.id,
            "kind": "return",
            "currency_id": receipt.currency_id,
            "partner_id": first.partner_id.commercial_partner_id.id,
            "receipt_amount": shown(receipt.amount),
            "applied_amount": shown(receipt.amount),
            "confidence": 100,
            "evidence": [
                {
                    "code": "manual",
                    "points": 100,
                    "params": {"user": self.env.user.name},
                }
            ],
            "is_unique": True,
            "is_manual": True,
            "state": "accepted",
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "allocation_count": len(parts),
            "allocation_ids": [
                Command.create(
                    {
                        "sequence": sequence,
                        "item_line_id": part.item_id,
                        "source_line_id": part.source_line_id,
                        "amount": -shown(part.amount),
                        "paid_amount": -shown(part.amount),
                    }
                )
                for sequence, part in enumerate(parts)
            ],
        }
        # sudo: nobody has the right to write proposals; the reviewer was checked
        chosen = self.sudo().create(vals)
        chosen._add_adjustments(rows)
        chosen = chosen.with_env(self.env)
        chosen._ask_for_approval()
        return chosen

    def _taken_back(self, returned, item_ids):
        """Deductions from items that are taken back in full, with the opposite sign.

        Who did not pay has no discount; who paid a part keeps it.
        """
        # sudo: deductions of a receipt whose items the user was shown
        applied = self.sudo().search(
            [
                ("statement_line_id", "=", returned.id),
                ("state", "=", "applied"),
                ("kind", "=", "receipt"),
            ]
        )
        return [
            (
                one.allocation_id.item_line_id.id,
                one.type_id.id,
                -to_minor(one.amount, one.currency_id.decimal_places),
                one.note or "",
            )
            for one in applied.adjustment_ids
            if one.allocation_id.item_line_id.id in item_ids
        ]

    def _return_allocation(self):
        """The row for the writer of allocations."""
        digits = self.currency_id.decimal_places
        return ReturnAllocation(
            self.statement_line_id.id,
            self.returned_line_id.id,
            tuple(
                ReturnedPart(
                    one.item_line_id.id,
                    one.source_line_id.id,
                    -to_minor(one.amount, digits),
                )
                for one in self.allocation_ids
            ),
            tuple(one._deduction() for one in self.adjustment_ids),
        )


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _ar_paid_parts(self):
        """What a receipt has paid of which item.

        :rtype: list[ReturnedPart]
        """
        self.ensure_one()
        paid = defaultdict(int)
        currency = self.foreign_currency_id or self.currency_id
        digits = currency.decimal_places
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
            and line.currency_id == currency
        )
        for source in lines:
            for partial in source.matched_debit_ids:
                item = partial.debit_move_id
                if item.move_id.statement_line_id:  # has gone back already
                    continue
                if item.currency_id == currency:
                    amount = to_minor(partial.credit_amount_currency, digits)
                    paid[item.id, source.id] += amount
        return [ReturnedPart(*key, amount) for key, amount in paid.items() if amount]

    def _ar_returnable(self, search=""):
        """Earlier receipts that this money out may give back, the most likely ones first.

        Offered is what something speaks for: amount, payer, or a document it has paid. A
        user who knows better searches: then anybody's receipts that are large enough.

        :return: list of pairs (bank line, codes of what speaks for it)
        """
        self.ensure_one()
        out = self._ar_as_receipt()
        if not out:
            return []
        domain = self._ar_returnable_domain()
        if search:
            lines = self.search(domain & _searched(search), limit=LOOKED_AT)
        else:
            lines = self.search(domain & self._ar_grounds_domain(out), limit=LOOKED_AT)
            near = Domain("amount", "<=", -self.amount * (1 + NEAR / 100))
            lines |= self.search(domain & near, limit=LOOKED_AT)
        found = []
        for line in lines:
            if paid := line._ar_paid_parts():
                codes = grounds(out, line._ar_earlier(out, paid))
                if codes or search:
                    found.append((line, codes))
        found.sort(key=lambda one: (_rank(one[1]), -one[0].date.toordinal(), one[0].id))
        return found[:OFFERED]

    def _ar_as_receipt(self):
        """This bank line as the engine compares it; None when nothing of it is left."""
        receipts = self.env["ar.ledger"]._receipts(Domain("id", "=", self.id))
        if not receipts:
            return None
        receipt = receipts[0]
        amount = to_minor(self.amount, self.currency_id.decimal_places)
        account = compact(receipt.payer_account)
        return receipt._replace(amount=amount, payer_account=account)

    def _ar_earlier(self, out, paid):
        """This receipt as the engine compares it."""
        items = self.env["account.move.line"].browse([part.item_id for part in paid])
        # clear: recognises the payer by his account; nothing of it is shown
        with clear_values():
            account = compact(self.account_number or "")
        return Earlier(
            to_minor(self.amount, out.digits),
            account,
            self.partner_id.commercial_partner_id.id or 0,
            self.partner_name or "",
            tuple(dict.fromkeys(filter(None, items.mapped("move_name")))),
            tuple(part.amount for part in paid),
        )

    def _ar_returnable_domain(self):
        """Earlier receipts in whose place this money can go back, or in place of a part."""
        start = fields.Date.subtract(self.date, days=DAYS_BACK)
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("amount", ">=", -self.amount * (1 - NEAR / 100))
            & Domain("date", ">=", start)
            & Domain("date", "<=", self.date)
            & Domain("is_reconciled", "=", True)
            & Domain("currency_id", "=", self.currency_id.id)
        )

    def _ar_grounds_domain(self, out):
        """Where the engine may find grounds: by amount, part, payer, quoted number."""
        payment = "move_id.line_ids.matched_debit_ids"
        found = Domain("amount", "=", -self.amount)
        found |= Domain(f"{payment}.credit_amount_currency", "=", -self.amount)
        if self.account_number:
            found |= Domain("account_number", "=", self.account_number)
        if out.partner_id:
            found |= Domain("partner_id.commercial_partner_id", "=", out.partner_id)
        if out.payer_name:
            found |= Domain("partner_name", "=ilike", out.payer_name)
        for digits in _quoted_digits(out.text):
            found |= Domain(f"{payment}.debit_move_id.move_id.name", "ilike", digits)
        return found


def _quoted_digits(text):
    """Runs of digits in a text that may be the end of a document's number."""
    runs = dict.fromkeys(re.findall(r"[0-9]{4,}", text))
    return [run for run in runs if not re.fullmatch(r"20[0-9]{2}", run)][:5]


def _searched(search):
    """Receipts a user asks for: by text, payer, customer or the document they have paid."""
    document = "move_id.line_ids.matched_debit_ids.debit_move_id.move_id.name"
    return Domain.OR(
        [
            Domain(name, "ilike", str(search))
            for name in ("payment_ref", "partner_name", "partner_id.name", document)
        ]
    )


def _rank(codes):
    """The same amount first; then the strongest ground, the more grounds the better."""
    places = [GROUNDS.index(code) for code in codes]
    return min(places, default=len(GROUNDS)), -len(places)
