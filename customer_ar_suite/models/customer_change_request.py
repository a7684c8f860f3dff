from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.approval import payload_hash, request_state
from ..engine.errors import EngineError
from ..identity import ar_identity_required
from .engine_messages import user_error

MANY = 20  # of more requests at once nobody is reminded one by one
REQUESTED = "change.request"


class CustomerChangeRequest(models.Model):
    """A change of a customer that waits for a second pair of eyes, and what became of it.

    No group may create, write or delete requests, their lines or decisions, and ``create``
    and ``write`` refuse the superuser too: ``_submit``, ``_decide``, ``action_cancel`` and
    the cron are the only doors.
    """

    _name = "customer.change.request"
    _description = "Change Request"
    _inherit = [
        "ar.locked.mixin",
        "ar.partner.rule.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    maker_id = fields.Many2one(
        "res.users",
        string="Requested by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    requested_at = fields.Datetime(string="Requested on", required=True, readonly=True)
    expires_on = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("partly", "Partly Approved"),
            ("rejected", "Rejected"),
            ("stale", "Overtaken"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    checker_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    payload_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    line_ids = fields.One2many("customer.change.line", "request_id", readonly=True)
    decision_ids = fields.One2many(
        "customer.change.decision", "request_id", readonly=True
    )
    summary = fields.Char(string="What", compute="_compute_summary")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_mine = fields.Boolean(compute="_compute_can_decide")

    _checked_by_another = models.Constraint(
        "CHECK (state NOT IN ('approved', 'partly', 'rejected')"
        " OR (checker_id IS NOT NULL AND checker_id <> maker_id))",
        "A change is decided by somebody else than its maker.",
    )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.partner_id.display_name} #{request.id}"

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for request in self:
            labels = request.line_ids.mapped("label")
            request.summary = ", ".join(dict.fromkeys(labels))

    @api.depends("state", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for request in self:
            request.is_mine = request.maker_id == self.env.user
            request.can_decide = request.state == "pending" and any(
                request.line_ids.mapped("can_decide")
            )

    # -- making ---------------------------------------------------------------------------

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
        requests = model._insert([vals for vals, _lines in prepared])
        model.env["customer.change.line"]._insert(
            [
                {"request_id": request.id, **line}
                for request, (_vals, lines) in zip(requests, prepared, strict=True)
                for line in lines
            ]
        )
        requests._log_submitted()
        requests._tell_approvers()
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
        vals = {
            "partner_id": partner.id,
            "company_id": company.id,
            "maker_id": self.env.uid,
            "requested_at": fields.Datetime.now(),
            "expires_on": fields.Date.context_today(self) + timedelta(days=days),
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
        for company, requests in self.grouped("company_id").items():
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                REQUESTED,
                requests,
                None,
                {
                    request.id: {
                        "customer": request.partner_id.id,
                        "hash": request.payload_hash,
                        "lines": [line._plain() for line in request.line_ids],
                    }
                    for request in requests
                },
            )
        notes = {
            request.partner_id.id: self.env._(
                "Change requested, awaiting approval: %(what)s", what=request.summary
            )
            for request in self
        }
        self.partner_id._message_log_batch(notes)

    def _note(self, text):
        self.partner_id._message_log(body=text)

    def _tell_approvers(self):
        """An activity for everybody on the list; of a large file the list is enough."""
        if len(self) > MANY:
            return
        for request in self:
            for user in request.line_ids.approver_ids - request.maker_id:
                request.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=request.expires_on,
                    summary=self.env._("Approve: %(what)s", what=request.summary),
                    user_id=user.id,
                )

    # -- deciding -------------------------------------------------------------------------

    @ar_identity_required("change_approve", "company_id")
    def action_approve(self):
        """Approve whatever of these requests waits for this user."""
        self.check_access("read")
        for request in self:
            lines = request.line_ids.filtered("can_decide") or request.line_ids
            request._decide(dict.fromkeys(lines.ids, "approved"))
        return True

    def action_review(self):
        """Open the dialog that approves or rejects line by line."""
        self.check_access("read")
        return self.env["customer.change.review"]._open(self)

    def action_cancel(self):
        """The maker takes his request back."""
        self.check_access("read")
        for request in self:
            if request.maker_id != self.env.user:
                raise AccessError(
                    self.env._("Only who made a request may take it back.")
                )
        # sudo: the maker's own requests, checked above; nobody may write them by hand
        for request in self.sudo():
            request._lock_pending()
            request._close("cancelled", "change.cancel")
        return True

    def _decide(self, verdicts, reason="", seen_hash=None):
        """Record this user's votes {line id: approved/rejected}; apply what is decided.

        Decision and application are one transaction. Values that were changed in the
        meantime are not overwritten: their lines are marked as overtaken.
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: votes and results are written here and nowhere else
        request = self.sudo()
        request._lock_pending()
        request._check_integrity(seen_hash)
        lines = request.line_ids.filtered(lambda line: line.id in verdicts)
        if not lines or set(verdicts) - set(lines.ids):
            raise UserError(self.env._("There is nothing to decide."))
        if "rejected" in verdicts.values() and not (reason or "").strip():
            raise UserError(self.env._("Say why you reject the change."))
        lines._check_voter(user)
        request._mark_overtaken()
        for line in lines.filtered(lambda line: line.state == "pending"):
            line._vote(user, verdicts[line.id], reason)
        request._conclude(user)

    def _lock_pending(self):
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "%(request)s has been decided or withdrawn already.",
                    request=self.display_name,
                )
            )

    def _check_integrity(self, seen_hash):
        """What is decided is what was asked for, and what the approver has seen."""
        self.line_ids.invalidate_recordset()
        lines = self.line_ids.read(["field_name", "bank_id", "old_json", "new_json"])
        for line in lines:
            line["bank_id"] = line["bank_id"] and line["bank_id"][0]
        current = self._hash(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "maker_id": self.maker_id.id,
            },
            lines,
        )
        entry = self.env["customer.audit.entry"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("event", "=", REQUESTED),
            ],
            order="id",
            limit=1,
        )
        recorded = (entry.payload or {}).get("hash")
        if not (current == self.payload_hash == recorded) or (
            seen_hash and seen_hash != current
        ):
            raise UserError(
                self.env._(
                    "%(request)s is not what was asked for. It cannot be decided; "
                    "please tell the auditor.",
                    request=self.display_name,
                )
            )

    def _mark_overtaken(self):
        """Lines whose record no longer has the old value."""
        for line in self.line_ids:
            if (
                line.state in ("pending", "approved")
                and line._current() != line.old_json
            ):
                line._set(state="stale")

    def _conclude(self, user):
        """Apply and close when no line is open any more."""
        state = request_state(self.line_ids.mapped("state"))
        if state == "pending":
            return
        self.line_ids.filtered(lambda line: line.state == "approved")._apply()
        self._close(state, f"change.{state}", None if state == "stale" else user)

    def _close(self, state, event, checker=None):
        vals = {"state": state}
        if checker:
            vals |= {"checker_id": checker.id, "decided_at": fields.Datetime.now()}
        self._set(**vals)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            event,
            self,
            {
                "customer": self.partner_id.id,
                "maker": self.maker_id.id,
                "lines": {line.field_name: line.state for line in self.line_ids},
            },
        )
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        self._note(
            self.env._(
                "Change request %(state)s: %(what)s", state=label, what=self.summary
            )
        )

    # -- time and merges ------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Close what nobody decided in time; one broken request stops no other."""
        today = fields.Date.context_today(self)
        due = self.search([("state", "=", "pending"), ("expires_on", "<", today)])
        for request in due.try_lock_for_update():
            request._close("expired", "change.expire")

    @api.model
    def _check_merge(self, partners):
        """A merge would hand accounts over without anybody's approval."""
        if self.env["res.partner.bank"]._ar_bank_guards() and partners.bank_ids:
            raise UserError(
                self.env._(
                    "A customer with bank accounts cannot be merged into another while "
                    "bank accounts are guarded. Archive the accounts first."
                )
            )

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """Requests about a customer that vanishes are void."""
        for request in self.search(
            [("state", "=", "pending"), ("partner_id", "in", source_ids)]
        ):
            request._close("stale", "change.stale")

    def _attempt(self, verdicts, reason, seen_hash):
        """Decide on one of many: the error as a sentence, or False."""
        try:
            with self.env.cr.savepoint():
                self._decide(verdicts, reason, seen_hash)
        except EngineError as error:
            return str(user_error(self.env, error))
        except UserError as error:
            return str(error)
        return False
