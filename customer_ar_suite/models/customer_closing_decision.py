from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.approval import Question, outcome
from ..engine.errors import EngineError
from ..identity import ar_identity_required
from .customer_closing_request import REQUESTED
from .engine_messages import user_error

VOTES = {"closing.approve": "approved", "closing.reject": "rejected"}


class CustomerClosingRequest(models.Model):
    """Who may decide on a closing request, and on what exactly he decides."""

    _inherit = "customer.closing.request"

    @ar_identity_required("closing_approve", "company_id")
    def action_approve(self):
        """Approve; one refusal among many stops no other."""
        self.check_access("read")
        if len(self) == 1:
            self._approve()
            return True
        refused = [
            f"{request.display_name}: {error}"
            for request in self
            if (error := request._attempt())
        ]
        return self._notify(len(self) - len(refused), refused)

    def _attempt(self):
        """Decide on one of many: the error as a sentence, or False."""
        try:
            with self.env.cr.savepoint():
                self._approve()
        except EngineError as error:
            return str(user_error(self.env, error))
        except UserError as error:
            return str(error)
        return False

    def _notify(self, count, refused):
        done = self.env._("%(count)s requests approved.", count=count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": "\n".join([done, *refused]),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_reject(self):
        """Ask for the reason of the rejection."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "customer.closing.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def _approve(self):
        """One more says yes; with the last one, what is due today is done at once."""
        user, request = self._about_to_decide()
        request._check_unchanged()
        request._vote(user, "approved")
        request._log("closing.approve", {"hash": request.payload_hash})
        if not request._is_agreed():
            return
        request._set(
            state="approved", checker_id=user.id, decided_at=fields.Datetime.now()
        )
        if (request.planned_date or fields.Date.context_today(self)) <= (
            fields.Date.context_today(self)
        ):
            request._execute()
        else:
            request._check_stops(request._counts(surely=True)[request])
            request.activity_unlink(["mail.mail_activity_data_todo"])

    def _reject(self, reason):
        user, request = self._about_to_decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why you reject the request."))
        request._vote(user, "rejected", reason)
        request._set(
            checker_id=user.id,
            decided_at=fields.Datetime.now(),
            reject_reason=reason,
        )
        request._close_request("rejected", "closing.reject", {"reason": reason})

    def _about_to_decide(self):
        """(who decides, the request as the steps see it), after all checks of persons."""
        self.ensure_one()
        self.check_access("read")
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: decisions are written here and nowhere else
        request = self.sudo()
        request._lock("requested")
        request._check_integrity()
        if error := request._refusal(user):
            raise user_error(self.env, error)
        return user, request

    def _refusal(self, user):
        """Why ``user`` may not decide; None if he may. The rules are those of changes."""
        question = Question(
            # of the users on the list, those who are still entitled: it never grows
            approvers=frozenset((self.approver_ids & self._panel()).ids),
            deputies=frozenset((self.deputy_ids & self._deputies()).ids),
            deputies_from=self.deputies_from or self.expires_on,
            expires_on=self.expires_on,
            makers=(self.maker_id | self.create_uid)._ar_persons(),
            voters=self.vote_ids.user_id._ar_persons(),
        )
        return user._ar_vote_refusal(question, fields.Date.context_today(self))

    def _is_agreed(self):
        """Have as many people approved as it takes, and nobody rejected?"""
        return outcome(self.needed, self.vote_ids.mapped("verdict")) == "approved"

    def _check_integrity(self):
        """What is decided is what was asked for, and nobody's vote was forged or lost."""
        entries = self.env["customer.audit.entry"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("event", "in", [REQUESTED, *VOTES]),
            ],
            order="id",
        )
        asked = entries.filtered(lambda entry: entry.event == REQUESTED)[:1]
        votes = {
            (entry.user_id.id, VOTES[entry.event])
            for entry in entries
            if entry.event in VOTES
        }
        recorded = (asked.payload or {}).get("hash")
        if (
            not (self._hash() == self.payload_hash == recorded)
            or self._votes() != votes
            or (self.state == "approved" and not self._is_agreed())
        ):
            raise UserError(
                self.env._(
                    "%(request)s is not what was asked for. It cannot be decided; "
                    "please tell the auditor.",
                    request=self.display_name,
                )
            )

    def _check_unchanged(self):
        """The customer is still the one that was meant."""
        now = self._identity(self.partner_id)
        if any((self[name] or "") != (value or "") for name, value in now.items()):
            raise UserError(
                self.env._(
                    "The name, number or tax ID of %(customer)s has been changed since "
                    "this was requested. Withdraw the request and make it again.",
                    customer=self.customer_name,
                )
            )
