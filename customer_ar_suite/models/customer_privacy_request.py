from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"
#: what may not be changed once the request is answered
OPEN_STATES = ("new", "in_progress")


class CustomerPrivacyRequest(models.Model):
    """A person asks for his rights: what, since when, until when, and what was answered."""

    _name = "customer.privacy.request"
    _description = "Privacy Request"
    _inherit = ["mail.thread", "mail.activity.mixin", "ar.partner.rule.mixin"]
    _order = "deadline, id"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [
            ("access", "Access to the Data"),
            ("rectification", "Rectification"),
            ("restriction", "Restriction of Processing"),
            ("erasure", "Erasure"),
            ("portability", "Data Portability"),
            ("withdrawal", "Withdrawal of Consent"),
        ],
        string="Kind of Request",
        required=True,
        default="access",
        tracking=True,
    )
    received_date = fields.Date(
        string="Received on", required=True, default=fields.Date.context_today
    )
    law_id = fields.Many2one(
        "customer.privacy.law",
        compute="_compute_law_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    deadline = fields.Date(
        string="Answer by", compute="_compute_deadline", store=True, tracking=True
    )
    extended_to = fields.Date(
        string="Extended to",
        tracking=True,
        help="GDPR Art. 12 (3): up to two further months if the person is told why within "
        "the first.",
    )
    extension_reason = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    identity_check = fields.Char(
        string="Identity Checked by",
        tracking=True,
        help="How it was made sure that the person is who he says: call back, customer "
        "portal, copy of an identity card that was destroyed afterwards.",
    )
    description = fields.Text(string="What the Person Asks")
    answer = fields.Text(string="What Was Answered")
    state = fields.Selection(
        [
            ("new", "New"),
            ("in_progress", "In Progress"),
            ("done", "Answered"),
            ("refused", "Refused"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    closed_on = fields.Date(string="Closed on", readonly=True, copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    is_restricted = fields.Boolean(
        related="partner_id.ar_is_restricted", string="Processing Restricted"
    )
    export_ids = fields.One2many("customer.privacy.export", "request_id")
    export_count = fields.Integer(compute="_compute_counts", string="Exports")
    erasure_ids = fields.One2many("customer.privacy.erasure", "request_id")
    erasure_count = fields.Integer(compute="_compute_counts", string="Erasures")

    @api.depends("partner_id")
    def _compute_law_id(self):
        for request in self:
            country = request.partner_id.country_id or request.company_id.country_id
            request.law_id = request.env["customer.privacy.law"]._law_for(country)

    @api.depends("received_date", "law_id", "extended_to")
    def _compute_deadline(self):
        for request in self:
            regular = request.received_date and (
                request.law_id._answer_by(request.received_date)
                if request.law_id
                else request.received_date
            )
            request.deadline = request.extended_to or regular

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_late = bool(
                request.state in OPEN_STATES
                and request.deadline
                and request.deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "in", OPEN_STATES), ("deadline", "<", today)]

    @api.depends("export_ids", "erasure_ids")
    def _compute_counts(self):
        for request in self:
            request.export_count = len(request.export_ids)
            request.erasure_count = len(request.erasure_ids)

    @api.depends("number", "partner_id.name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.number} · {request.partner_id.name or ''}"

    # -- life -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # sudo: numbers are drawn by whoever may create requests
            sequence = self.env["ir.sequence"].sudo()
            vals["number"] = sequence.next_by_code("customer.privacy.request") or "/"
            vals["state"] = "new"
        requests = super().create(vals_list)
        requests._schedule_answer()
        requests._log("privacy.request", {})
        return requests

    def write(self, vals):
        if (
            vals.keys() & {"state", "closed_on", "number", "company_id"}
            and not self.env.su
        ):
            raise AccessError(
                self.env._("A privacy request moves on by its buttons only.")
            )
        frozen = {"partner_id", "kind", "received_date", "law_id"} & vals.keys()
        if frozen and any(request.state not in OPEN_STATES for request in self):
            raise UserError(self.env._("An answered request is not changed any more."))
        result = super().write(vals)
        if vals.keys() & {"user_id", "received_date", "law_id", "extended_to"}:
            self._schedule_answer()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Privacy requests stay on record. Refuse it and say why.")
        )

    def _schedule_answer(self):
        """One activity per open request, due with its deadline."""
        kind = "mail.mail_activity_data_todo"
        self.activity_unlink([kind])
        for request in self.filtered(lambda one: one.state in OPEN_STATES):
            request.activity_schedule(
                kind,
                date_deadline=request.deadline,
                user_id=(request.user_id or self.env.user).id,
                summary=self.env._("Answer the privacy request"),
            )

    def _log(self, event, values):
        self.env["customer.audit.entry"]._ar_log(
            event,
            self,
            values,
            {
                request.id: {"person": request.partner_id.id, "kind": request.kind}
                for request in self
            },
        )

    def _check_may_handle(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._(
                    "Privacy requests are handled by administrators of the suite."
                )
            )
        self.check_access("write")

    def _check_open(self):
        if any(request.state not in OPEN_STATES for request in self):
            raise UserError(self.env._("This request has been answered already."))

    def _check_identity(self):
        """Data go to, and are erased for, the person himself: somebody has to make sure."""
        for request in self:
            if not (request.identity_check or "").strip():
                raise UserError(
                    self.env._(
                        "%(request)s: say first how the identity of the person was checked.",
                        request=request.number,
                    )
                )

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """Somebody takes care of it."""
        self._check_may_handle()
        self._check_open()
        self._move_to("in_progress")

    def action_done(self):
        """The person has the answer."""
        self._check_may_handle()
        self._check_open()
        self._check_answer()
        self._move_to("done")

    def action_refuse(self):
        """The request is refused; the reasons are in the answer."""
        self._check_may_handle()
        self._check_open()
        self._check_answer()
        self._move_to("refused")

    def _check_answer(self):
        for request in self:
            if not (request.answer or "").strip():
                raise UserError(
                    self.env._(
                        "%(request)s: write down what was answered; a refusal needs its "
                        "reasons.",
                        request=request.number,
                    )
                )

    def _move_to(self, state):
        if set(self.mapped("state")) == {state}:
            return
        closed = fields.Date.context_today(self) if state not in OPEN_STATES else False
        # sudo: the state has no other door; the right was checked by the buttons
        self.sudo().write({"state": state, "closed_on": closed})
        if closed:
            self.activity_feedback(["mail.mail_activity_data_todo"])
        self._log(f"privacy.{state}", {})

    def action_export(self):
        """Collect all data on the person into a zip file."""
        self.ensure_one()
        self._check_may_handle()
        self._check_open()
        self._check_identity()
        self._move_to("in_progress")
        export = self.env["customer.privacy.export"]._collect(self)
        return export._open()

    def action_prepare_erasure(self):
        """Show what would be erased and what must be kept; erases nothing."""
        self.ensure_one()
        self._check_may_handle()
        self._check_open()
        self._check_identity()
        self._move_to("in_progress")
        erasure = self.env["customer.privacy.erasure"]._prepare(self)
        return erasure._open()

    def action_restrict(self):
        """From now on the person's data are stored and nothing else."""
        self._check_may_handle()
        self._check_open()
        self.partner_id._ar_set_restricted(True, self)
        self._move_to("in_progress")

    def action_lift_restriction(self):
        """The data may be used again, for example because their correctness is settled."""
        self._check_may_handle()
        self.partner_id._ar_set_restricted(False, self)

    def action_record_withdrawal(self):
        """Record which consent the person takes back."""
        self.ensure_one()
        self._check_may_handle()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Consent"),
            "res_model": "customer.privacy.consent.record",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_kind": "withdrawn",
            },
        }

    def action_view_exports(self):
        """What was handed out."""
        self.check_access("read")
        return self._open_many(self.export_ids, "customer_privacy_export_action")

    def action_view_erasures(self):
        """What was erased, and what was kept."""
        self.check_access("read")
        return self._open_many(self.erasure_ids, "customer_privacy_erasure_action")

    def _open_many(self, records, action):
        found = self.env["ir.actions.act_window"]._for_xml_id(
            f"customer_ar_suite.{action}"
        )
        found["domain"] = [("id", "in", records.ids)]
        if len(records) == 1:
            found.update(res_id=records.id, views=[(False, "form")])
        return found

    def action_lookup(self):
        """Core's search by name and e-mail, for what no record is linked with."""
        self.ensure_one()
        self._check_may_handle()
        if "privacy.lookup.wizard" not in self.env:
            raise UserError(self.env._("The module Privacy is not installed."))
        return self.partner_id.action_privacy_lookup()
