from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.approval import payload_hash
from .customer_change_policy import APPROVAL

REQUESTED = "change.request"
EXPLAINED = "change.explain"


class CustomerChangeRequest(models.Model):
    """How requests are made, and what their maker may still add: reason and documents."""

    _inherit = "customer.change.request"

    @api.model
    def _submit(self, entries):
        """Requests for [(customer, [HeldChange])], but for those asked for already.

        The caller has checked that the user may write what he asks for.
        """
        panels = {}  # approvers by policy and company, asked once however many requests
        prepared = [
            self._prepare(partner, changes, panels) for partner, changes in entries
        ]
        # sudo: nobody has the right to make requests by hand; this is the one place. Of the
        # context only the language is kept: defaults of a client do not reach a request
        model = self.with_env(self.env(su=True, context={"lang": self.env.lang}))
        twins = model.search(
            [
                ("state", "=", "pending"),
                ("maker_id", "=", self.env.uid),
                ("payload_hash", "in", [vals["payload_hash"] for vals, _l in prepared]),
            ]
        )
        known = set(twins.mapped("payload_hash"))
        prepared = [pair for pair in prepared if pair[0]["payload_hash"] not in known]
        if not prepared:
            return twins
        for vals, _lines in prepared:
            vals["together_count"] = len(prepared)
        requests = model._insert([vals for vals, _lines in prepared])
        model.env["customer.change.line"]._insert(
            [
                {"request_id": request.id, **line}
                for request, (_vals, lines) in zip(requests, prepared, strict=True)
                for line in lines
            ]
        )
        requests._log_submitted()
        requests._tell_submitted()
        return requests

    @api.model
    def _prepare(self, partner, changes, panels):
        """Values of a request and of its lines."""
        # sudo: the maker need not know the policies
        policies = self.env["customer.change.policy"].sudo()
        policies = policies.browse({change.guard.policy_id for change in changes})
        company = self._company_of(partner, changes, policies)
        lines = []
        for change in changes:
            key = change.guard.policy_id, company
            if key not in panels:
                panels[key] = policies.browse(change.guard.policy_id)._panel(company)
            lines.append(
                {
                    "field_name": change.field,
                    "bank_id": change.bank_id,
                    "old_json": change.old,
                    "new_json": change.new,
                    **panels[key],
                }
            )
        days = min(policies.mapped("expiry_days"))
        whole = any(change.field == APPROVAL for change in changes)
        vals = {
            "kind": "approval" if whole else "change",
            "partner_id": partner.id,
            "company_id": company.id,
            "maker_id": self.env.uid,
            "requested_at": fields.Datetime.now(),
            "expires_on": fields.Date.context_today(self) + timedelta(days=days),
            "needs_reason": any(policies.mapped("needs_reason")),
            "needs_document": any(policies.mapped("needs_document")),
            "with_email": any(policies.mapped("with_email")),
        }
        vals["payload_hash"] = self._hash(vals, lines)
        return vals, lines

    @api.model
    def _company_of(self, partner, changes, policies):
        """Where it is decided: the company whose value changes, else whose policy it is."""
        if any(partner._fields[change.field].company_dependent for change in changes):
            return self.env.company
        return policies.company_id[:1] or self.env.company

    @api.model
    def _hash(self, vals, lines):
        return payload_hash(
            [
                [vals["partner_id"], vals["company_id"], vals["maker_id"]],
                sorted(
                    [
                        [line["field_name"], line["bank_id"] or False]
                        + [line["old_json"], line["new_json"]]
                        for line in lines
                    ],
                    key=str,
                ),
            ]
        )

    def _log_submitted(self):
        self._log(
            REQUESTED,
            {
                request.id: {
                    "customer": request.partner_id.id,
                    "hash": request.payload_hash,
                    "lines": [line._plain() for line in request.line_ids],
                }
                for request in self
            },
        )
        self._note(
            {
                request: self.env._(
                    "Change requested, awaiting approval: %(what)s",
                    what=request.summary,
                )
                for request in self
            }
        )

    # -- reason and documents -------------------------------------------------------------

    def _explain(self, reason, files):
        """The maker's reason and ``files`` [(name, content)], until the first vote.

        The fingerprint of what was given goes to the audit log: what approvers decide on
        is what the maker gave.
        """
        requests = self._lock_own()
        for request in requests:
            if request.decision_ids:
                raise UserError(
                    self.env._(
                        "%(request)s is being decided; reason and documents are frozen.",
                        request=request.display_name,
                    )
                )
        if reason:
            requests._set(reason=reason)
        # sudo: evidence comes in here and nowhere else
        self.env["customer.change.evidence"].sudo()._add(requests, files)
        requests._log(
            EXPLAINED,
            {
                request.id: {
                    "seen": request._seen_hash(),
                    "reason": request.reason or "",
                    "documents": request.evidence_ids.mapped("sha256"),
                }
                for request in requests
            },
        )
        requests._tell_completed()

    def _seen_hash(self):
        """Fingerprint of all that an approver looks at."""
        # sudo: of the documents the fingerprints are compared, nothing is shown
        documents = sorted(self.sudo().evidence_ids.mapped("sha256"))
        return payload_hash([self.payload_hash, self.reason or "", documents])
