from decimal import InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.errors import EngineError
from ..engine.matching.adjustments import Adjustment, Asked, Choice, is_within, settle
from ..engine.money import from_minor, to_minor
from .engine_messages import user_error


class ArMatchProposal(models.Model):
    """What a user chose for a bank line himself, with deductions and their reasons."""

    _inherit = "ar.match.proposal"

    @api.model
    def set_allocations(
        self, statement_line_id, parts, keep_as_advance=False, adjustments=(), seen=None
    ):
        """Accept what the user chose for a bank line, in place of what was proposed.

        :param parts: lists of receivable journal item id, amount settled and, for an item
            in another currency, what it takes from the receipt
        :param adjustments: lists of item id, reason id, amount, explanation; each is part
            of the amount settled
        :param seen: id of the proposal the user looked at, False for none; when somebody
            else has decided on the bank line since, he is told
        :return: id of the accepted proposal
        """
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        receipt = self._load_receipt(line)
        items = self._load_chosen(receipt, line, parts)
        rows = self._read_adjustments(adjustments, items, line)
        allocations = self._settle(receipt, items, parts, rows)
        old = self.search(
            [
                ("statement_line_id", "=", line.id),
                ("state", "in", ("proposed", "accepted")),
            ]
        )
        self._check_seen(old, seen)
        if not rows and old._pays(allocations):
            if old.state == "proposed":
                old._decide("proposed", "accepted")
            chosen = old
        else:
            if old:
                old._decide(("proposed", "accepted"), "rejected")
                old.flush_recordset(["state"])  # one live proposal per bank line
            chosen = self._create_by_hand(receipt, allocations, items, rows)
        # sudo: nobody has the right to write proposals; the reviewer was checked
        chosen.sudo().keep_as_advance = bool(keep_as_advance)
        return chosen.id

    def _check_seen(self, old, seen):
        """Tell who works on something another user has changed meanwhile."""
        if seen is None or (old.id or False) == (seen or False):
            return
        who = old.decided_by_id.name or self.env._("the matcher")
        raise UserError(
            self.env._(
                "Somebody else has worked on this bank line meanwhile (%(who)s). Nothing "
                "was changed; the screen shows what stands there now.",
                who=who,
            )
        )

    # -- reading what was chosen ------------------------------------------------------------

    def _load_receipt(self, line):
        """The money of a bank line that nothing is settled with yet."""
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(
            ledger._receipt_domain(line.company_id.ids, line_ids=line.ids, sign=0)
        )
        if not receipts:
            raise UserError(
                self.env._(
                    "Choose at least one item for a bank line that is still open."
                )
            )
        return receipts[0]

    def _load_chosen(self, receipt, line, parts):
        """The open items chosen, by id."""
        if not parts:
            raise UserError(
                self.env._(
                    "Choose at least one item for a bank line that is still open."
                )
            )
        items = self.env["ar.ledger"]._open_items(
            max(fields.Date.context_today(self), receipt.date),
            company_ids=line.company_id.ids,
            line_ids=[int(part[0]) for part in parts],
        )
        return {item.line_id: item for item in items if not item.is_advance}

    def _settle(self, receipt, items, parts, rows):
        """The allocations, checked by the engine."""
        choices = [
            Choice(
                int(part[0]),
                self._read_amount(part[1], self._digits(items, part[0], receipt)),
                self._read_amount(part[2], receipt.digits)
                if len(part) > 2 and part[2] not in (None, False, "")
                else None,
            )
            for part in parts
        ]
        adjustments = [Adjustment(*row[:3]) for row in rows]
        try:
            return settle(receipt, items.values(), choices, adjustments)
        except EngineError as error:
            raise user_error(self.env, error) from error

    def _digits(self, items, item_id, receipt):
        item = items.get(int(item_id))
        return item.digits if item else receipt.digits

    def _read_adjustments(self, adjustments, items, line):
        """Rows (item id, reason id, minor amount, explanation), with usable reasons."""
        rows = []
        for item_id, type_id, amount, *note in adjustments or ():
            item = items.get(int(item_id))
            if not item:
                raise UserError(
                    self.env._("An adjustment names an item that is not chosen.")
                )
            type_ = self.env["ar.adjustment.type"].browse(int(type_id)).exists()
            type_.check_access("read")
            type_._check_usable(line.company_id)
            told = str(note[0]).strip() if note and note[0] else ""
            if not type_ or (type_.needs_note and not told):
                raise UserError(
                    self.env._(
                        "“%(reason)s” needs an explanation.", reason=type_.name or ""
                    )
                )
            rows.append(
                (item.line_id, type_.id, self._read_amount(amount, item.digits), told)
            )
        return rows

    def _read_amount(self, amount, digits):
        try:
            return to_minor(amount, digits)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise UserError(
                self.env._("“%(value)s” is not an amount.", value=amount)
            ) from error

    def _pays(self, allocations):
        """Does this proposal settle exactly ``allocations``, with nothing deducted?"""
        if self.adjustment_ids:
            return False
        mine = {
            (one.item_line_id.id, to_minor(one.amount, one.currency_id.decimal_places))
            for one in self.allocation_ids
        }
        return mine == {(one.item_line_id, one.amount) for one in allocations}

    # -- storing it -------------------------------------------------------------------------

    def _create_by_hand(self, receipt, allocations, items, rows=()):
        open_amounts = [items[one.item_line_id].residual for one in allocations]
        foreign = {
            item.line_id: item.digits
            for item in items.values()
            if item.currency_id != receipt.currency_id
        }
        manual = {
            "code": "manual",
            "points": 100,
            "params": {"user": self.env.user.name},
        }
        vals = {
            **self._allocation_vals(receipt, allocations, open_amounts, foreign),
            "kind": "receipt" if receipt.amount > 0 else "refund",
            "partner_id": items[allocations[0].item_line_id].partner_id or False,
            "confidence": 100,
            "evidence": [manual],
            "is_unique": True,
            "is_manual": True,
            "state": "accepted",
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }
        # sudo: nobody has the right to write proposals; the reviewer was checked
        chosen = self.sudo().create(vals)
        chosen._add_adjustments(rows)
        chosen = chosen.with_env(self.env)
        chosen._ask_for_approval()
        return chosen

    def _add_adjustments(self, rows):
        """Store deductions (item id, reason id, minor amount, text) with their items."""
        by_item = {one.item_line_id.id: one for one in self.allocation_ids}
        vals_list = []
        for item_id, type_id, amount, note in rows:
            allocation = by_item[item_id]
            customer = allocation.item_line_id.partner_id.commercial_partner_id
            digits = allocation.currency_id.decimal_places
            shown = float(from_minor(amount, digits))
            vals_list.append(
                {
                    "allocation_id": allocation.id,
                    "type_id": type_id,
                    "partner_id": customer.id,
                    "amount": shown,
                    "company_amount": allocation._in_company_currency(shown),
                    "note": note or False,
                }
            )
        if vals_list:
            self.env["ar.match.adjustment"].create(vals_list)
            self.invalidate_recordset(["adjustment_ids"])

    # -- limits -----------------------------------------------------------------------------

    def _ask_for_approval(self):
        """Ask somebody who may, where adjustments go beyond what their author may."""
        for proposal in self.filtered("adjustment_ids"):
            types = proposal.adjustment_ids.type_id
            types._mark_used()
            if not all(proposal._is_within_limit(type_) for type_ in types):
                self.env["ar.adjustment.release"]._request(proposal)
        self.invalidate_recordset(["release_ids", "approval_state"])

    def _is_within_limit(self, type_):
        # sudo: sums are compared with a limit, not shown; rights were checked
        rows = self.sudo().adjustment_ids.filtered(lambda one: one.type_id == type_)
        digits = self.company_id.currency_id.decimal_places
        opened = sum(rows.allocation_id.mapped("company_open_amount"))
        user = self.env["res.users"].browse(self.env.uid)
        asked = Asked(
            to_minor(sum(abs(row.company_amount) for row in rows), digits),
            to_minor(opened, digits),
            to_minor(self._deducted_today(type_, rows.partner_id), digits),
        )
        return is_within(asked, type_._limits_of(user))

    def _deducted_today(self, type_, partners):
        """What the user has deducted for these customers today, approved ones left out."""
        start = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        # sudo: counts for the limit, whoever may see the customer; nothing is shown
        rows = (
            self.env["ar.match.adjustment"]
            .sudo()
            .search(
                [
                    ("type_id", "=", type_.id),
                    ("partner_id", "in", partners.ids),
                    ("proposal_id", "not in", self.ids),
                    ("proposal_id.state", "in", ("accepted", "applied")),
                    ("proposal_id.decided_by_id", "=", self.env.uid),
                    ("proposal_id.decided_at", ">=", start),
                ]
            )
        )
        free = rows.filtered(lambda one: one.proposal_id.approval_state != "approved")
        return sum(abs(row.company_amount) for row in free)

    def _drop_requests(self):
        """Requests of proposals that are not accepted any more are withdrawn."""
        # sudo: rows of the mixin, withdrawn with what they were about
        open_ = self.sudo().release_ids.filtered(lambda one: one.state == "requested")
        if open_:
            open_._set(state="withdrawn")
            open_._log_step("withdraw")
