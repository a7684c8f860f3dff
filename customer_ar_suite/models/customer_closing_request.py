from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.approval import payload_hash
from ..engine.closing import CLOSE, instead, judge, stops

REQUESTED = "closing.request"
REVIEWER = "customer_ar_suite.customer_ar_suite_group_customer_reviewer"
OPEN_STATES = ("draft", "requested", "approved")
#: what the maker fills in; everything else is written by the steps below
ASKED = {"partner_id", "kind", "reason", "planned_date"}
EXPIRY_DAYS = 30


class CustomerClosingRequest(models.Model):
    """A wish to close, delete or reopen a customer, and what became of it.

    A draft belongs to its maker. Once it is requested nobody writes it by hand, not even
    the superuser: ``_submit``, ``_approve``, ``_reject``, ``_execute`` and ``_cancel`` are
    the only doors. Decision and deed are one transaction.
    """

    _name = "customer.closing.request"
    _description = "Closing Request"
    _inherit = ["ar.partner.rule.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        ondelete="set null",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        context={"active_test": False},
    )
    customer_name = fields.Char(string="Name at Request", readonly=True)
    customer_ref = fields.Char(string="Number at Request", readonly=True)
    customer_vat = fields.Char(string="Tax ID at Request", readonly=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [
            ("close", "Close Customer"),
            ("delete", "Delete Customer"),
            ("reopen", "Reopen Customer"),
        ],
        string="Request",
        default="close",
        required=True,
        help="Close: archived with all contacts, no new invoices; history and ledger stay. "
        "Delete: removed from the database, only where nothing has to be kept; a tombstone "
        "remains. Reopen: a closed customer comes back.",
    )
    reason = fields.Text(help="The approver and the auditor will read it.")
    planned_date = fields.Date(
        help="Empty: as soon as it is approved. The account is checked again.",
    )
    maker_id = fields.Many2one(
        "res.users",
        string="Requested by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    requested_at = fields.Datetime(string="Requested on", readonly=True)
    expires_on = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    approver_ids = fields.Many2many(
        "res.users", "customer_closing_approver_rel", readonly=True
    )
    checker_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    reject_reason = fields.Char(string="Why Rejected", readonly=True)
    done_at = fields.Datetime(string="Done on", readonly=True)
    payload_hash = fields.Char(string="Fingerprint", readonly=True)
    finding_ids = fields.One2many(
        "customer.closing.finding", "request_id", string="Checklist", readonly=True
    )
    checked_at = fields.Datetime(string="Checked on", readonly=True)
    is_in_force = fields.Boolean(
        readonly=True, help="The customer is closed by this request."
    )
    archived_json = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    tombstone_ids = fields.One2many(
        "customer.tombstone",
        "request_id",
        readonly=True,
        groups="customer_ar_suite.customer_ar_suite_group_auditor,"
        "customer_ar_suite.customer_ar_suite_group_administrator",
    )
    stop_count = fields.Integer(compute="_compute_stops")
    may_close = fields.Boolean(compute="_compute_stops")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_mine = fields.Boolean(compute="_compute_can_decide")

    _checked_by_another = models.Constraint(
        "CHECK (state NOT IN ('approved', 'done', 'rejected')"
        " OR (checker_id IS NOT NULL AND checker_id <> maker_id))",
        "A closing request is decided by somebody else than its maker.",
    )

    @api.depends("customer_name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.customer_name or ''} #{request.id or ''}"

    @api.depends("finding_ids.count", "kind")
    def _compute_stops(self):
        """What the checklist says of the kind chosen now, also while it is being chosen."""
        for request in self:
            counts = {one.code: one.count for one in request.finding_ids}
            request.stop_count = len(stops(judge(request.kind, counts)))
            request.may_close = instead(request.kind, counts) == CLOSE

    @api.depends("state", "maker_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: the list of approvers is asked, not shown
        for request, known in zip(self, self.sudo(), strict=True):
            request.is_mine = request.maker_id == self.env.user
            request.can_decide = request.state == "requested" and not known._refusal(
                user
            )

    # -- drafts ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Drafts of whoever is logged in, with nothing in them but what he may say."""
        # defaults of a client's context do not reach a request
        drafts = self.with_env(self.env(context={"lang": self.env.lang}))
        values = [drafts._draft_values(vals) for vals in vals_list]
        requests = drafts._insert(values).with_env(self.env)
        requests._refresh()
        return requests

    def _draft_values(self, vals):
        if vals.keys() - ASKED:
            self._refuse()
        partner = self.env["res.partner"].browse(vals.get("partner_id")).exists()
        partner.check_access("read")
        customer = partner.commercial_partner_id
        if not customer or vals.get("kind", CLOSE) not in dict(
            self._fields["kind"].selection
        ):
            raise UserError(self.env._("Choose the customer this is about."))
        return {
            "kind": CLOSE,
            **vals,
            **self._identity(customer),
            "partner_id": customer.id,
            "company_id": (customer.company_id or self.env.company).id,
            "maker_id": self.env.uid,
            "state": "draft",
        }

    def write(self, vals):
        """The maker edits his draft; the customer stays the same."""
        free = ASKED - {"partner_id"}
        if vals.keys() - free or self.filtered(
            lambda one: one.state != "draft" or one.maker_id != self.env.user
        ):
            self._refuse()
        self.check_access("write")
        if vals.get("kind", CLOSE) not in dict(self._fields["kind"].selection):
            self._refuse()
        return self._set(**vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "A closing request is written by its maker while it is a draft, and by "
                "nobody after that."
            )
        )

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        # below the locked door
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.model
    def _identity(self, customer):
        """Who is meant: by these a customer is recognised."""
        return {
            "customer_name": customer.name,
            "customer_ref": customer.ref,
            "customer_vat": customer.vat,
        }

    # -- the checklist --------------------------------------------------------------------

    def _counts(self, surely=False):
        """{request: {check: count}}; a deleted customer has nothing to count."""
        checks = self.env["customer.closing.check"]
        customers = self.partner_id.commercial_partner_id
        count = checks._count_surely if surely else checks._count
        found = count(customers)
        return {one: found.get(one.partner_id.id, {}) for one in self}

    def _refresh(self):
        """Look at the accounts again and write down what was found."""
        # sudo: nobody writes findings by hand; numbers only
        known = self.sudo()
        for request, counts in known._counts().items():
            request.finding_ids._write_down(request, counts)
        known._set(checked_at=fields.Datetime.now())
        self.invalidate_recordset(["finding_ids", "checked_at"])

    def action_check(self):
        """Look again, after something was settled; who only reads changes no finding."""
        self.check_access("read")
        if not self.env.user.has_group(REVIEWER):
            self.browse().check_access("write")
        self.filtered(lambda one: one.state in OPEN_STATES)._refresh()

    def action_close_instead(self):
        """Deletion is not possible, closing is: ask for that."""
        self.check_access("write")
        self.write({"kind": CLOSE})
        self._refresh()

    # -- asking ---------------------------------------------------------------------------

    def action_request(self):
        """The maker asks for approval; the account must be settled."""
        self.check_access("write")
        for request in self:
            if request.maker_id != self.env.user:
                raise AccessError(
                    self.env._("Only who made a request may ask for its approval.")
                )
        # sudo: the maker's own drafts, checked above; written by these steps alone
        self.sudo()._submit()
        return True

    def _submit(self):
        self._lock("draft")
        self._refresh()
        for request in self:
            request._check_askable()
            request._check_stops(request._counts()[request])
        today = fields.Date.context_today(self)
        for request in self:
            vals = {
                "state": "requested",
                "requested_at": fields.Datetime.now(),
                "expires_on": max(request.planned_date or today, today)
                + timedelta(days=EXPIRY_DAYS),
                **request._panel_values(today),
                **self._identity(request.partner_id),
            }
            request._set(**vals)
            request._set(payload_hash=request._hash())
            request._log(REQUESTED, {"hash": request.payload_hash})
        self._tell_approvers()

    def _check_askable(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the approver and the auditor ask."))
        if not self.partner_id:
            raise UserError(self.env._("The customer does not exist any more."))
        if self.kind == CLOSE and self.partner_id.ar_is_closed:
            raise UserError(
                self.env._(
                    "%(customer)s is closed already.", customer=self.customer_name
                )
            )
        if self.kind == "reopen" and not self.partner_id.ar_is_closed:
            raise UserError(
                self.env._("%(customer)s is not closed.", customer=self.customer_name)
            )
        twins = self.search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("id", "!=", self.id),
                ("state", "in", ("requested", "approved")),
            ]
        )
        if twins:
            raise UserError(
                self.env._(
                    "Another request about %(customer)s waits already.",
                    customer=self.customer_name,
                )
            )

    def _check_stops(self, counts):
        """Refuse with every reason, and with what may be done instead."""
        found = stops(judge(self.kind, counts))
        if not found:
            return
        labels = self.env["customer.closing.finding"]._labels()
        text = "\n".join(f"– {labels[one.code]}: {one.found}" for one in found)
        message = self.env._(
            "%(customer)s is not settled:\n%(reasons)s",
            customer=self.customer_name,
            reasons=text,
        )
        if instead(self.kind, counts) == CLOSE:
            message += "\n" + self.env._(
                "It cannot be deleted, but it can be closed: archived, with its history."
            )
        raise UserError(message)

    def _hash(self):
        return payload_hash(
            [
                [self.id, self.partner_id.id, self.company_id.id, self.maker_id.id],
                [self.kind, self.reason, self.planned_date and str(self.planned_date)],
                [self.customer_name, self.customer_ref, self.customer_vat],
                sorted(self.approver_ids.ids),
                *self._panel_proof(),
            ]
        )

    # -- around -----------------------------------------------------------------------------

    def action_cancel(self):
        """The maker gives up his draft, or takes back what is not done yet."""
        self.check_access("read")
        for request in self:
            if request.maker_id != self.env.user:
                raise AccessError(
                    self.env._("Only who made a request may take it back.")
                )
        # sudo: the maker's own requests, checked above
        for request in self.sudo():
            request._lock(*OPEN_STATES)
            request._close_request("cancelled", "closing.cancel")
        return True

    def _lock(self, *states):
        self.lock_for_update()
        self.invalidate_recordset()
        for request in self:
            if request.state not in states:
                raise UserError(
                    self.env._(
                        "%(request)s has been decided or withdrawn already.",
                        request=request.display_name,
                    )
                )

    def _close_request(self, state, event, values=None):
        self._set(state=state)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._log(event, values)

    def _log(self, event, values=None):
        """To the audit trail, and to the customer's history as long as there is one."""
        for request in self:
            self.env["customer.audit.entry"].with_company(request.company_id)._ar_log(
                event,
                request,
                {
                    "customer": request.partner_id.id,
                    "name": request.customer_name,
                    "kind": request.kind,
                    "reason": request.reason or "",
                    "maker": request.maker_id.id,
                    "checker": request.checker_id.id,
                    **(values or {}),
                },
            )
            if request.partner_id:
                request._note()

    def _note(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "state")
        }
        self.partner_id._message_log(
            body=self.env._(
                "Closing request (%(kind)s): %(state)s",
                kind=labels["kind"][self.kind],
                state=labels["state"][self.state],
            )
        )
