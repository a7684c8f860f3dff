from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.segregation import Pair, in_one_hand

SYSTEM = "base.user_root"


class CustomerAccessConflictRule(models.Model):
    """Two groups that should not meet in one hand, and why."""

    _name = "customer.access.conflict.rule"
    _description = "Segregation of Duties Rule"
    _order = "severity, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    one_group_id = fields.Many2one(
        "res.groups", string="Role", required=True, ondelete="cascade"
    )
    other_group_id = fields.Many2one(
        "res.groups", string="And", required=True, ondelete="cascade"
    )
    severity = fields.Selection(
        [("1_high", "High"), ("2_medium", "Medium")], default="1_high", required=True
    )
    risk = fields.Text(
        translate=True, help="What somebody who holds both could do without being seen."
    )
    active = fields.Boolean(default=True)
    conflict_ids = fields.One2many("customer.access.conflict", "rule_id")
    open_count = fields.Integer(string="Users", compute="_compute_open_count")

    _two_groups = models.Constraint(
        "CHECK (one_group_id <> other_group_id)", "A rule names two different roles."
    )

    @api.depends("conflict_ids.state")
    def _compute_open_count(self):
        for rule in self:
            current = rule.conflict_ids.filtered(lambda one: one.state != "ended")
            rule.open_count = len(current)

    @api.constrains("one_group_id", "other_group_id", "active")
    def _check_groups(self):
        """Of two groups that bring each other, every holder of one is a finding."""
        for rule in self:
            # sudo: what groups bring is no secret among administrators of the suite
            one, other = rule.one_group_id.sudo(), rule.other_group_id.sudo()
            if one in other.all_implied_ids or other in one.all_implied_ids:
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(other)s cannot be told apart: one brings the other.",
                        one=one.display_name,
                        other=other.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._changed("conflict_rule.create")
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._changed("conflict_rule.write", {"values": vals})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_findings(self):
        if self.env["customer.access.conflict"].search_count(
            [("rule_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "Users have been found under this rule. Archive it; the findings stay."
                )
            )
        self.env["customer.audit.entry"]._ar_log("conflict_rule.unlink", self)

    def _changed(self, event, values=None):
        by_record = {rule.id: {"rule": rule.name} for rule in self}
        self.env["customer.audit.entry"]._ar_log(event, self, values, by_record)
        self.env["customer.access.conflict"]._refresh()

    @api.model
    def _pairs(self):
        # archived ones do not count, whatever a client says in its context.
        # sudo: the rules are read for users who may not see them
        rules = self.sudo().search([("active", "=", True)])
        return [
            Pair(rule.id, rule.one_group_id.id, rule.other_group_id.id)
            for rule in rules
        ]


class CustomerAccessConflict(models.Model):
    """A user who holds two roles that should be in two hands; found, accepted or ended.

    The list is kept up to date by the system; people only accept, with a reason.
    """

    _name = "customer.access.conflict"
    _description = "Segregation of Duties Conflict"
    _inherit = ["ar.locked.mixin"]
    _order = "state desc, severity, id"
    _rec_name = "rule_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "customer.access.conflict.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    severity = fields.Selection(related="rule_id.severity", store=True)
    risk = fields.Text(related="rule_id.risk")
    company_ids = fields.Many2many(related="user_id.company_ids", related_sudo=True)
    found_at = fields.Datetime(string="Found on", required=True, readonly=True)
    ended_at = fields.Datetime(string="Ended on", readonly=True)
    state = fields.Selection(
        [("open", "Unresolved"), ("accepted", "Accepted"), ("ended", "Ended")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    accepted_by_id = fields.Many2one(
        "res.users", string="Accepted by", readonly=True, ondelete="restrict"
    )
    accepted_at = fields.Datetime(string="Accepted on", readonly=True)
    accepted_until = fields.Date(string="Accepted until", readonly=True)
    reason = fields.Text(string="Compensating Control", readonly=True)

    _one_current = models.UniqueIndex(
        "(user_id, rule_id) WHERE state <> 'ended'",
        "A conflict of a user is listed once.",
    )
    _accepted_with_reason = models.Constraint(
        "CHECK (state <> 'accepted' OR (accepted_by_id IS NOT NULL"
        " AND accepted_at IS NOT NULL AND accepted_until IS NOT NULL"
        " AND length(btrim(reason)) > 0))",
        "A conflict is accepted by somebody, until a day, for a reason.",
    )

    # -- finding --------------------------------------------------------------------------

    @api.model
    def _refresh(self, users=None):
        """Compare the list with who holds what now: of all internal users, or of these."""
        # sudo: the list is kept by the system, whoever gave or took a role
        model = self.with_env(self.env(su=True, context={"lang": self.env.lang}))
        people = model.env["res.users"].search(
            [("id", "in", users.ids)] if users else [("share", "=", False)]
        )
        people = people.filtered("active") - self.env.ref(SYSTEM)
        held = {user.id: set(user.all_group_ids.ids) for user in people}
        found = set(in_one_hand(held, model.env[f"{self._name}.rule"]._pairs()))
        listed = model.search(
            [("state", "!=", "ended")]
            + ([("user_id", "in", users.ids)] if users else [])
        )
        known = {(one.user_id.id, one.rule_id.id): one for one in listed}
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for key, conflict in known.items():
            if key not in found:
                conflict._set(state="ended", ended_at=now)
            elif conflict.state == "accepted" and conflict.accepted_until < today:
                conflict._set(state="open")
        model._insert(
            [
                {"user_id": user, "rule_id": rule, "found_at": now}
                for user, rule in sorted(found - set(known))
            ]
        )

    @api.model
    def _cron_refresh(self):
        """Groups change in ways nobody announces: once a day everything is compared."""
        self._refresh()

    def action_refresh(self):
        """Compare now."""
        self.env["customer.access.review"]._check_reviewer()
        self._refresh()
        return True

    @api.model
    def _names_by_user(self, company):
        """{user: names of the rules he is found under} in ``company``."""
        found = self.search(
            [("state", "!=", "ended"), ("user_id.company_ids", "in", company.ids)]
        )
        return {
            user.id: "; ".join(conflicts.rule_id.mapped("name"))
            for user, conflicts in found.grouped("user_id").items()
        }

    # -- accepting ------------------------------------------------------------------------

    def action_accept(self):
        """Ask for the reason."""
        self.env["customer.access.review"]._check_reviewer()
        self.check_access("read")
        return self.env["customer.access.accept"]._open(self)

    def _accept(self, reason, until):
        """Accept for the user: not one's own, for a reason, until a day."""
        self.env["customer.access.review"]._check_reviewer()
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say what keeps the risk small: who looks at it, and when.")
            )
        if not until or until <= fields.Date.context_today(self):
            raise UserError(self.env._("Accept it until a day in the future."))
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: accepting is done here and nowhere else
        for conflict in self.sudo():
            conflict.lock_for_update()
            conflict.invalidate_recordset()
            conflict._check_acceptor(user)
            conflict._set(
                state="accepted",
                accepted_by_id=user.id,
                accepted_at=fields.Datetime.now(),
                accepted_until=until,
                reason=reason.strip(),
            )
        self.env["customer.audit.entry"]._ar_log(
            "conflict.accept",
            self,
            {"reason": reason.strip(), "until": until},
            {one.id: {"user": one.user_id.id, "rule": one.rule_id.id} for one in self},
        )

    def _check_acceptor(self, user):
        if self.state == "ended":
            raise UserError(self.env._("This conflict has ended already."))
        if user._ar_is_same_person(self.user_id):
            others = self.env["customer.access.review"]._reviewers(
                self.user_id.company_ids
            )
            others = others.filtered(lambda other: not user._ar_is_same_person(other))
            if others:
                raise UserError(
                    self.env._(
                        "You cannot accept a conflict of your own: %(names)s can.",
                        names=", ".join(others.mapped("name")),
                    )
                )
