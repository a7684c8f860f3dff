from collections import defaultdict
from dataclasses import dataclass, field

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.approval import request_state
from ..engine.errors import EngineError
from .customer_change_submit import EXPLAINED, REQUESTED
from .engine_messages import user_error

VOTES = {"change.approve": "approved", "change.reject": "rejected"}


@dataclass
class Proof:
    """What the audit log says of a request, and what its lines are now."""

    asked: str | None = None  # fingerprint of the lines when they were asked for
    found: str | None = None  # … and of the lines as they are
    seen: str | None = None  # … of request, reason and documents when they were given
    votes: set = field(default_factory=set)  # (line, user, verdict)


class CustomerChangeRequest(models.Model):
    """How requests are decided: first what speaks against it, then votes, then effects.

    Each step is one statement, or one per company or outcome, however many requests
    there are.
    """

    _inherit = "customer.change.request"

    def _decide(self, verdicts, reason="", seen_hash=None):
        """Record this user's votes {line id: approved/rejected} on one request."""
        self.ensure_one()
        for error in self._decide_all(
            {self.id: (verdicts, seen_hash)}, reason
        ).values():
            raise error

    def _decide_all(self, ballots, reason=""):
        """Record this user's votes {request id: ({line id: verdict}, hash he has seen)}.

        Decision and application are one transaction. Values that were changed in the
        meantime are not overwritten: their lines are marked as overtaken. Returns
        {request id: error} of what was refused; it stops no other.
        """
        self.check_access("read")
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: votes and results are written here and nowhere else
        requests = self.sudo()
        errors = requests._objections(user, ballots, reason)
        fine = requests.filtered(lambda request: request.id not in errors)
        return errors | fine._execute(user, ballots, reason)

    # -- what speaks against it -----------------------------------------------------------

    def _objections(self, user, ballots, reason):
        """{request id: error} of the requests on which this ballot cannot be cast."""
        locked = self._lock()
        proofs = self._proofs()
        panels = self.line_ids._panels()
        errors = {}
        for request in self:
            verdicts, seen = ballots[request.id]
            try:
                request._check_pending()
                request._check_locked(locked)
                request._check_integrity(proofs[request.id], seen)
                request._check_ballot(verdicts, reason)
                request._chosen(verdicts)._check_voter(user, panels)
            except EngineError as error:
                errors[request.id] = user_error(self.env, error)
            except UserError as error:
                errors[request.id] = error
        return errors

    def _chosen(self, verdicts):
        return self.line_ids.filtered(lambda line: line.id in verdicts)

    def _check_ballot(self, verdicts, reason):
        if not verdicts or set(verdicts) - set(self.line_ids.ids):
            raise UserError(self.env._("There is nothing to decide."))
        if "rejected" in verdicts.values() and not (reason or "").strip():
            raise UserError(self.env._("Say why you reject the change."))
        if "approved" in verdicts.values() and not self.is_complete:
            raise UserError(
                self.env._(
                    "%(request)s is not complete: its maker has to add %(missing)s.",
                    request=self.display_name,
                    missing=self.missing_text,
                )
            )

    def _proofs(self):
        """{request id: what the audit log says of it}, to be compared with its rows."""
        entries = self.env["customer.audit.entry"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("event", "in", [REQUESTED, EXPLAINED, *VOTES]),
            ],
            order="id desc",
        )
        proofs = {id_: Proof() for id_ in self.ids}
        for entry in entries:
            proof, payload = proofs[entry.res_id], entry.payload or {}
            if entry.event == REQUESTED:
                proof.asked = payload.get("hash")
            elif entry.event == EXPLAINED:
                proof.seen = proof.seen or payload.get("seen")  # the newest counts
            else:
                proof.votes |= {
                    (line_id, entry.user_id.id, VOTES[entry.event])
                    for line_id in payload.get("lines", ())
                }
        lines = defaultdict(list)
        names = ["request_id", "field_name", "bank_id", "old_json", "new_json"]
        for line in self.line_ids.read(names):
            line["bank_id"] = line["bank_id"] and line["bank_id"][0]
            lines[line["request_id"][0]].append(line)
        for request in self:
            found = request._hash(request._parties(), lines[request.id])
            proofs[request.id].found = found
        return proofs

    def _parties(self):
        return {
            name: self[name].id for name in ("partner_id", "company_id", "maker_id")
        }

    def _check_integrity(self, proof, seen):
        """What is decided is what was asked for, and what the approver has seen.

        Neither the request nor its documents nor anybody's vote came in or went by
        another door.
        """
        whole = self._seen_hash()
        given = self.reason or self.evidence_ids
        votes = {
            (vote.line_id.id, vote.user_id.id, vote.verdict)
            for vote in self.decision_ids
        }
        if (
            not proof.found == self.payload_hash == proof.asked
            or proof.seen != (whole if given else None)
            or (seen and seen != whole)
            or votes != proof.votes
            or not self.evidence_ids._is_intact()
        ):
            raise UserError(
                self.env._(
                    "%(request)s is not what was asked for. It cannot be decided; "
                    "please tell the auditor.",
                    request=self.display_name,
                )
            )

    # -- votes and effects ----------------------------------------------------------------

    def _execute(self, user, ballots, reason):
        """Vote and apply; what a customer's own rules refuse is taken back and told."""
        if not self:
            return {}
        try:
            with self.env.cr.savepoint():
                self._mark_overtaken()
                self._cast(user, ballots, reason)
                self._conclude(user)
        except UserError as error:
            if len(self) == 1:
                return {self.id: error}
            # one of many is refused: find out which, one by one
            errors = {}
            for request in self:
                errors |= request._execute(user, ballots, reason)
            return errors
        return {}

    def _mark_overtaken(self):
        """Lines whose record no longer has the old value."""
        open_lines = self.line_ids.filtered(
            lambda line: line.state in ("pending", "approved")
        )
        open_lines._overtaken()._set(state="stale")

    def _cast(self, user, ballots, reason):
        verdicts = {}
        for request in self:
            verdicts |= ballots[request.id][0]
        lines = self.line_ids.filtered(
            lambda line: line.id in verdicts and line.state == "pending"
        )
        lines._vote(user, verdicts, reason)

    def _conclude(self, user):
        """Apply and close where no line is open any more."""
        by_state = self.grouped(lambda r: request_state(r.line_ids.mapped("state")))
        by_state.pop("pending", None)
        closing = self.browse().concat(*by_state.values())
        closing.line_ids.filtered(lambda line: line.state == "approved")._apply()
        for state, requests in by_state.items():
            checker = None if state == "stale" else user
            requests._close(state, f"change.{state}", checker)

    def _close(self, state, event, checker=None):
        """The end of these requests, as all their readers learn of it."""
        if not self:
            return
        vals = {"state": state}
        if checker:
            vals |= {"checker_id": checker.id, "decided_at": fields.Datetime.now()}
        self._set(**vals)
        self._log(
            event,
            {
                request.id: {
                    "customer": request.partner_id.id,
                    "maker": request.maker_id.id,
                    "lines": {line.field_name: line.state for line in request.line_ids},
                }
                for request in self
            },
        )
        if state != "approved":
            new = self.filtered(lambda request: request.kind == "approval")
            new.partner_id._ar_set_approval("entered")
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        self._note(
            {
                request: self.env._(
                    "Change request %(state)s: %(what)s",
                    state=label,
                    what=request.summary,
                )
                for request in self
            }
        )
        self._tell_closed(state)

    # -- merges ---------------------------------------------------------------------------

    def _check_merge(self, partners):
        """A merge would hand accounts over without anybody's approval."""
        if self.env["res.partner.bank"]._ar_bank_guards() and partners.bank_ids:
            raise UserError(
                self.env._(
                    "A customer with bank accounts cannot be merged into another while "
                    "bank accounts are guarded. Archive the accounts first."
                )
            )

    def _ar_merge_partners(self, source_ids, target_id):
        """Requests about a customer that vanishes are void."""
        self.search(
            [("state", "=", "pending"), ("partner_id", "in", source_ids)]
        )._close("stale", "change.stale")
