from typing import NamedTuple

from odoo import models
from odoo.tools import split_every

from .ar_allocation import CHUNK_SIZE, Refusal


class SettlementPair(NamedTuple):
    """So much of a credit pays that item; minor units of their currency, positive."""

    credit_line_id: int
    debit_line_id: int
    amount: int


class ArAllocation(models.AbstractModel):
    """Settles items of a customer with each other, without a bank line, and undoes that.

    No entry is rewritten: payments, credit notes and invoices that are in the books are
    reconciled, as much as was decided and no more. Everything is checked after the items
    are locked and before anything is written.
    """

    _inherit = "ar.allocation"

    def _settle(self, settlements):
        """Reconcile what was decided; what does not fit any more is refused.

        :param settlements: {key: list of :class:`SettlementPair`}
        :return: pair of {key: {(credit id, debit id): partial id}} and {key: Refusal}
        """
        self._check_allocation_rights()
        made, refused = {}, {}
        for keys in split_every(CHUNK_SIZE, list(settlements)):
            chunk = {key: settlements[key] for key in keys}
            items = self._lock_items(chunk)
            left = {
                item.id: self._minor(item.amount_residual_currency, item.currency_id)
                for item in items.values()
            }
            for key, pairs in chunk.items():
                if refusal := self._pairs_refusal(pairs, items, left):
                    refused[key] = refusal
            accepted = {key: chunk[key] for key in keys if key not in refused}
            made.update(self._settle_chunk(accepted))
        return made, refused

    def _lock_items(self, chunk):
        wanted = {id_ for pairs in chunk.values() for pair in pairs for id_ in pair[:2]}
        items = self.env["account.move.line"].browse(sorted(wanted)).exists()
        items.check_access("write")
        items = items.try_lock_for_update(allow_referencing=True)
        return {item.id: item for item in items}

    def _pairs_refusal(self, pairs, items, left):
        """Why these items cannot be settled as decided; takes it off ``left`` if they can."""
        wanted = {id_ for pair in pairs for id_ in pair[:2]}
        missing = sorted(wanted - items.keys())
        if missing:
            gone = self.env["account.move.line"].browse(missing).exists().ids != missing
            if gone:
                return Refusal(self.env._("An open item is gone. Match again."))
            return Refusal(
                self.env._("Another user is working on one of these items. Try again."),
                is_stale=False,
            )
        first = items[pairs[0].credit_line_id]
        for id_ in sorted(wanted):
            if self._is_elsewhere(items[id_], first):
                return Refusal(
                    self.env._(
                        "%(item)s is not a posted receivable of the same customer, account "
                        "and currency as the others.",
                        item=items[id_].display_name,
                    )
                )
        rest = dict(left)
        for credit, debit, amount in pairs:
            # each pair uses up one of its items: what core reconciles is what was decided
            if amount <= 0 or amount != min(-rest[credit], rest[debit]):
                return Refusal(
                    self.env._(
                        "%(credit)s or %(debit)s has been used in the meantime. Match again.",
                        credit=items[credit].move_name or items[credit].display_name,
                        debit=items[debit].move_name or items[debit].display_name,
                    )
                )
            rest[credit] += amount
            rest[debit] -= amount
        left.update(rest)
        return None

    def _is_elsewhere(self, item, first):
        return (
            item.account_type != "asset_receivable"
            or item.parent_state != "posted"
            or item.company_id != first.company_id
            or item.account_id != first.account_id
            or item.currency_id != first.currency_id
            or item.partner_id.commercial_partner_id
            != first.partner_id.commercial_partner_id
        )

    def _settle_chunk(self, accepted):
        """Reconcile; {key: {(credit id, debit id): partial id}}."""
        pairs = [pair for found in accepted.values() for pair in found]
        if not pairs:
            return {}
        before = set(self._partials_of(pairs).ids)
        items = self.env["account.move.line"]
        self._reconcile_pairs(
            [
                (items.browse(pair.debit_line_id), items.browse(pair.credit_line_id))
                for pair in pairs
            ]
        )
        made = {
            (partial.credit_move_id.id, partial.debit_move_id.id): partial.id
            for partial in self._partials_of(pairs)
            if partial.id not in before
        }
        return {
            key: {pair[:2]: made[pair[:2]] for pair in found if pair[:2] in made}
            for key, found in accepted.items()
        }

    def _partials_of(self, pairs):
        return self.env["account.partial.reconcile"].search(
            [
                ("credit_move_id", "in", [pair.credit_line_id for pair in pairs]),
                ("debit_move_id", "in", [pair.debit_line_id for pair in pairs]),
            ]
        )

    def _unsettle(self, partials):
        """Take back these reconciliations, and none besides.

        :return: those that are taken back; the others are being worked on
        """
        self._check_allocation_rights()
        partials = partials.exists()
        items = partials.debit_move_id | partials.credit_move_id
        items.check_access("write")
        locked = items.try_lock_for_update(allow_referencing=True)
        free = partials.filtered(
            lambda one: one.debit_move_id in locked and one.credit_move_id in locked
        )
        ids = free.ids
        free.unlink()
        return ids
