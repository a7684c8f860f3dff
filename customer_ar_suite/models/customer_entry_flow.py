from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.masking import mask
from .customer_entry import CLERK, LIKE, ORDER, REVIEWER


class CustomerEntry(models.Model):
    """The steps of an entry: what each of them asks for, and how it is left."""

    _inherit = "customer.entry"

    # -- what is missing ------------------------------------------------------------------

    @api.depends("state", "item_ids.is_done", "document_ids", "partner_id", "name")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        for entry in self:
            entry.missing_text = "\n".join(entry._missing())

    @api.depends("state", *LIKE, "country_id", "bank_account")
    @api.depends_context("lang")
    def _compute_warning_text(self):
        for entry in self:
            texts = entry._rule_texts(blocking=False) if entry.is_draft else []
            entry.warning_text = "\n".join(texts)

    def _rule_texts(self, blocking):
        """What the rules on customers say of the values: what stops, or what only warns."""
        rules = self.env["customer.validation.rule"]
        vals = self._customer_values()
        vals.pop("child_ids", None)
        found = list(rules._ar_check_values([vals], self.company_id)[0])
        if self.bank_account:
            account = {"acc_number": self.bank_account}
            found += rules._ar_check_values([account], self.company_id, "bank")[0]
        return rules._ar_finding_texts([one for one in found if one.blocks == blocking])

    def _missing(self):
        """What the step at hand still asks for, as sentences."""
        self.ensure_one()
        found = [
            *self._missing_of_step(),
            *(item.label for item in self.item_ids if item._is_missing(self.state)),
        ]
        return [text for text in found if text]

    def _missing_of_step(self):
        if self.state == "prepare":
            if not (self.name or "").strip():
                yield self.env._("The legal name of the customer")
            # sudo: whether a document is needed is said to who works on the entry
            if self.sudo().checklist_id.needs_document and not self.document_ids:
                yield self.env._(
                    "A source document: licence, contract or invoicing data"
                )
        if self.state in ("verify", "enter") and self.is_draft:
            yield from self._rule_texts(blocking=True)
        if self.state == "enter" and not self.partner_id:
            yield self.env._("The customer itself: create it from these values")
        if self.state == "review" and self._approval() != "approved":
            yield self.env._("The approval of a second person")

    def _approval(self):
        # sudo: the state of its approval is known to who sees the entry
        return self.sudo().partner_id.ar_approval_state

    # -- forward --------------------------------------------------------------------------

    def action_next(self):
        """Leave the step at hand; says what is missing."""
        self.check_access("write")
        for entry in self:
            entry._check_worker()
            entry._lock_step()
            if missing := entry._missing():
                raise UserError(
                    self.env._(
                        "%(step)s is not complete:\n%(missing)s",
                        step=entry._step_label(),
                        missing="\n".join(f"– {text}" for text in missing),
                    )
                )
            entry._leave("done")
        return True

    def _check_worker(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(
                self.env._("Only who enters customers takes these steps.")
            )
        if self.state not in ORDER:
            raise UserError(self.env._("This entry is finished."))

    def _lock_step(self):
        """Two who press the button at the same moment take one step, not two."""
        state = self.state
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            raise UserError(
                self.env._("Somebody else has just taken this step. Look again.")
            )

    def _leave(self, outcome, reason=False):
        """On to the next step, whatever it brings."""
        follower = dict(zip(ORDER, [*ORDER[1:], "done"], strict=True))[self.state]
        if self.state == "file":
            self._file()
        self._move(follower, outcome, reason)
        if follower == "review":
            self._ask_review()

    def _move(self, state, outcome, reason=False):
        """The one door between steps; each is noted with its duration."""
        # sudo: the steps are written here and nowhere else; the callers check who asks
        entry, steps = self.sudo(), self.env["customer.entry.step"].sudo()
        before = self.state
        steps._end(entry, self.env.user, outcome, reason)
        entry._set(state=state, step_since=fields.Datetime.now())
        steps._start(entry)
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            f"entry.{outcome}",
            self,
            {"from": before, "to": state, **({"reason": reason} if reason else {})},
        )
        if reason:
            entry._message_log(body=f"{self._step_label(before)}: {reason}")

    def _step_label(self, state=None):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[state or self.state]

    # -- aside and back -------------------------------------------------------------------

    def action_skip(self):
        """Ask for the reason why this step is left out."""
        self.ensure_one()
        self.check_access("read")
        self._check_skip()
        return self.env["customer.entry.skip"]._open(self, "skip")

    def action_back(self):
        """Ask for the reason why the entry goes back a step."""
        self.ensure_one()
        self.check_access("write")
        self._check_back()
        return self.env["customer.entry.skip"]._open(self, "back")

    def action_give_up(self):
        """Ask for the reason why nothing comes of this customer."""
        self.ensure_one()
        self.check_access("write")
        self._check_worker()
        return self.env["customer.entry.skip"]._open(self, "cancel")

    def _check_skip(self):
        if not self.may_skip:
            raise AccessError(
                self.env._(
                    "This step is not skipped: the checklist names who may, and the "
                    "review of a company that approves its customers is always made."
                )
            )

    def _check_back(self):
        self._check_worker()
        if self.state not in ("verify", "enter"):
            raise UserError(
                self.env._(
                    "There is no way back from here: under review the reviewer decides."
                )
            )

    def _leave_with_reason(self, action, reason):
        """What the dialog asks for, once the reason is known."""
        self.ensure_one()
        self.check_access("read")
        self._lock_step()
        if action == "skip":
            self._check_skip()
            self._skip(reason)
            return
        self.check_access("write")
        if action == "back":
            self._check_back()
            before = ORDER[ORDER.index(self.state) - 1]
            self._move(before, "returned", reason)
            return
        self._check_worker()
        self._give_up(reason)

    def _skip(self, reason):
        if self.state == "enter" and not self.partner_id:
            raise UserError(
                self.env._("Without a customer there is nothing to go on with.")
            )
        self._leave("skipped", reason)

    def _give_up(self, reason):
        """Nothing comes of it: an unapproved customer is left to those who merge or close."""
        self._move("cancelled", "cancelled", reason)
        # sudo: the request of this entry, which nobody shall decide any more
        pending = self.sudo().request_id.filtered(lambda one: one.state == "pending")
        pending._close("cancelled", "change.cancel")
        # sudo: values of a person that is no customer are not kept
        self.sudo()._forget_values()

    # -- review ---------------------------------------------------------------------------

    def _ask_review(self):
        """The approval of new customers, whether or not the company demands it of all."""
        partner = self.partner_id
        # sudo: the policies are no business of the maker
        policies = self.env["customer.change.policy"].sudo()
        guards = policies._approval_guards() or policies._approval_by_default()
        if not self._reviewers(guards):
            raise UserError(
                self.env._(
                    "Nobody can review this customer: give the role Customer Reviewer to "
                    "somebody who has not worked on it."
                )
            )
        if self._approval() == "approved":
            # somebody has approved it on its card meanwhile
            self._move("file", "done")
            return
        if self._approval() == "review":
            # … or was asked to
            requests = partner._ar_pending_approvals()
        else:
            requests = partner._ar_request_approval(guards)
        # sudo: the request is linked by this step
        self.sudo()._set(request_id=requests[:1].id)
        if requests.maker_id != self.env.user:
            return
        files = [
            (one.name, one._content()) for one in self.document_ids if one._content()
        ]
        if files or self.note:
            requests._explain(self.note or "", files)

    def _reviewers(self, guards):
        # sudo: whether there is anybody, not who
        policies = self.env["customer.change.policy"].sudo()
        policies = policies.browse({guard.policy_id for guard in guards})
        # sudo: the clerk sees his own companies only
        company, users = self.sudo().company_id, self._workers().browse()
        for policy in policies:
            users |= policy._current_approvers()
        return (
            users.filtered(lambda user: company in user.company_ids) - self._workers()
        )

    def _workers(self):
        """Everybody who had a hand in the entry; none of them reviews it."""
        # sudo: who worked on it, to keep them from deciding
        entry = self.sudo()
        steps = entry.step_ids.filtered(lambda one: one.step != "review")
        items = entry.item_ids.filtered(lambda one: one.step != "review")
        documents = entry.with_context(active_test=False).document_ids
        return (
            entry.maker_id | steps.user_id | items.done_by_id | documents.create_uid
        ).filtered(lambda user: user._is_internal())

    def _check_reviewer(self):
        if not self.env.user.has_group(REVIEWER) or self.env.user in self._workers():
            raise AccessError(
                self.env._(
                    "The review is for a customer reviewer who has not worked on this "
                    "entry."
                )
            )

    def action_view_request(self):
        """The request on which the reviewer decides."""
        self.ensure_one()
        self.check_access("read")
        return self.request_id._get_records_action(context={})

    def _reviewed(self, state, user, reason=False):
        """The request was decided: on to filing, or back to data entry."""
        for entry in self.filtered(lambda one: one.state == "review"):
            mover = entry.with_user(user) if user else entry
            if state == "approved":
                mover._move("file", "done")
            else:
                mover._move("enter", "returned", reason)

    # -- filing ---------------------------------------------------------------------------

    def _file(self):
        """Documents are proven to be those that were given, and the entry is closed."""
        # sudo: fingerprints are compared; values that are the customer's now are masked
        entry = self.sudo()
        for document in entry.document_ids:
            if not document._is_intact():
                raise UserError(
                    self.env._(
                        "%(document)s is not the file that was given. Please tell the "
                        "auditor.",
                        document=document.name,
                    )
                )
        entry._set(
            filed_at=fields.Datetime.now(),
            filed_by_id=self.env.uid,
            bank_account=mask(entry.bank_account, 4) if entry.bank_account else False,
        )
        # sudo: a customer that still has no number gets it at the latest now
        entry.partner_id._ar_give_numbers(("created", "approved"))
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            "entry.file",
            self,
            {
                "customer": entry.partner_id.id,
                "documents": {one.name: one.sha256 for one in entry.document_ids},
            },
        )


class CustomerEntryItem(models.Model):
    _inherit = "customer.entry.item"

    def _is_missing(self, state):
        """Mandatory, of this step, and not ticked; a field only where it has a value."""
        if self.step != state or not self.is_required or self.is_done:
            return False
        return self.kind == "task" or bool(self.value) or self.field_code == "name"
