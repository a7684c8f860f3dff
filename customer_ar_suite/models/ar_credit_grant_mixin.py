from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVERS = (
    "customer_ar_suite.customer_ar_suite_group_credit_manager",
    "customer_ar_suite.customer_ar_suite_group_administrator",
)


class ArCreditGrantMixin(models.AbstractModel):
    """Somebody asks, somebody else grants: for so much, until a day, for a reason.

    Rows are written by their own steps alone. Each step is in the audit log.
    """

    _name = "ar.credit.grant.mixin"
    _description = "Asked and Granted"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    #: prefix of its events in the audit log
    _grant_event = None

    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Granted"),
            ("used", "Used"),
            ("rejected", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("expired", "Expired"),
        ],
        default="requested",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Text(required=True, readonly=True)
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", readonly=True, ondelete="restrict"
    )
    requested_at = fields.Datetime(string="Requested on", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    decision_note = fields.Text(string="Comment", readonly=True)
    valid_to = fields.Date(string="Valid until", required=True, readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for grant in self:
            try:
                grant._check_approver()
                grant.can_decide = grant.state == "requested"
            except UserError:
                grant.can_decide = False

    def _ask(self, vals_list):
        """Make requests; the caller has checked who asks."""
        now = fields.Datetime.now()
        grants = self.sudo()._insert(  # sudo: nobody has the right to write these
            [
                {**vals, "requested_by_id": self.env.uid, "requested_at": now}
                for vals in vals_list
            ]
        )
        grants._log_step("request")
        return grants.with_env(self.env)

    def _check_approver(self):
        """A credit manager or administrator, who has not asked for it himself."""
        user = self.env["res.users"].browse(self.env.uid)
        if not any(user.has_group(group) for group in APPROVERS):
            raise AccessError(
                self.env._("Credit managers and administrators decide on this.")
            )
        self.check_access("read")
        # sudo: accounts are compared, not shown
        for asked_by in self.sudo().requested_by_id:
            if asked_by._ar_is_same_person(user.sudo()):  # sudo: as above
                raise AccessError(
                    self.env._("Somebody else than who asked for it decides.")
                )

    def _decide(self, state, note="", **vals):
        """Grant or refuse what is still open."""
        self._check_approver()
        # a row two people decide at once is decided by the first
        self.sudo().lock_for_update()  # sudo: the mixin's own write
        if any(grant.state != "requested" for grant in self):
            raise UserError(self.env._("This has been decided already."))
        if state == "rejected" and not (note or "").strip():
            raise UserError(self.env._("Say why it is refused."))
        today = fields.Date.context_today(self)
        ends = [vals.get("valid_to") or grant.valid_to for grant in self]
        if state == "approved" and any(end < today for end in ends):
            raise UserError(self.env._("It would have ended already. Choose a day."))
        # sudo: the one door to a decision
        self.sudo()._set(
            state=state,
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
            decision_note=note or False,
            **vals,
        )
        self._log_step("approve" if state == "approved" else "reject")

    def action_withdraw(self):
        """Take back what one has asked for himself."""
        self.check_access("read")
        for grant in self:
            if grant.requested_by_id.id != self.env.uid:
                raise AccessError(self.env._("Only who asked for it can take it back."))
            if grant.state not in ("requested", "approved"):
                raise UserError(self.env._("This is closed already."))
        self.sudo()._set(state="withdrawn")  # sudo: his own request
        self._log_step("withdraw")
        return True

    def _expire(self):
        """Close what has ended, in whatever company."""
        # sudo: called by the daily job
        ended = self.sudo().search(
            [
                ("state", "in", ("requested", "approved")),
                ("valid_to", "<", fields.Date.context_today(self)),
            ]
        )
        ended._set(state="expired")
        ended._log_step("expire")

    def _log_step(self, step):
        self.env["customer.audit.entry"]._ar_log(
            f"{self._grant_event}.{step}",
            self,
            None,
            {
                grant.id: {
                    "amount": grant.amount,
                    "until": str(grant.valid_to),
                    "reason": grant.decision_note or grant.reason,
                }
                # sudo: what the log keeps of it
                for grant in self.sudo()
            },
        )
