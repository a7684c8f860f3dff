from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .customer_quality_finding import DECIDERS
from .customer_quality_run import TODO

#: what the proposer may write as long as nobody has decided
_HIS = {"name", "area", "problem", "proposal"}
#: what is written by those who decide
_THEIRS = {"answer", "responsible_id", "due_date"}


class CustomerQualityProposal(models.Model):
    """What somebody who works with the data would do better, and what was answered.

    Everybody with a role files and reads proposals; reviewers and administrators decide,
    never on their own, and never without an answer.
    """

    _name = "customer.quality.proposal"
    _description = "Proposal for Better Data"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(string="Proposal in a Line", required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    area = fields.Selection(
        [
            ("entry", "Entering customers"),
            ("import", "Files and other systems"),
            ("rule", "Rules and checks"),
            ("duplicate", "Duplicates"),
            ("training", "Training"),
            ("other", "Something else"),
        ],
        required=True,
        default="entry",
    )
    problem = fields.Text(string="What Goes Wrong", required=True)
    proposal = fields.Text(string="What Would Help", required=True)
    proposer_id = fields.Many2one(
        "res.users",
        string="Proposed by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    filed_on = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("filed", "Awaiting an Answer"),
            ("agreed", "Will Be Done"),
            ("declined", "Declined"),
            ("done", "Carried Out"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
        index=True,
    )
    answer = fields.Text(copy=False)
    decided_by_id = fields.Many2one(
        "res.users", string="Answered by", readonly=True, copy=False
    )
    decided_on = fields.Date(string="Answered on", readonly=True, copy=False)
    responsible_id = fields.Many2one(
        "res.users", copy=False, domain="[('share', '=', False)]"
    )
    due_date = fields.Date(string="Carry out by", copy=False)
    is_mine = fields.Boolean(compute="_compute_is_mine")
    may_decide = fields.Boolean(compute="_compute_is_mine")

    @api.depends("proposer_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        decides = any(map(self.env.user.has_group, DECIDERS))
        for one in self:
            one.is_mine = one.proposer_id == self.env.user
            one.may_decide = decides and not one.is_mine

    # -- who writes what ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in _OWN}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            for one in self:
                one._check_writer(set(vals) - _MAIL)
        return super().write(vals)

    def _check_writer(self, names):
        allowed = set()
        if self.is_mine and self.state in ("draft", "filed"):
            allowed |= _HIS
        if self.may_decide and self.state != "draft":
            allowed |= _THEIRS
        if names - allowed:
            raise AccessError(
                self.env._(
                    "A proposal is written by who makes it, until it is answered; the "
                    "answer by reviewers and administrators."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts(self):
        if any(one.state != "draft" or not one.is_mine for one in self):
            raise UserError(self.env._("Only own drafts can be deleted."))

    # -- buttons --------------------------------------------------------------------------

    def action_file(self):
        """Hand it in: reviewers are asked for an answer."""
        self.check_access("write")
        for one in self:
            if not one.is_mine or one.state != "draft":
                raise UserError(self.env._("Only own drafts can be handed in."))
            one._move(state="filed", filed_on=fields.Date.context_today(self))

    def action_agree(self):
        """It will be done."""
        self._decide("agreed")

    def action_decline(self):
        """It will not be done, for the reason in the answer."""
        self._decide("declined")

    def action_done(self):
        """It has been carried out."""
        self._check_decider()
        for one in self:
            if one.state != "agreed":
                raise UserError(self.env._("Only what was agreed on is carried out."))
            one._move(state="done")
            one._tell_proposer()

    def _decide(self, state):
        self._check_decider()
        for one in self:
            if one.state != "filed":
                raise UserError(self.env._("There is nothing to answer here."))
            if one.is_mine:
                raise UserError(
                    self.env._("Let somebody else answer your own proposal.")
                )
            if not (one.answer or "").strip():
                raise UserError(self.env._("Write the answer first."))
            one._move(
                state=state,
                decided_by_id=self.env.uid,
                decided_on=fields.Date.context_today(self),
            )
            one._tell_proposer()

    def _check_decider(self):
        if not any(map(self.env.user.has_group, DECIDERS)):
            raise AccessError(
                self.env._("Only reviewers and administrators answer proposals.")
            )
        self.check_access("write")

    def _move(self, **vals):
        # sudo: the state is moved by these steps alone, whose callers checked the right
        self.sudo().write(vals)
        self.env["customer.audit.entry"]._ar_log(
            f"quality_proposal.{vals['state']}", self
        )

    def _tell_proposer(self):
        """Who proposed it hears of the answer, inside Odoo; no e-mail of core's."""
        # sudo: an activity for somebody else, made by the step
        self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            TODO,
            date_deadline=fields.Date.context_today(self),
            summary=self.env._("Your proposal was answered: %(name)s", name=self.name),
            user_id=self.proposer_id.id,
        )


#: written by the steps alone
_OWN = {
    "state", "proposer_id", "filed_on", "decided_by_id", "decided_on", "answer",
}  # fmt: skip
#: what the mail features write by themselves
_MAIL = {
    "message_main_attachment_id",
    "message_follower_ids",
    "activity_ids",
    "message_ids",
}
