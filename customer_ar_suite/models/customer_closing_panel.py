from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

TODO = "mail.mail_activity_data_todo"
MANY = 20  # of more requests at once nobody is reminded one by one


class CustomerClosingRequest(models.Model):
    """Who decides on a closing request: how many, their deputies; frozen when it is made."""

    _inherit = "customer.closing.request"

    needed = fields.Integer(
        string="Approvals needed", required=True, readonly=True, default=1
    )
    deputy_ids = fields.Many2many(
        "res.users", "customer_closing_deputy_rel", string="Deputies", readonly=True
    )
    deputies_from = fields.Date(readonly=True)
    escalated_at = fields.Datetime(string="Deputies Asked on", readonly=True)
    vote_ids = fields.One2many(
        "customer.closing.vote", "request_id", string="Decisions", readonly=True
    )
    approval_text = fields.Char(string="Approvals", compute="_compute_approval_text")

    @api.depends("needed", "vote_ids.verdict")
    @api.depends_context("lang")
    def _compute_approval_text(self):
        for request in self:
            votes = request.vote_ids.filtered(lambda vote: vote.verdict == "approved")
            request.approval_text = self.env._(
                "%(given)s of %(needed)s", given=len(votes), needed=request.needed
            )

    # -- who may --------------------------------------------------------------------------

    def _panel(self):
        """Who may approve a request made now."""
        company = self.company_id
        group = company.ar_closing_approver_group_id or self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_customer_reviewer"
        )
        return self._of_company(group.all_user_ids)

    def _deputies(self):
        """Who may stand in for them."""
        return self._of_company(self.company_id.ar_closing_deputy_ids)

    def _of_company(self, users):
        return users._ar_who_may_approve(self._name).filtered(
            lambda user: self.company_id in user.company_ids
        )

    def _panel_values(self, today):
        """The same as values of a request that is made today."""
        company = self.company_id
        return {
            "needed": company.ar_closing_approver_count,
            "approver_ids": [Command.set(self._panel().ids)],
            "deputy_ids": [Command.set(self._deputies().ids)],
            "deputies_from": today + timedelta(days=company.ar_closing_deputy_days),
        }

    def _panel_proof(self):
        """What of the panel is part of the fingerprint, where it is not the plain one."""
        if self.needed == 1 and not self.deputy_ids:
            return []
        return [
            [self.needed, sorted(self.deputy_ids.ids), str(self.deputies_from or "")]
        ]

    # -- votes ----------------------------------------------------------------------------

    def _vote(self, user, verdict, reason=""):
        """Write down one decision; the checks of persons come before."""
        self.ensure_one()
        votes = self.env["customer.closing.vote"]
        votes._cast(user, [(self, verdict, {})], reason)
        self.invalidate_recordset(["vote_ids"])
        self.activity_unlink([TODO], user_id=user.id)

    def _votes(self):
        return {(vote.user_id.id, vote.verdict) for vote in self.vote_ids}

    # -- hearing of it --------------------------------------------------------------------

    def _tell_approvers(self):
        """An activity for everybody on the list; of many requests the list is enough."""
        if len(self) <= MANY:
            for request in self:
                request._remind(request.approver_ids)

    def _remind(self, users):
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        quiet = self.with_context(
            mail_activity_quick_update=True
        )  # no e-mail of core's
        for user in users - self.maker_id - self.vote_ids.user_id:
            quiet.activity_schedule(
                TODO,
                date_deadline=self.expires_on,
                summary=f"{label}: {self.customer_name}",
                user_id=user.id,
            )

    @api.model
    def _ask_deputies(self, today):
        """The approvers have had their time: deputies may decide from today on."""
        late = self.search(
            [
                ("state", "=", "requested"),
                ("escalated_at", "=", False),
                ("deputies_from", "<=", today),
                ("deputy_ids", "!=", False),
            ]
        )
        for request in late.try_lock_for_update():
            request._set(escalated_at=fields.Datetime.now())
            request._remind(request.deputy_ids)
            request._log("closing.escalate", {"deputies": request.deputy_ids.ids})
