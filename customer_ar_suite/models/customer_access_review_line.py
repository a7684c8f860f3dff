from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerAccessReviewLine(models.Model):
    """One role in one hand, and what the reviewer said about it."""

    _name = "customer.access.review.line"
    _description = "Reviewed Role"
    _inherit = ["ar.locked.mixin"]
    _order = "review_id desc, login, id"
    _rec_name = "login"

    review_id = fields.Many2one(
        "customer.access.review",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    state = fields.Selection(related="review_id.state")
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    login = fields.Char(required=True, readonly=True)
    role_id = fields.Many2one(
        "res.groups", required=True, readonly=True, ondelete="restrict"
    )
    role_name = fields.Char(related="role_id.name", string="Role Held")
    is_direct = fields.Boolean(
        string="Given directly",
        readonly=True,
        help="The role itself was given to the user. If not, it comes with another one.",
    )
    through_ids = fields.Many2many(
        "res.groups",
        "customer_access_review_line_through_rel",
        string="Comes with",
        readonly=True,
    )
    source = fields.Char(string="How It Came", compute="_compute_source")
    last_login = fields.Datetime(readonly=True)
    has_second_factor = fields.Boolean(string="Second Factor", readonly=True)
    conflicts = fields.Char(readonly=True)
    decision = fields.Selection(
        [
            ("open", "Not Looked At"),
            ("keep", "Confirmed"),
            ("remove", "To Take Away"),
            ("gone", "Gone Meanwhile"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    is_self_reviewed = fields.Boolean(
        string="Reviewed by Oneself",
        readonly=True,
        help="There was no second administrator who could have looked at it.",
    )
    is_held = fields.Boolean(string="Still Held", compute="_compute_is_held")

    _one_role = models.Constraint(
        "UNIQUE (review_id, user_id, role_id)", "Each role of a user is listed once."
    )
    _decided_by_somebody = models.Constraint(
        "CHECK (decision NOT IN ('keep', 'remove')"
        " OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL))",
        "A decision names who made it and when.",
    )
    _not_by_oneself = models.Constraint(
        "CHECK (is_self_reviewed IS TRUE OR decided_by_id IS NULL OR decided_by_id <> user_id)",
        "Nobody confirms his own role while another administrator can.",
    )

    @api.depends("role_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.login}: {line.role_id.name}"

    @api.depends("is_direct", "through_ids")
    @api.depends_context("lang")
    def _compute_source(self):
        for line in self:
            others = ", ".join(line.through_ids.mapped("display_name"))
            line.source = (
                self.env._("Given directly")
                if line.is_direct
                else self.env._("Comes with %(roles)s", roles=others)
            )

    @api.depends("user_id", "role_id")
    def _compute_is_held(self):
        for line in self:
            # sudo: whether a role is still held is what the review follows up
            user = line.user_id.sudo()
            line.is_held = user.active and line.role_id in user.all_group_ids

    # -- deciding -------------------------------------------------------------------------

    def action_keep(self):
        """The user needs the role."""
        self.env["customer.access.review"]._check_reviewer()
        self.check_access("read")
        self._decide("keep")
        return True

    def action_remove(self):
        """The role is to be taken away."""
        self.env["customer.access.review"]._check_reviewer()
        self.check_access("read")
        self._decide("remove")
        return True

    def _decide(self, decision):
        user = self.env["res.users"].browse(self.env.uid)
        now = fields.Datetime.now()
        # sudo: the methods of a review are its only writers; the right was checked
        for review, lines in self.sudo().grouped("review_id").items():
            review._lock_open()
            for line in lines.filtered(lambda line: line.decision != "gone"):
                line._check_not_oneself(user)
                line._set(
                    decision=decision,
                    decided_by_id=user.id,
                    decided_at=now,
                    is_self_reviewed=line.user_id == user,
                )

    def _check_not_oneself(self, user):
        if not self._may_decide(user):
            raise UserError(
                self.env._(
                    "You cannot decide on your own roles: %(names)s can.",
                    names=", ".join(self._others(user).mapped("name")),
                )
            )

    def _may_decide(self, user):
        """Another person's role, or there is nobody else who could."""
        mine = user._ar_is_same_person(self.user_id)
        return not mine or not self._others(user)

    def _others(self, user):
        """Administrators who are not the person behind ``user``."""
        reviewers = self.env["customer.access.review"]._reviewers(self.company_id)
        return reviewers.filtered(lambda other: not user._ar_is_same_person(other))

    def _plain(self):
        """What the signature covers."""
        decided_at = fields.Datetime.to_string(self.decided_at)
        return [
            [self.user_id.id, self.login, self.role_id.id, self.is_direct],
            sorted(self.through_ids.ids),
            [self.has_second_factor, self.conflicts or False],
            [self.decision, self.decided_by_id.id, decided_at, self.is_self_reviewed],
        ]
