from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..engine.approval import Question, outcome
from ..engine.errors import ApprovalError
from .customer_change_policy import APPROVAL, BANKS
from .engine_messages import user_error

SECRET = "."  # no group reads these through the ORM


class CustomerChangeLine(models.Model):
    """One field of a change request: old and new value, and who may decide."""

    _name = "customer.change.line"
    _description = "Requested Change"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "request_id desc, id"
    _ar_partner_path = "request_id.partner_id"
    _rec_name = "label"

    request_id = fields.Many2one(
        "customer.change.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    field_name = fields.Char(required=True, readonly=True)
    bank_id = fields.Many2one("res.partner.bank", readonly=True, ondelete="set null")
    old_json = fields.Json(readonly=True, groups=SECRET)
    new_json = fields.Json(readonly=True, groups=SECRET)
    label = fields.Char(string="Field", compute="_compute_texts")
    old_text = fields.Char(string="Old Value", compute="_compute_texts")
    new_text = fields.Char(string="New Value", compute="_compute_texts")
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("stale", "Overtaken"),
        ],
        default="pending",
        required=True,
        readonly=True,
        help="Overtaken: the value was changed after the request was made; nothing is "
        "overwritten.",
    )
    policy_id = fields.Many2one(
        "customer.change.policy", readonly=True, ondelete="set null"
    )
    needed = fields.Integer(string="Approvals needed", required=True, readonly=True)
    group_id = fields.Many2one("res.groups", readonly=True, ondelete="set null")
    approver_ids = fields.Many2many(
        "res.users", "customer_change_line_approver_rel", readonly=True
    )
    deputy_ids = fields.Many2many(
        "res.users", "customer_change_line_deputy_rel", readonly=True
    )
    deputies_from = fields.Date(readonly=True)
    decision_ids = fields.One2many("customer.change.decision", "line_id", readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    # -- values ---------------------------------------------------------------------------

    def _record(self):
        """What the line is about, in the company of the request."""
        record = (
            self.bank_id if self.field_name == BANKS else self.request_id.partner_id
        )
        return record.with_company(self.request_id.company_id)

    def _overtaken(self):
        """Those whose record no longer has the old value; all records are read at once."""
        partners, banks = self.request_id.partner_id, self.bank_id
        there = {*partners.exists(), *banks.exists()}
        ids = {partners._name: partners.ids, banks._name: banks.ids}
        overtaken = []
        for line in self:
            record = line._record()
            if record not in there:
                overtaken.append(line.id)
                continue
            if line._current(record.with_prefetch(ids[record._name])) != line.old_json:
                overtaken.append(line.id)
        return self.browse(overtaken)

    def _current(self, record):
        if self.field_name == BANKS:
            return record._ar_state()
        if self.field_name == APPROVAL:
            return record._ar_card_hash()
        return record._ar_plain(self.field_name)

    def _plain(self):
        return {
            "field": self.field_name,
            "bank": self.bank_id.id,
            "old": self.old_json,
            "new": self.new_json,
            "approvers": self.approver_ids.ids,
        }

    @api.depends("field_name", "bank_id")
    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        """Old and new side by side; values the reader may not see stay hidden."""
        known, closed = self._descriptions(), self._closed_money()
        # sudo: the values are shown below to those only who may read the field
        for line, lined in zip(self, self.sudo(), strict=True):
            name = lined.field_name
            line.label = known.get(name, {}).get("string", name)
            line.old_text, line.new_text = (
                lined._text(value, known[name]) if line._is_shown(closed) else "•••"
                for value in (lined.old_json, lined.new_json)
            )

    def _is_shown(self, closed):
        """May the reader see the values? Who decides does; grants of money come first."""
        partners = self.env["res.partner"]
        # sudo: only to find out whether it may be shown
        known = self.sudo()
        field = partners._fields.get(known.field_name)
        if not field or known._tells_money(closed):
            return False
        return partners._has_field_access(field, "read") or self.can_decide

    def _tells_money(self, closed):
        """Is it money of one of these customers?"""
        partner = self.request_id.partner_id
        return partner in closed and self.field_name in partner._ar_money_fields()

    def _closed_money(self):
        """The customers of these lines whose money the user's grants close."""
        # sudo: customers that are compared and not shown
        partners = self.sudo().request_id.partner_id
        return partners - partners._ar_filtered_right("money")

    def _descriptions(self):
        """Labels and options of the fields, in the reader's language."""
        # sudo: what a field is called is no secret
        partners = self.env["res.partner"].sudo()
        names = set(self.mapped("field_name")) & partners._fields.keys()
        return partners.fields_get(list(names), ["string", "selection"])

    def _text(self, value, description):
        if self.field_name == BANKS:
            return self._bank_text(value)
        if self.field_name == APPROVAL:
            # of the old state the fingerprint of the card is kept
            value = value if value == "approved" else "entered"
        field = self.env["res.partner"]._fields[self.field_name]
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("float", "monetary"):
            return formatLang(self.env, value or 0)
        if not value:
            return ""
        if field.type == "many2one":
            record = self.env[field.comodel_name].browse(value).exists()
            return record.display_name or str(value)
        if field.type == "selection":
            return dict(description["selection"]).get(value, value)
        return str(value)

    def _bank_text(self, state):
        """An account as one line; an archived one is none."""
        if not state or not state["active"]:
            return ""
        bank = self.env["res.bank"].browse(state["bank_id"] or []).exists()
        owner = self.env["res.partner"].browse(state["partner_id"]).exists()
        parts = [state["acc_number"], bank.name, state["acc_holder_name"]]
        if owner != self.request_id.partner_id:
            parts.append(owner.display_name)
        return " · ".join(part for part in parts if part)

    # -- votes ----------------------------------------------------------------------------

    @api.depends("state", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: the list of approvers is asked, not shown
        lines = self.sudo()
        panels = lines._panels()
        for line, lined in zip(self, lines, strict=True):
            line.can_decide = (
                lined.state == "pending"
                and lined.request_id.state == "pending"
                and not lined._refusal(user, panels)
            )

    def _panels(self):
        """What many lines share of the question who may decide, asked once.

        Who is entitled by each policy today, who entered or edited new customers, and
        whose money the user's grants close.
        """
        for name in ("approver_ids", "deputy_ids", "decision_ids"):
            self.mapped(name)  # read for all lines together
        return (
            {
                policy: policy._current_approvers() | policy._current_deputies()
                for policy in self.policy_id
                if policy.active
            },
            self.request_id._editors(),
            self._closed_money(),
        )

    def _refusal(self, user, panels):
        """Why ``user`` may not decide on this line; None if he may."""
        entitled, editors, closed = panels
        request = self.request_id
        if self._tells_money(closed):
            return ApprovalError("approval_not_shown")
        makers = request.maker_id | request.create_uid
        makers |= editors.get(request.partner_id, makers.browse())
        question = Question(
            approvers=frozenset(self._frozen(self.approver_ids, entitled).ids),
            deputies=frozenset(self._frozen(self.deputy_ids, entitled).ids),
            deputies_from=self.deputies_from,
            expires_on=request.expires_on,
            makers=makers._ar_persons(),
            voters=self.decision_ids.user_id._ar_persons(),
        )
        return user._ar_vote_refusal(question, fields.Date.context_today(self))

    def _frozen(self, users, entitled):
        """Of the users on the list, those who are still entitled: it never grows."""
        if self.policy_id in entitled:
            return users & entitled[self.policy_id]
        return users._ar_who_may_approve(self.request_id._name)

    def _check_voter(self, user, panels):
        for line in self:
            if line.state != "pending":
                raise UserError(
                    self.env._("%(field)s has been decided already.", field=line.label)
                )
            if error := line._refusal(user, panels):
                raise user_error(self.env, error)

    def _vote(self, user, verdicts, reason):
        """One decision row per line, and what the lines come to by it."""
        if not {verdicts[line.id] for line in self} <= {"approved", "rejected"}:
            raise AccessError(self.env._("A change is approved or rejected."))
        ballots = [
            (line.request_id, verdicts[line.id], {"line_id": line.id}) for line in self
        ]
        self.env["customer.change.decision"]._cast(user, ballots, reason)
        self.invalidate_recordset(["decision_ids"])
        by_state = self.grouped(
            lambda line: outcome(line.needed, line.decision_ids.mapped("verdict"))
        )
        for state, lines in by_state.items():
            lines._set(state=state)
        for verdict, lines in self.grouped(lambda line: verdicts[line.id]).items():
            lines.request_id._log(
                "change.approve" if verdict == "approved" else "change.reject",
                {
                    request.id: {
                        "fields": own.mapped("field_name"),
                        "lines": own.ids,
                        "reason": reason or "",
                    }
                    for request, own in lines.grouped("request_id").items()
                },
            )

    # -- effects --------------------------------------------------------------------------

    def _apply(self):
        """Write what was approved; the right to ask was checked when it was asked for."""
        whole = self.filtered(lambda line: line.field_name == APPROVAL)
        whole.request_id.partner_id._ar_set_approval("approved")
        values = {}
        for line in self - whole:
            new, old = line.new_json, line.old_json
            values.setdefault(line._record(), {}).update(
                {name: new[name] for name in new if new[name] != old[name]}
                if line.field_name == BANKS
                else {line.field_name: new}
            )
        for record, vals in values.items():
            # sudo: approvers need no right to write customers themselves
            record.sudo().write(vals)
