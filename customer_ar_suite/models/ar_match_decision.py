from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.money import to_minor
from ..identity import ar_identity_required
from .ar_allocation import ReceiptAllocation, Refusal

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
        if state == "accepted":
            decided._ask_for_approval()
        else:
            decided._drop_requests()

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
        refused = accepted._waiting_refusals()
        ready = accepted.filtered(lambda one: one not in refused)
        refused |= ready._book()
        # sudo: nobody has the right to write proposals; ar.allocation checked the user
        applied = accepted.filtered(lambda one: one not in refused).sudo()
        applied.write({"state": "applied"})
        self.env["ar.payer.alias"]._learn(
            applied.filtered(lambda one: one.kind == "receipt")
        )
        self.env["ar.refund"]._settle_with(
            applied.filtered(lambda one: one.kind == "refund")
        )
        for proposal, refusal in refused.items():
            if refusal.is_stale:
                # sudo: as above
                proposal.sudo().write(
                    {"state": "stale", "stale_reason": refusal.reason}
                )
        # sudo: as above; decided otherwise since the run was started
        (self - accepted).sudo().write({"run_state": "skipped"})
        return {proposal: refusal.reason for proposal, refusal in refused.items()}

    def _book(self):
        """Write the allocations into the books; proposal -> why it was refused."""
        allocation = self.env["ar.allocation"]
        returns = self.filtered(lambda one: one.kind == "return")
        refusals = {}
        if others := self - returns:
            refusals |= allocation._apply([one._receipt_allocation() for one in others])
        if returns:
            refusals |= allocation._apply_returns(
                [one._return_allocation() for one in returns]
            )
        return {
            proposal: refusals[proposal.statement_line_id.id]
            for proposal in self
            if proposal.statement_line_id.id in refusals
        }

    def _waiting_refusals(self):
        """Those not posted yet, and those whose adjustments nobody has approved yet."""
        staged = self.env._(
            "This receipt is posted, and applied, when its bank file is confirmed."
        )
        unapproved = self.env._("The adjustments of this receipt wait for approval.")
        return {
            one: Refusal(
                unapproved if one.statement_line_id else staged, is_stale=False
            )
            for one in self
            if not one.statement_line_id
            or one.approval_state in ("requested", "rejected")
        }

    def _receipt_allocation(self):
        digits = self.currency_id.decimal_places
        return ReceiptAllocation(
            self.statement_line_id.id,
            tuple(
                (
                    one.item_line_id.id,
                    to_minor(one.amount, one.currency_id.decimal_places),
                )
                for one in self.allocation_ids
            ),
            self.keep_as_advance,
            tuple(one._deduction() for one in self.adjustment_ids),
            tuple(
                (one.item_line_id.id, to_minor(one.paid_amount, digits))
                for one in self.allocation_ids
                if one.currency_id != self.currency_id
            ),
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
        returns = applied.filtered(lambda one: one.kind == "return")
        refused = self.env["ar.allocation"]._undo(
            {
                line.id: proposals.allocation_ids.item_line_id.ids
                for line, proposals in (applied - returns)
                .grouped("statement_line_id")
                .items()
            }
        )
        refused |= self.env["ar.allocation"]._undo_returns(
            [one._return_allocation() for one in returns]
        )
        undone = applied.filtered(lambda one: one.statement_line_id.id not in refused)
        # sudo: nobody has the right to write proposals; the accountant was checked
        undone.sudo().write({"state": "undone"})
        self.env["ar.payer.alias"]._unlearn(undone)
        self.env["ar.refund"]._settle_with(
            undone.filtered(lambda one: one.kind == "refund")
        )
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
        today = fields.Date.context_today(self)
        runs = self.env["ar.match.run"]
        # the proposals themselves are replaced
        lines, files = self.statement_line_id, self.import_line_id.import_id
        runs._match_lines(lines, today)
        runs._match_staged(files, today)

    def action_open_bank_line(self):
        """The journal entry of the bank line; the bank file of one that is not posted."""
        self.check_access("read")
        self.ensure_one()
        if self.import_line_id:
            return self.import_line_id.import_id._action_open()
        return self.statement_line_id.move_id._get_records_action(context={})

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
