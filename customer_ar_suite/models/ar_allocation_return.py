from collections import defaultdict
from typing import NamedTuple

from odoo import models

from .ar_allocation import Deduction, Refusal


class ReturnedPart(NamedTuple):
    """Of an earlier receipt, what is taken back from one item; minor units, positive."""

    item_id: int
    source_line_id: int  #: journal item of the earlier receipt that paid it
    amount: int


class ReturnAllocation(NamedTuple):
    """A bank line that gives an earlier receipt back."""

    statement_line_id: int
    returned_line_id: int
    parts: tuple[ReturnedPart, ...]
    #: charges the bank took besides; below zero: deductions taken back
    deductions: tuple[Deduction, ...] = ()


class ArAllocation(models.AbstractModel):
    """Returned payments: the items an earlier receipt had paid are open again.

    The receipt keeps its entry, whatever period it is in. Its payments are taken off the
    items, the same amounts are booked on the customer's account by the return, and receipt
    and return settle each other. A receipt returned as a whole takes its deductions back,
    too: who did not pay has no discount.
    """

    _inherit = "ar.allocation"

    def _apply_returns(self, returns):
        """Apply returned payments, one by one: they are few.

        :return: bank line id -> why it was refused
        :rtype: dict[int, Refusal]
        """
        self._check_allocation_rights()
        refused = {}
        for one in returns:
            refusal = self._return_refusal(one)
            if refusal:
                refused[one.statement_line_id] = refusal
            else:
                self._book_return(one)
        return refused

    def _lock_return(self, one):
        """Both bank lines, the parts and the items, locked; None when somebody has one."""
        lines = self.env["account.bank.statement.line"].browse(
            [one.statement_line_id, one.returned_line_id]
        )
        ids = {key for part in one.parts for key in (part.item_id, part.source_line_id)}
        items = self.env["account.move.line"].browse(sorted(ids)).exists()
        for records in (lines, items):
            records.check_access("write")
            if len(records.try_lock_for_update(allow_referencing=True)) < len(records):
                return None
        return (lines, items) if len(items) == len(ids) else None

    def _return_refusal(self, one):
        if not self._lock_return(one):
            return self._is_busy()
        line = self.env["account.bank.statement.line"].browse(one.statement_line_id)
        suspense = self._suspense_line(line)
        if line.state != "posted" or len(suspense) != 1:
            return Refusal(
                self.env._(
                    "The bank line has no amount on suspense any more. Undo what was "
                    "booked on it, or match it again."
                )
            )
        currency = suspense.currency_id
        available = self._minor(suspense.amount_currency, currency)
        wanted = sum(part.amount for part in one.parts)
        charges = sum(deduction.amount for deduction in one.deductions)
        if wanted + charges != available:
            return Refusal(
                self.env._(
                    "What is taken back and charged does not add up to the bank line."
                )
            )
        for part in one.parts:
            if part.amount > self._paid_by(part):
                return Refusal(
                    self.env._(
                        "The earlier receipt does not pay that much of %(item)s any more.",
                        item=self.env["account.move.line"]
                        .browse(part.item_id)
                        .display_name,
                    )
                )
        if self._is_mixed(one):
            return Refusal(
                self.env._(
                    "The earlier receipt pays several documents with one journal item. Take "
                    "whole documents back, and at most one of them in part."
                )
            )
        reason = self._lock_date_refusal(line)
        return Refusal(reason) if reason else None

    def _is_busy(self):
        return Refusal(
            self.env._(
                "Another user is working on this bank line or on an item it pays. Try "
                "again in a moment."
            ),
            is_stale=False,
        )

    def _paid_by(self, part):
        """What the part of the receipt has paid of its item, in minor units."""
        source = self.env["account.move.line"].browse(part.source_line_id)
        return self._paid_amounts(source).get(part.item_id, 0)

    def _paid_amounts(self, source):
        """What a part of a receipt has paid of which item, in minor units."""
        paid = defaultdict(float)
        for partial in source.matched_debit_ids:
            paid[partial.debit_move_id.id] += partial.credit_amount_currency
        currency = source.currency_id
        return {id_: self._minor(amount, currency) for id_, amount in paid.items()}

    def _is_mixed(self, one):
        """Would more than one item keep a part of what one line of the receipt paid?

        Core settles as much as it can between two lines: one item can be left with a part,
        the last one; of two nobody could say which got how much.
        """
        return any(
            len(kept) - sum(is_whole for _item, is_whole in kept) > 1
            for kept in self._kept_payments(one).values()
        )

    def _kept_payments(self, one):
        """{part of the receipt: [(item it still pays, whether all that is open then)]}."""
        items = self.env["account.move.line"]
        returned = {(p.source_line_id, p.item_id): p.amount for p in one.parts}
        sources = items.browse({part.source_line_id for part in one.parts})
        paid = {source: self._paid_amounts(source) for source in sources}
        freed = defaultdict(int)
        for amounts in paid.values():
            for item_id, amount in amounts.items():
                freed[item_id] += amount
        kept = {}
        for source, amounts in paid.items():
            kept[source] = []
            for item_id, amount in amounts.items():
                item = items.browse(item_id)
                left = amount - returned.get((source.id, item_id), 0)
                then = freed[item_id] + self._minor(
                    item.amount_residual_currency, item.currency_id
                )
                is_whole = left == then or item.currency_id != source.currency_id
                if left > 0:
                    kept[source].append((item, is_whole))
        return kept

    # -- booking ------------------------------------------------------------------------------

    def _book_return(self, one):
        """Take the payments off, book them back, let receipt and return settle each other."""
        line = self.env["account.bank.statement.line"].browse(one.statement_line_id)
        items = self.env["account.move.line"]
        sources = items.browse([part.source_line_id for part in one.parts])
        again = self._other_payments(one)
        sources.remove_move_reconcile()
        mirrored = self._return_vals(one, line)
        suspense = self._suspense_line(line)
        created = self._exchange_lines(suspense, [vals for vals, _id in mirrored])
        self._reconcile_pairs(
            [
                (new, items.browse(source_id))
                for new, (_vals, source_id) in zip(created, mirrored, strict=True)
                if source_id
            ]
        )
        self._reconcile_pairs(again)

    def _other_payments(self, one):
        """Pairs (part of the receipt, item) to be settled again: what is not returned.

        An item that keeps a part only comes last: it gets what is left, which is its part.
        """
        return [
            (source, item)
            for source, kept in self._kept_payments(one).items()
            for item, _is_whole in sorted(kept, key=lambda found: not found[1])
        ]

    def _return_vals(self, one, line):
        """Pairs (values of a journal item, id of the part of the receipt it settles)."""
        suspense = self._suspense_line(line)
        currency = suspense.currency_id
        result = []
        for part in one.parts:
            source = self.env["account.move.line"].browse(part.source_line_id)
            value = self._money_value(line, currency, part.amount, 0.0)
            vals = self._counterpart_vals(
                line,
                source.account_id,
                source.partner_id,
                currency,
                -self._major(part.amount, currency),
                -value,
            )
            result.append((vals, source.id))
        for deduction in one.deductions:
            item = self.env["account.move.line"].browse(one.parts[0].item_id)
            worth = self._money_value(line, currency, deduction.amount, 0.0)
            result += [
                (vals, None)
                for vals in self._deduction_vals(
                    line, item, deduction, worth, is_return=True
                )
            ]
        self._balance_out(result, suspense.balance)
        return result

    def _balance_out(self, result, wanted):
        """Let the first line take what rounding leaves in the company's currency."""
        gap = wanted - sum(vals["balance"] for vals, _source in result)
        result[0][0]["balance"] += gap

    # -- undo ---------------------------------------------------------------------------------

    def _undo_returns(self, returns):
        """Put returns back on suspense; the receipts pay again what they had paid.

        :return: bank line id -> why it was refused
        """
        refused = {}
        for one in returns:
            refusal = self._undo_return_refusal(one)
            if refusal:
                refused[one.statement_line_id] = refusal
                continue
            line = self.env["account.bank.statement.line"].browse(one.statement_line_id)
            items = self.env["account.move.line"]
            line.action_undo_reconciliation()
            self._reconcile_pairs(
                [
                    (items.browse(part.source_line_id), items.browse(part.item_id))
                    for part in sorted(one.parts, key=self._has_more_open)
                ]
            )
        return refused

    def _has_more_open(self, part):
        """Is more open on the item than was taken back?"""
        item = self.env["account.move.line"].browse(part.item_id)
        open_amount = self._minor(item.amount_residual_currency, item.currency_id)
        return open_amount > part.amount

    def _undo_return_refusal(self, one):
        if not self._lock_return(one):
            return self._is_busy()
        line = self.env["account.bank.statement.line"].browse(one.statement_line_id)
        for part in one.parts:
            item = self.env["account.move.line"].browse(part.item_id)
            left = self._minor(item.amount_residual_currency, item.currency_id)
            if left < part.amount:
                return Refusal(
                    self.env._(
                        "%(item)s has been paid otherwise since. Undo that first.",
                        item=item.move_name or item.display_name,
                    )
                )
        sources = {part.source_line_id for part in one.parts}
        if set(self._paid_items(line).ids) - sources:
            return Refusal(
                self.env._(
                    "The money of this bank line has been used elsewhere since. Undo that "
                    "reconciliation first."
                )
            )
        reason = self._lock_date_refusal(line)
        return Refusal(reason) if reason else None
