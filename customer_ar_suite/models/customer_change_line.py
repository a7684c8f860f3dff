from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..engine.approval import Person, Question, check_decider, outcome
from ..engine.errors import ApprovalError
from ..engine.text import fold
from .customer_change_policy import BANKS
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

    def _current(self):
        record = self._record().exists()
        if not record:
            return None
        if self.field_name == BANKS:
            return record._ar_state()
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
        partners = self.env["res.partner"]
        known = self._descriptions()
        # sudo: the values are shown below to those only who may read the field
        for line, lined in zip(self, self.sudo(), strict=True):
            field = partners._fields.get(lined.field_name)
            line.label = known.get(lined.field_name, {}).get("string", lined.field_name)
            seen = field and partners._has_field_access(field, "read")
            line.old_text, line.new_text = (
                lined._text(value, known[field.name]) if seen else "•••"
                for value in (lined.old_json, lined.new_json)
            )

    def _descriptions(self):
        """Labels and options of the fields, in the reader's language."""
        # sudo: what a field is called is no secret
        partners = self.env["res.partner"].sudo()
        names = set(self.mapped("field_name")) & partners._fields.keys()
        return partners.fields_get(list(names), ["string", "selection"])

    def _text(self, value, description):
        if self.field_name == BANKS:
            return self._bank_text(value)
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
        for line, lined in zip(self, self.sudo(), strict=True):
            line.can_decide = (
                lined.state == "pending"
                and lined.request_id.state == "pending"
                and not lined._refusal(user)
            )

    def _refusal(self, user):
        """Why ``user`` may not decide on this line; None if he may."""
        question = Question(
            approvers=frozenset(self._frozen(self.approver_ids).ids),
            deputies=frozenset(self._frozen(self.deputy_ids).ids),
            deputies_from=self.deputies_from,
            expires_on=self.request_id.expires_on,
            makers=tuple(
                map(_person, self.request_id.maker_id | self.request_id.create_uid)
            ),
            voters=tuple(map(_person, self.decision_ids.user_id)),
        )
        try:
            check_decider(question, _person(user), fields.Date.context_today(self))
        except ApprovalError as error:
            return error
        return None

    def _frozen(self, users):
        """Of the users on the list, those who are still entitled: it never grows."""
        if self.policy_id.active:
            now = (
                self.policy_id._current_approvers() | self.policy_id._current_deputies()
            )
        else:
            now = users.filtered(self.env["customer.change.policy"]._is_person)
        return users & now

    def _check_voter(self, user):
        for line in self:
            if line.state != "pending":
                raise UserError(
                    self.env._("%(field)s has been decided already.", field=line.label)
                )
            if error := line._refusal(user):
                raise user_error(self.env, error)

    def _vote(self, user, verdict, reason):
        if verdict not in ("approved", "rejected"):
            raise AccessError(self.env._("A change is approved or rejected."))
        self.env["customer.change.decision"]._insert(
            [
                {
                    "request_id": self.request_id.id,
                    "line_id": self.id,
                    "user_id": user.id,
                    "maker_id": self.request_id.maker_id.id,
                    "verdict": verdict,
                    "reason": reason or False,
                    "payload_hash": self.request_id.payload_hash,
                    "decided_at": fields.Datetime.now(),
                }
            ]
        )
        self.invalidate_recordset(["decision_ids"])
        self._set(state=outcome(self.needed, self.decision_ids.mapped("verdict")))
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            "change.approve" if verdict == "approved" else "change.reject",
            self.request_id,
            {"field": self.field_name, "reason": reason or "", "line": self.id},
        )

    # -- effects --------------------------------------------------------------------------

    def _apply(self):
        """Write what was approved; the right to ask was checked when it was asked for."""
        values = {}
        for line in self:
            new, old = line.new_json, line.old_json
            values.setdefault(line._record(), {}).update(
                {name: new[name] for name in new if new[name] != old[name]}
                if line.field_name == BANKS
                else {line.field_name: new}
            )
        for record, vals in values.items():
            # sudo: approvers need no right to write customers themselves
            record.sudo().write(vals)


def _person(user):
    names = (user.login, user.email, user.partner_id.email)
    return Person(
        user.id,
        user.partner_id.id,
        frozenset(fold(name) for name in names if name),
    )
