from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_date, split_every

from ..engine.ledger import is_part
from ..engine.money import from_minor, to_minor

#: receipts rewritten together: short locks, little lost when the process dies
CHUNK_SIZE = 50

# What core may skip while lines are exchanged: chatter, the balance check (run on all
# entries afterwards) and the synchronisation with the bank line, whose date, partner and
# liquidity line stay as they are. None of these keys decides on rights.
_QUIET = {
    "tracking_disable": True,
    "check_move_validity": False,
    "skip_account_move_synchronization": True,
    "skip_invoice_sync": True,
    "skip_readonly_check": True,
    "force_delete": True,
    "dynamic_unlink": True,
}


class Deduction(NamedTuple):
    """Of an item, an amount (minor units, the item's currency) that no money comes for."""

    item_id: int
    type_id: int  #: row of ``ar.adjustment.type``
    amount: int
    note: str = ""


class ReceiptAllocation(NamedTuple):
    """What one receipt pays; amounts in minor units of the items' currencies.

    A bank line with money out pays credit notes and advances back: amounts below zero.
    """

    statement_line_id: int
    parts: tuple[tuple[int, int], ...]  #: receivable journal item, amount of its sign
    keep_as_advance: bool = False  #: the rest becomes unapplied cash of the customer
    deductions: tuple[Deduction, ...] = ()
    #: item -> what it uses of the receipt, for items in another currency
    paid: tuple[tuple[int, int], ...] = ()

    def used(self, item_id: int, amount: int) -> int:
        """What settling ``amount`` of an item takes from the receipt."""
        for other_id, paid in self.paid:
            if other_id == item_id:
                return paid
        return amount - sum(d.amount for d in self.deductions if d.item_id == item_id)

    @property
    def total(self) -> int:
        """What it takes from the receipt in all."""
        return sum(self.used(item_id, amount) for item_id, amount in self.parts)


class Refusal(NamedTuple):
    """Why a receipt was not applied, or not put back; nothing was written for it."""

    reason: str  #: translated
    is_stale: bool = True  #: False: only busy, the same may work in a moment


class ArAllocation(models.AbstractModel):
    """The only writer of allocations into journal entries, and their undo.

    A receipt stands on the suspense account of its journal. Applying it replaces the
    suspense line by one receivable line per part, each reconciled with its item, and a
    rest on suspense (or, on request, on the customer's account). Everything is checked
    after the items are locked and before anything is written.
    """

    _name = "ar.allocation"
    _description = "Applies Receipts to Open Items"

    # -- apply ----------------------------------------------------------------------------

    def _apply(self, allocations):
        """Apply receipts; those that do not fit any more are refused, the rest is booked.

        :param allocations: list of :class:`ReceiptAllocation`, one per bank line
        :return: bank line id -> why it was refused
        :rtype: dict[int, Refusal]
        """
        self._check_allocation_rights()
        refused = {}
        for chunk in split_every(CHUNK_SIZE, allocations):
            refused.update(self._apply_chunk(list(chunk)))
        return refused

    def _apply_chunk(self, chunk):
        receipts = self._load_receipts(chunk)
        refused = self._refusals(chunk, receipts)
        accepted = [one for one in chunk if one.statement_line_id not in refused]
        if accepted:
            self._rewrite(accepted, receipts)
        return refused

    def _check_allocation_rights(self):
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(
                self.env._("Only AR accountants may apply receipts or undo that.")
            )

    def _load_receipts(self, chunk):
        """The bank lines by id, locked with the items they are to pay."""
        lines = self.env["account.bank.statement.line"].browse(
            [one.statement_line_id for one in chunk]
        )
        lines.check_access("write")
        lines = lines.try_lock_for_update(allow_referencing=True)
        return {line.id: line for line in lines}

    def _load_items(self, chunk):
        """The open items by id, locked; those another user works on are missing."""
        wanted = {item_id for one in chunk for item_id, _amount in one.parts}
        items = self.env["account.move.line"].browse(sorted(wanted)).exists()
        items.check_access("write")
        items = items.try_lock_for_update(allow_referencing=True)
        return {item.id: item for item in items}

    # -- checks, all before the first write -------------------------------------------------

    def _refusals(self, chunk, receipts):
        """Bank line id -> why its allocation cannot be booked as it stands."""
        items = self._load_items(chunk)
        left = {
            item.id: self._minor(item.amount_residual_currency, item.currency_id)
            for item in items.values()
        }
        refused = {}
        for one in chunk:
            refusal = self._busy_refusal(one, receipts, items)
            if not refusal:
                line = receipts[one.statement_line_id]
                reason = self._receipt_refusal(one, line) or self._parts_refusal(
                    one, line, items, left
                )
                refusal = Refusal(reason) if reason else None
            if refusal:
                refused[one.statement_line_id] = refusal
                continue
            for item_id, amount in one.parts:
                left[item_id] -= amount
        return refused

    def _busy_refusal(self, one, receipts, items):
        """A refusal when the bank line or an item is gone, or locked by somebody else."""
        missing = [item_id for item_id, _amount in one.parts if item_id not in items]
        if one.statement_line_id in receipts and not missing:
            return None
        if self.env["account.move.line"].browse(missing).exists().ids != missing:
            return Refusal(self.env._("An open item is gone. Match the receipt again."))
        return Refusal(
            self.env._(
                "Another user is working on this bank line or on an item it pays. Try "
                "again in a moment."
            ),
            is_stale=False,
        )

    def _receipt_refusal(self, one, line):
        """Why the receipt cannot be applied, whatever it is to pay."""
        suspense = self._suspense_line(line)
        if line.state != "posted" or len(suspense) != 1:
            return self.env._(
                "The bank line has no amount on suspense any more. Undo what was booked "
                "on it, or match it again."
            )
        available = -self._minor(suspense.amount_currency, suspense.currency_id)
        if not one.total or (one.total > 0) != (available > 0):
            return self.env._("The items chosen add up to nothing that was received.")
        if not is_part(one.total, available):
            return self.env._(
                "More is applied than is left on the bank line (%(left)s).",
                left=self._shown(available, suspense.currency_id),
            )
        return self._lock_date_refusal(line)

    def _lock_date_refusal(self, line):
        """Why the date of the bank line cannot be booked on."""
        violated = line.company_id._get_lock_date_violations(
            line.date, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
        )
        if not violated:
            return None
        return self.env._(
            "The period of %(date)s is closed (%(locks)s).",
            date=format_date(self.env, line.date),
            locks=self.env["res.company"]._format_lock_dates(violated),
        )

    def _parts_refusal(self, one, line, items, left):
        """Why an item cannot be paid as proposed; ``left`` is what is open of each."""
        currency = self._suspense_line(line).currency_id
        foreign = {item_id for item_id, _paid in one.paid}
        wanted = defaultdict(int)
        for item_id, amount in one.parts:
            item = items[item_id]
            if (
                item.account_type != "asset_receivable"
                or item.parent_state != "posted"
                or item.company_id != line.company_id
                or (item.currency_id != currency and item_id not in foreign)
            ):
                return self.env._(
                    "%(item)s cannot be paid by this receipt: it is not a posted "
                    "receivable of the same company and currency.",
                    item=item.display_name,
                )
            wanted[item_id] += amount
            if not is_part(wanted[item_id], left[item_id]):
                return self.env._(
                    "Only %(left)s of %(item)s is still open. Match the receipt again.",
                    left=self._shown(left[item_id], item.currency_id),
                    item=item.move_name or item.display_name,
                )
        return None

    # -- booking ----------------------------------------------------------------------------

    def _rewrite(self, accepted, receipts):
        """Exchange the suspense lines and reconcile, for the whole chunk at once."""
        vals_list, pairs = [], []
        suspense = self.env["account.move.line"]
        for one in accepted:
            line = receipts[one.statement_line_id]
            suspense |= self._suspense_line(line)
            for vals, item_id in self._line_vals(one, line):
                vals_list.append(vals)
                pairs.append(item_id)
        created = self._exchange_lines(suspense, vals_list)
        self._reconcile_pairs(
            [
                (line, line.browse(item_id))
                for line, item_id in zip(created, pairs, strict=True)
                if item_id
            ]
        )

    def _exchange_lines(self, suspense, vals_list):
        """Put journal items in the place of suspense lines; all entries stay balanced."""
        moves = suspense.move_id
        suspense.with_context(**_QUIET).unlink()
        lines = self.env["account.move.line"].with_context(**_QUIET)
        created = lines.create(vals_list).with_env(self.env)
        self.env.flush_all()
        with moves.with_env(self.env)._check_balanced({"records": moves}):
            pass  # checks on leaving
        return created

    def _reconcile_pairs(self, pairs):
        """Reconcile journal items two by two, all in one plan."""
        if pairs:
            pairs[0][0]._reconcile_plan([one | other for one, other in pairs])

    def _settle_entries(self, groups):
        """Reconcile lines of an entry with the items they settle, account by account.

        :param groups: pairs (line, items), locked here; a line that is worth less than its
            items settles the oldest first
        """
        self._check_allocation_rights()
        for line, items in groups:
            both = line | items
            both.check_access("write")
            both.lock_for_update(allow_referencing=True)
            both.reconcile()

    # -- undo -------------------------------------------------------------------------------

    def _undo(self, item_ids_by_line):
        """Put bank lines back as they were imported: all on suspense, nothing reconciled.

        Refused when something on the bank line has been used elsewhere since: undoing
        would then undo more than was applied.

        :param item_ids_by_line: bank line id -> ids of the items it was applied to
        :return: bank line id -> why it was refused
        :rtype: dict[int, Refusal]
        """
        self._check_allocation_rights()
        refused = {}
        for line_ids in split_every(CHUNK_SIZE, sorted(item_ids_by_line)):
            lines = self.env["account.bank.statement.line"].browse(line_ids).exists()
            lines.check_access("write")
            locked = lines.try_lock_for_update(allow_referencing=True)
            self._paid_items(locked).try_lock_for_update(allow_referencing=True)
            for line_id in line_ids:
                line = locked.browse(line_id) if line_id in locked.ids else None
                refusal = self._undo_refusal(line, item_ids_by_line[line_id])
                if refusal:
                    refused[line_id] = refusal
            free = locked.filtered(lambda line: line.id not in refused)
            if free:
                free.action_undo_reconciliation()
        return refused

    def _undo_refusal(self, line, item_ids):
        if not line:
            return Refusal(
                self.env._("Another user is working on this bank line. Try again."),
                is_stale=False,
            )
        if set(self._paid_items(line).ids) - set(item_ids):
            return Refusal(
                self.env._(
                    "The money of this bank line has been used elsewhere since. Undo that "
                    "reconciliation first."
                )
            )
        reason = self._lock_date_refusal(line)
        return Refusal(reason) if reason else None

    def _paid_items(self, lines):
        """The journal items that the lines of these bank entries are reconciled with.

        Without those of exchange differences and of taxes due on payment, which core takes
        back by itself.
        """
        items = lines.move_id.line_ids
        partials = items.matched_debit_ids | items.matched_credit_ids
        paid = (partials.debit_move_id | partials.credit_move_id) - items
        both = partials | paid.matched_debit_ids | paid.matched_credit_ids
        own = both.exchange_move_id.line_ids
        return (paid - own).filtered(
            lambda line: not line.move_id.tax_cash_basis_rec_id
        )

    # -- helpers ----------------------------------------------------------------------------

    def _suspense_line(self, line):
        _liquidity, suspense, _others = line._seek_for_lines()
        return suspense

    def _minor(self, amount, currency):
        return to_minor(amount, currency.decimal_places)

    def _shown(self, minor_amount, currency):
        amount = from_minor(minor_amount, currency.decimal_places)
        return currency.format(float(amount))
