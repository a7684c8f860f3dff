from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine.approval import Guard
from ..engine.money import to_minor

TYPES = ("char", "text", "integer", "float", "monetary", "boolean", "date")
TYPES += ("selection", "many2one")
BAND_DIGITS = 2  # bands are compared as written, whatever the currency
BANKS = "bank_ids"  # stands for the bank accounts as a whole
APPROVAL = "ar_approval_state"  # stands for a new customer as a whole


class CustomerChangePolicy(models.Model):
    """Which field of a customer changes only with a second pair of eyes, and whose.

    Shipped switched off: until an administrator activates a policy, customers are written
    as in plain Odoo.
    """

    _name = "customer.change.policy"
    _description = "Change Policy"
    _order = "field_id, amount_from, id"
    _rec_name = "field_description"

    field_id = fields.Many2one(
        "ir.model.fields",
        string="Guarded Field",
        required=True,
        ondelete="cascade",
        domain=[
            ("model", "=", "res.partner"),
            "|",
            ("name", "=", BANKS),
            "&",
            ("ttype", "in", TYPES),
            "|",
            ("store", "=", True),
            ("company_dependent", "=", True),
        ],
        help="A change of this field becomes a request. Bank accounts are guarded as a "
        "whole: new ones, changed ones, archived ones.",
    )
    field_name = fields.Char(related="field_id.name", string="Technical Name")
    field_description = fields.Char(
        related="field_id.field_description", string="Field"
    )
    has_amount = fields.Boolean(compute="_compute_has_amount")
    company_id = fields.Many2one(
        "res.company", help="Empty: the policy holds in all companies."
    )
    amount_from = fields.Float(
        digits=(16, 2), help="Smaller amounts are written at once."
    )
    amount_to = fields.Float(
        digits=(16, 2),
        string="Amount below",
        help="Zero: no upper limit. The larger of the old and the new amount counts.",
    )
    approver_count = fields.Integer(
        string="Approvals",
        default=1,
        required=True,
        help="How many different people have to approve.",
    )
    approver_group_id = fields.Many2one(
        "res.groups",
        default=lambda self: self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_customer_reviewer", False
        ),
        help="Its members may decide. Whoever is a member when a change is requested is "
        "on the list of that request; later members are not.",
    )
    approver_ids = fields.Many2many(
        "res.users",
        "customer_change_policy_approver_rel",
        string="Further Approvers",
        domain=[("share", "=", False)],
    )
    deputy_ids = fields.Many2many(
        "res.users",
        "customer_change_policy_deputy_rel",
        string="Deputies",
        domain=[("share", "=", False)],
        help="May decide when nobody has after the given number of days.",
    )
    deputy_after_days = fields.Integer(string="Deputies after (Days)", default=3)
    expiry_days = fields.Integer(
        string="Expires after (Days)", default=14, required=True
    )
    needs_reason = fields.Boolean(
        string="Reason Required",
        help="Nobody can approve before the maker has said why.",
    )
    needs_document = fields.Boolean(
        string="Document Required",
        help="Nobody can approve before the maker has attached a document.",
    )
    with_email = fields.Boolean(
        string="Send E-Mails",
        help="Approvers, deputies and the maker get e-mails besides their activities. "
        "E-mails name the field, never its value.",
    )
    active = fields.Boolean(default=True)

    _counts = models.Constraint(
        "CHECK (approver_count BETWEEN 1 AND 9 AND expiry_days > 0"
        " AND deputy_after_days >= 0)",
        "At least one approval, at least one day, and no more than nine approvals.",
    )
    _band = models.Constraint(
        "CHECK (COALESCE(amount_to, 0) <= 0 OR amount_to > COALESCE(amount_from, 0))",
        "A band of amounts ends above where it begins.",
    )

    @api.depends("field_id")
    def _compute_has_amount(self):
        for policy in self:
            policy.has_amount = policy.field_id.ttype in ("float", "monetary")

    @api.constrains("field_id")
    def _check_field(self):
        for policy in self:
            field = policy.field_id
            if field.model != "res.partner" or not (
                field.name == BANKS
                or (field.ttype in TYPES and (field.store or field.company_dependent))
            ):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be guarded: choose a stored field of contacts "
                        "that holds one value, or the bank accounts.",
                        field=field.display_name,
                    )
                )

    @api.constrains("active", "approver_group_id", "approver_ids")
    def _check_approvers(self):
        for policy in self.filtered("active"):
            if not policy.approver_group_id and not policy.approver_ids:
                raise ValidationError(
                    self.env._(
                        "%(field)s: name a group or users who approve.",
                        field=policy.field_description,
                    )
                )

    # -- what the guard asks --------------------------------------------------------------

    @api.model
    @ormcache(cache="stable")
    def _guards(self):
        """The active policies of all companies; read for every write of a contact."""
        return self._guards_where([("field_name", "!=", APPROVAL)])

    @api.model
    @ormcache(cache="stable")
    def _approval_guards(self):
        """The active policies that say who approves new customers."""
        return self._guards_where([("field_name", "=", APPROVAL)])

    @api.model
    def _guards_where(self, domain):
        # archived ones do not count, whatever a client says in its context.
        # sudo: who writes a contact need not know the policies
        policies = self.sudo().search([("active", "=", True), *domain])
        return tuple(policy._guard() for policy in policies)

    def _guard(self):
        return Guard(
            self.id,
            self.field_id.name,
            self.company_id.id or None,
            self._limit(self.amount_from),
            self._limit(self.amount_to),
            self.approver_count,
        )

    def _limit(self, amount):
        return to_minor(amount, BAND_DIGITS) if self.has_amount and amount > 0 else None

    def _current_approvers(self):
        """Users who may decide as of now: able to read requests, no robot, no guest."""
        users = self.approver_group_id.all_user_ids | self.approver_ids
        return users._ar_who_may_approve("customer.change.request")

    def _current_deputies(self):
        return self.deputy_ids._ar_who_may_approve("customer.change.request")

    def _panel(self, company):
        """Who decides on a change requested today, as values of its line; frozen there."""
        today = fields.Date.context_today(self)
        people = self._current_approvers(), self._current_deputies()
        approvers, deputies = (
            users.filtered(lambda user: company in user.company_ids).ids
            for users in people
        )
        return {
            "policy_id": self.id,
            "needed": self.approver_count,
            "group_id": self.approver_group_id.id,
            "approver_ids": approvers,
            "deputy_ids": deputies,
            "deputies_from": today + timedelta(days=self.deputy_after_days),
        }

    # -- upkeep ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._changed("policy.create")
        return policies

    def write(self, vals):
        result = super().write(vals)
        self._changed("policy.write", vals)
        return result

    def unlink(self):
        self.env["ar.identity.rule"]._demand("policy", self.company_id)
        self.env["customer.audit.entry"]._ar_log("policy.unlink", self)
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result

    def _changed(self, event, vals=None):
        self.env["ar.identity.rule"]._demand("policy", self.company_id)
        self.env.registry.clear_cache("stable")
        by_record = {
            policy.id: {"field": policy.field_name, "active": policy.active}
            for policy in self
        }
        self.env["customer.audit.entry"]._ar_log(
            event, self, {"values": vals} if vals else None, by_record
        )
