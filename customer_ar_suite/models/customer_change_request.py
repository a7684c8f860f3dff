from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..identity import ar_identity_required


class CustomerChangeRequest(models.Model):
    """A change of a customer that waits for a second pair of eyes, and what became of it.

    No group may create, write or delete requests, their lines or decisions, and ``create``
    and ``write`` refuse the superuser too: ``_submit``, ``_decide_all``, ``_explain``,
    ``action_cancel`` and the cron are the only doors.
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
    _rec_names_search = ["partner_id"]

    kind = fields.Selection(
        [("change", "Change"), ("approval", "New Customer")],
        default="change",
        required=True,
        readonly=True,
    )
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
    together_count = fields.Integer(
        string="Requested Together",
        default=1,
        readonly=True,
        help="How many requests were made by the same step, such as the import of a file.",
    )
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
    needs_reason = fields.Boolean(readonly=True)
    needs_document = fields.Boolean(readonly=True)
    reason = fields.Text(string="Reason for the Change", readonly=True)
    evidence_ids = fields.One2many(
        "customer.change.evidence",
        "request_id",
        string="Supporting Documents",
        readonly=True,
    )
    is_complete = fields.Boolean(
        string="Complete",
        compute="_compute_is_complete",
        compute_sudo=True,
        store=True,
        help="The reason and the documents that the policy asks for have been given.",
    )
    missing_text = fields.Char(compute="_compute_missing_text", compute_sudo=True)
    checker_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    payload_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    with_email = fields.Boolean(string="With E-Mails", readonly=True)
    escalated_at = fields.Datetime(string="Deputies Asked on", readonly=True)
    line_ids = fields.One2many("customer.change.line", "request_id", readonly=True)
    decision_ids = fields.One2many(
        "customer.change.decision", "request_id", readonly=True
    )
    summary = fields.Char(string="What", compute="_compute_summary")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_mine = fields.Boolean(compute="_compute_can_decide")
    can_explain = fields.Boolean(compute="_compute_can_decide")

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

    @api.depends("needs_reason", "needs_document", "reason", "evidence_ids")
    def _compute_is_complete(self):
        for request in self:
            request.is_complete = not request._missing()

    @api.depends("needs_reason", "needs_document", "reason", "evidence_ids")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        names = {
            "reason": self.env._("the reason"),
            "document": self.env._("a document"),
        }
        for request in self:
            request.missing_text = ", ".join(names[one] for one in request._missing())

    def _missing(self):
        """What the policy asks for and the maker has not given yet."""
        wanted = {
            "reason": self.needs_reason and not self.reason,
            "document": self.needs_document and not self.evidence_ids,
        }
        return [name for name, lacks in wanted.items() if lacks]

    @api.depends("state", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for request in self:
            pending = request.state == "pending"
            request.is_mine = request.maker_id == self.env.user
            request.can_decide = pending and any(request.line_ids.mapped("can_decide"))
            request.can_explain = (
                pending and request.is_mine and not request.decision_ids
            )

    # -- what people do -------------------------------------------------------------------

    @ar_identity_required("change_approve", "company_id")
    def action_approve(self):
        """Approve whatever of these requests waits for this user."""
        self.check_access("read")
        ballots = {}
        for request in self:
            lines = request.line_ids.filtered("can_decide") or request.line_ids
            ballots[request.id] = dict.fromkeys(lines.ids, "approved"), None
        errors = self._decide_all(ballots)
        if errors and len(errors) == len(self):
            raise next(iter(errors.values()))
        return not errors or self._tell_result(errors)

    def _tell_result(self, errors):
        """What happened to many requests, as a message that stays."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._(
                    "%(done)s of %(count)s decided",
                    done=len(self) - len(errors),
                    count=len(self),
                ),
                "message": "\n".join(self._refusals(errors)[:10]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _refusals(self, errors):
        """["name: why not"] of {request id: error}."""
        return [f"{self.browse(id_).display_name}: {errors[id_]}" for id_ in errors]

    def action_review(self):
        """Open the dialog that approves or rejects line by line."""
        self.check_access("read")
        return self.env["customer.change.review"]._open(self)

    def action_explain(self):
        """Open the dialog in which the maker gives his reason and documents."""
        self.check_access("read")
        self._check_maker()
        return self.env["customer.change.explain"]._open(self)

    def action_open_partner(self):
        """The customer's card."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    def action_cancel(self):
        """The maker takes his request back."""
        self._lock_own()._close("cancelled", "change.cancel")
        return True

    def _lock_own(self):
        """The maker's own pending requests, locked, as the steps write them."""
        self.check_access("read")
        self._check_maker()
        # sudo: the maker's own, checked above; nobody may write them by hand
        requests = self.sudo()
        locked = requests._lock()
        for request in requests:
            request._check_pending()
            request._check_locked(locked)
        return requests

    def _check_maker(self):
        if any(request.maker_id != self.env.user for request in self):
            raise AccessError(
                self.env._(
                    "Only who made a request may take it back or give its reason."
                )
            )

    def _editors(self):
        """{new customer: who entered or edited it}; they do not approve it.

        Who edited it by approving a request is no editor.
        """
        new = self.filtered(lambda request: request.kind == "approval").partner_id
        deciders = dict(
            self.env["customer.change.decision"]._read_group(
                [("request_id.partner_id", "in", new.ids)],
                ["request_id"],
                ["user_id:recordset"],
            )
            if new
            else ()
        )
        checked = {}
        for request, users in deciders.items():
            checked[request.partner_id] = checked.get(request.partner_id, users) | users
        return {
            partner: partner.create_uid
            | (partner.write_uid - checked.get(partner, partner.write_uid.browse()))
            for partner in new
        }

    # -- steps that all share -------------------------------------------------------------

    def _lock(self):
        """Lock these rows and look at them afresh; return those that could be locked."""
        locked = self.try_lock_for_update()
        self.invalidate_recordset()
        self.line_ids.invalidate_recordset()
        return locked

    def _check_pending(self):
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "%(request)s has been decided or withdrawn already.",
                    request=self.display_name,
                )
            )

    def _check_locked(self, locked):
        if self not in locked:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on %(request)s right now.",
                    request=self.display_name,
                )
            )

    def _log(self, event, by_request):
        """One entry per request, in its company."""
        for company, requests in self.grouped("company_id").items():
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                event, requests, None, {id_: by_request[id_] for id_ in requests.ids}
            )

    def _note(self, texts):
        """A line each in the chatter of the customers: {request: text}."""
        notes = {}
        for request, text in texts.items():
            notes.setdefault(request.partner_id.id, []).append(text)
        self.env["res.partner"].browse(notes)._message_log_batch(
            {id_: "\n".join(lines) for id_, lines in notes.items()}
        )
