from decimal import InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import EngineError
from ..engine.ledger import Allocation, check_allocations
from ..engine.money import to_minor
from ..identity import ar_identity_required
from .ar_allocation import ReceiptAllocation
from .engine_messages import user_error

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"


class ArMatchProposal(models.Model):
    """Who may do what with a proposal: review (clerk), apply and undo (accountant)."""

    _inherit = "ar.match.proposal"

    # -- review: accept, reject, take back ------------------------------------------------

    def action_accept(self):
        """The proposal is right; an accountant may apply it."""
        self._check_reviewer()
        self._decide("proposed", "accepted")

    def action_reject(self):
        """The proposal is wrong; the matcher will not repeat it for this receipt."""
        self._check_reviewer()
        self._decide(("proposed", "accepted"), "rejected")

    def action_reset(self):
        """Take an acceptance back; nothing has been booked yet."""
        self._check_reviewer()
        self._decide("accepted", "proposed", by_nobody=True)

    def action_toggle_advance(self):
        """Keep the remainder as unapplied cash of the customer, or leave it on suspense."""
        self._check_reviewer()
        for proposal in self._in_state(("proposed", "accepted")):
            # sudo: nobody has the right to write proposals; the reviewer was checked
            proposal.sudo().keep_as_advance = not proposal.keep_as_advance

    def _check_reviewer(self):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only AR clerks may review proposals."))
        self.check_access("read")

    def _check_accountant(self):
        if not self.env.user.has_group(_ACCOUNTANT):
            raise AccessError(
                self.env._("Only AR accountants may apply receipts or undo that.")
            )
        self.check_access("read")

    def _in_state(self, states):
        """Those of the selection that are in ``states``; an error when none is."""
        states = (states,) if isinstance(states, str) else states
        found = self.filtered(lambda proposal: proposal.state in states)
        if not found:
            raise UserError(
                self.env._(
                    "Nothing to do: the proposals have been decided, applied or replaced "
                    "in the meantime. Refresh the screen."
                )
            )
        return found

    def _decide(self, states, state, by_nobody=False):
        decided = self._in_state(states)
        # sudo: nobody has the right to write proposals; the reviewer was checked
        decided.sudo().write(
            {
                "state": state,
                "decided_by_id": False if by_nobody else self.env.uid,
                "decided_at": False if by_nobody else fields.Datetime.now(),
            }
        )

    # -- choose other items, by hand ------------------------------------------------------

    @api.model
    def set_allocations(self, statement_line_id, parts, keep_as_advance=False):
        """Accept what the user chose for a receipt, in place of what was proposed.

        :param parts: list of pairs (receivable journal item id, amount)
        :return: id of the accepted proposal
        """
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        receipt, allocations, items = self._load_choice(line, parts)
        old = self.search(
            [
                ("statement_line_id", "=", line.id),
                ("state", "in", ("proposed", "accepted")),
            ]
        )
        if old._pays(allocations, receipt.digits):
            if old.state == "proposed":
                old._decide("proposed", "accepted")
            chosen = old
        else:
            if old:
                old._decide(("proposed", "accepted"), "rejected")
                old.flush_recordset(["state"])  # one live proposal per bank line
            chosen = self._create_by_hand(receipt, allocations, items)
        # sudo: nobody has the right to write proposals; the reviewer was checked
        chosen.sudo().keep_as_advance = bool(keep_as_advance)
        return chosen.id

    def _load_choice(self, line, parts):
        """The receipt, the allocations and the open items they pay, all checked."""
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(
            ledger._receipt_domain(line.company_id.ids, line_ids=line.ids)
        )
        if not receipts or not parts:
            raise UserError(
                self.env._(
                    "Choose at least one item for a bank line that is still open."
                )
            )
        receipt = receipts[0]
        allocations = [
            Allocation(receipt.line_id, item_id, self._read_amount(amount, receipt))
            for item_id, amount in parts
        ]
        items = ledger._open_items(
            max(fields.Date.context_today(self), receipt.date),
            company_ids=line.company_id.ids,
            line_ids=[part.item_line_id for part in allocations],
            currency_ids=[receipt.currency_id],
        )
        items = [item for item in items if not item.is_advance]
        try:
            check_allocations([receipt], items, allocations)
        except EngineError as error:
            raise user_error(self.env, error) from error
        return receipt, allocations, {item.line_id: item for item in items}

    def _read_amount(self, amount, receipt):
        try:
            return to_minor(amount, receipt.digits)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise UserError(
                self.env._("“%(value)s” is not an amount.", value=amount)
            ) from error

    def _pays(self, allocations, digits):
        """Does this proposal pay exactly ``allocations``?"""
        mine = {
            (one.item_line_id.id, to_minor(one.amount, digits))
            for one in self.allocation_ids
        }
        return mine == {(one.item_line_id, one.amount) for one in allocations}

    def _create_by_hand(self, receipt, allocations, items):
        open_amounts = [items[one.item_line_id].residual for one in allocations]
        manual = {
            "code": "manual",
            "points": 100,
            "params": {"user": self.env.user.name},
        }
        vals = {
            **self._allocation_vals(receipt, allocations, open_amounts),
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
        return self.sudo().create(vals)

    # -- apply ----------------------------------------------------------------------------

    def action_apply(self):
        """Book the accepted proposals of the selection and say what came of it."""
        self._check_accountant()
        runs = self._in_state("accepted")._start_allocation_runs()
        if any(run.run_state == "running" for run in runs):
            return self._notify(
                self.env._("The receipts are being applied in the background."), "info"
            )
        refused = runs.proposal_ids.filtered(lambda one: one.run_state == "error")
        done = len(runs.proposal_ids) - len(refused)
        if refused:
            reasons = "\n".join(
                f"{one.display_name}: {one.run_error}" for one in refused[:5]
            )
            message = self.env._(
                "%(done)s applied, %(refused)s not:\n%(reasons)s",
                done=done,
                refused=len(refused),
                reasons=reasons,
            )
            return self._notify(message, "warning")
        return self._notify(self.env._("%(done)s applied.", done=done), "success")

    def _start_allocation_runs(self):
        """One run per company, as a record of who applied what; small ones are done now."""
        runs = self.env["ar.allocation.run"]
        for company, proposals in self.grouped("company_id").items():
            # sudo: nobody has the right to write runs or proposals; accountant checked
            run = runs.sudo().create({"company_id": company.id}).sudo(False)
            # sudo: as above
            proposals.sudo().write(
                {"allocation_run_id": run.id, "run_state": "todo", "run_error": False}
            )
            run._start_run()
            runs |= run
        return runs

    def _apply_accepted(self):
        """Apply a chunk; proposal -> reason for those that were refused."""
        accepted = self.filtered(lambda proposal: proposal.state == "accepted")
        refusals = self.env["ar.allocation"]._apply(
            [proposal._receipt_allocation() for proposal in accepted]
        )
        refused = {
            proposal: refusals[proposal.statement_line_id.id]
            for proposal in accepted
            if proposal.statement_line_id.id in refusals
        }
        # sudo: nobody has the right to write proposals; ar.allocation checked the user
        applied = accepted.filtered(lambda one: one not in refused).sudo()
        applied.write({"state": "applied"})
        self.env["ar.payer.alias"]._learn(applied)
        for proposal, refusal in refused.items():
            if refusal.is_stale:
                # sudo: as above
                proposal.sudo().write(
                    {"state": "stale", "stale_reason": refusal.reason}
                )
        # sudo: as above; decided otherwise since the run was started
        (self - accepted).sudo().write({"run_state": "skipped"})
        return {proposal: refusal.reason for proposal, refusal in refused.items()}

    def _receipt_allocation(self):
        digits = self.currency_id.decimal_places
        return ReceiptAllocation(
            self.statement_line_id.id,
            tuple(
                (one.item_line_id.id, to_minor(one.amount, digits))
                for one in self.allocation_ids
            ),
            self.keep_as_advance,
        )

    # -- undo -----------------------------------------------------------------------------

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Put the bank lines back on suspense; everything applied on them is undone."""
        self._check_accountant()
        lines = self._in_state("applied").statement_line_id
        applied = self.search(
            [("statement_line_id", "in", lines.ids), ("state", "=", "applied")]
        )
        refused = self.env["ar.allocation"]._undo(
            {
                line.id: proposals.allocation_ids.item_line_id.ids
                for line, proposals in applied.grouped("statement_line_id").items()
            }
        )
        undone = applied.filtered(lambda one: one.statement_line_id.id not in refused)
        # sudo: nobody has the right to write proposals; the accountant was checked
        undone.sudo().write({"state": "undone"})
        self.env["ar.payer.alias"]._unlearn(undone)
        if refused:
            reasons = "\n".join(
                sorted({refusal.reason for refusal in refused.values()})
            )
            return self._notify(reasons, "warning")
        return self._notify(
            self.env._("%(count)s undone.", count=len(undone)), "success"
        )

    # -- around ---------------------------------------------------------------------------

    def action_match_again(self):
        """Run the matcher for the bank lines of these proposals."""
        self._check_reviewer()
        self.env["ar.match.run"]._match_lines(
            self.statement_line_id, fields.Date.context_today(self)
        )

    def action_open_bank_line(self):
        """The journal entry of the bank line."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.statement_line_id.move_id.id,
            "view_mode": "form",
        }

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "sticky": kind == "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
