from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.quality import LIVE, Known

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
CLERK = f"{_PREFIX}customer_clerk"
REVIEWER = f"{_PREFIX}customer_reviewer"
ADMINISTRATOR = f"{_PREFIX}administrator"
#: who may work off findings, and who decides that a fault may stay
WORKERS = (CLERK, REVIEWER)
DECIDERS = (REVIEWER, ADMINISTRATOR)
#: who sees which colleague entered a value
SEES_AUTHORS = f"{REVIEWER},{ADMINISTRATOR},{_PREFIX}auditor"
#: what people may write on a finding; its state moves by the buttons
EDITABLE = {
    "responsible_id",
    "cause",
    "cause_note",
    "corrective_action",
    "due_date",
    "accepted_until",
    "acceptance_reason",
}


class CustomerQualityFinding(models.Model):
    """Something wrong with the data of a customer: whose, why, what is done, until when.

    Found by an audit, once; the next look closes what is corrected and takes up again what
    is not. People move it by the buttons and write cause, action and date beside it.
    """

    _name = "customer.quality.finding"
    _description = "Finding on Data Quality"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "state_sequence, due_date, id desc"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.quality.run",
        string="Found in Audit",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    last_run_id = fields.Many2one(
        "customer.quality.run",
        string="Last Seen by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    check_id = fields.Many2one(
        "customer.quality.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    check_code = fields.Char(related="check_id.code")
    dimension = fields.Selection(
        related="check_id.dimension", store=True, string="Dimension of Quality"
    )
    field_name = fields.Char(string="Technical Name", readonly=True)
    field_id = fields.Many2one("ir.model.fields", readonly=True, ondelete="set null")
    key = fields.Char(readonly=True)
    details = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    points = fields.Integer(
        readonly=True, help="What one fault of this kind takes off the score."
    )
    what = fields.Char(string="What Is Wrong", compute="_compute_texts")
    value_text = fields.Char(string="Value Found", compute="_compute_texts")
    advice = fields.Char(string="What to Do", compute="_compute_texts")
    entered_by_id = fields.Many2one(
        "res.users",
        string="Entered by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=SEES_AUTHORS,
        help="Who last wrote the value, by the audit log; without a log, who created the "
        "customer. Seen by reviewers, administrators and auditors alone.",
    )
    found_on = fields.Date(required=True, readonly=True)
    seen_on = fields.Date(string="Last Seen on", readonly=True)
    state = fields.Selection(
        [
            ("open", "To Correct"),
            ("in_work", "In Work"),
            ("corrected", "Said to Be Corrected"),
            ("verified", "Gone, Cause Missing"),
            ("accepted", "Accepted for Now"),
            ("closed", "Closed as Corrected"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    state_sequence = fields.Integer(compute="_compute_state_sequence", store=True)
    responsible_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False)]",
    )
    cause = fields.Selection(
        [
            ("typing", "Slip when entering"),
            ("not_asked", "Not asked of the customer"),
            ("unknown_to_customer", "Customer does not say"),
            ("moved", "Customer has changed"),
            ("import", "Came with a file"),
            ("system", "Other system"),
            ("rule", "Rule does not fit"),
            ("training", "Not known how"),
        ],
        string="Cause of the Fault",
    )
    cause_note = fields.Char(string="More on the Cause")
    corrective_action = fields.Text(
        help="What is done so that it does not come again, not only here."
    )
    due_date = fields.Date(string="Correct by", index=True)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    escalated_on = fields.Date(string="Escalated on", readonly=True)
    reopened_count = fields.Integer(string="Came Back", readonly=True)
    acceptance_reason = fields.Char(string="Why It May Stay")
    accepted_until = fields.Date(string="May Stay until")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    closed_on = fields.Date(readonly=True)

    _live_idx = models.Index("(company_id, partner_id) WHERE state <> 'closed'")

    @api.depends("state")
    def _compute_state_sequence(self):
        order = [code for code, _label in self._fields["state"].selection]
        for finding in self:
            finding.state_sequence = order.index(finding.state)

    @api.depends("due_date", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for finding in self:
            finding.is_overdue = bool(
                finding.state in ("open", "in_work")
                and finding.due_date
                and finding.due_date < today
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "in", ("open", "in_work")),
            ("due_date", "<", fields.Date.context_today(self)),
        ]

    # -- what people may write ------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            if set(vals) - EDITABLE:
                raise AccessError(
                    self.env._("A finding is moved by its buttons, not by hand.")
                )
            self._check_worker()
            if any(finding.state == "closed" for finding in self):
                raise UserError(self.env._("This finding is closed."))
        return super().write(vals)

    def _check_worker(self):
        if not any(map(self.env.user.has_group, WORKERS)):
            raise AccessError(
                self.env._("Only customer clerks and reviewers work off findings.")
            )
        self.check_access("write")

    def _move(self, event, **vals):
        # sudo: the state is moved by these steps alone, whose callers checked the right
        self.sudo().write(vals)
        by_record = {
            finding.id: {"check": finding.check_code, "field": finding.field_name}
            for finding in self
        }
        self.env["customer.audit.entry"]._ar_log(event, self, None, by_record)

    # -- buttons --------------------------------------------------------------------------

    def action_take(self):
        """I take care of these."""
        self._check_worker()
        self._only("open")._move(
            "quality.take", state="in_work", responsible_id=self.env.uid
        )

    def action_corrected(self):
        """Said to be corrected; looking again is what closes it."""
        self._check_worker()
        self._only("open", "in_work")._move("quality.corrected", state="corrected")

    def action_check_again(self):
        """Look at these customers now: what is gone is closed, the rest stays."""
        self._check_worker()
        gone = 0
        for company, findings in self._only(*LIVE).grouped("company_id").items():
            gone += self.env["customer.quality.run"]._look_again(
                findings.partner_id, company
            )
        return self._tell(
            self.env._("%(count)s findings are gone.", count=gone)
            if gone
            else self.env._("It is still there."),
            "success" if gone else "warning",
        )

    def action_confirm(self):
        """The values are right as they stand: the customer was asked today."""
        self._check_worker()
        aged = self._only(*LIVE).filtered(lambda one: one.check_code == "not_confirmed")
        if not aged:
            raise UserError(
                self.env._("Only values that are out of date can be confirmed.")
            )
        for partner, findings in aged.grouped("partner_id").items():
            partner._ar_confirm_fields(findings.mapped("field_name"))
        return aged.action_check_again()

    def action_accept(self):
        """The fault may stay until a day, for a reason; somebody else entered it."""
        if not any(map(self.env.user.has_group, DECIDERS)):
            raise AccessError(
                self.env._("Reviewers and administrators decide what may stay.")
            )
        self.check_access("write")
        today = fields.Date.context_today(self)
        for finding in self._only("open", "in_work", "corrected"):
            # sudo: whether it is one's own value
            if finding.sudo().entered_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You have entered this value yourself. Let somebody else decide "
                        "that it may stay."
                    )
                )
            if not finding.acceptance_reason or not finding.accepted_until:
                raise UserError(self.env._("Say why it may stay, and until which day."))
            if finding.accepted_until <= today:
                raise UserError(self.env._("The day until it may stay has passed."))
        self._move("quality.accept", state="accepted", decided_by_id=self.env.uid)

    def action_close(self):
        """It is gone and the cause is known."""
        self._check_worker()
        if any(not finding.cause for finding in self._only("verified")):
            raise UserError(self.env._("Say first how the fault came about."))
        self._move(
            "quality.close",
            state="closed",
            closed_on=fields.Date.context_today(self),
            decided_by_id=self.env.uid,
        )

    def action_reopen(self):
        """It may not stay after all."""
        self._check_worker()
        self._only("accepted", "corrected")._move("quality.reopen", state="open")

    def action_open_partner(self):
        """The customer this is about."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id._get_records_action(context={})

    def _only(self, *states):
        if not self or any(finding.state not in states for finding in self):
            raise UserError(
                self.env._("This step is not possible in the state the finding is in.")
            )
        return self

    def _tell(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- for the audit --------------------------------------------------------------------

    @api.model
    def _load_known(self, partners, company):
        """Findings about these customers that are not closed."""
        # sudo: a look compares all findings of the customers its user sees
        return self.sudo().search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("state", "in", LIVE),
            ]
        )

    def _as_known(self):
        return [
            Known(
                finding.id,
                finding.partner_id.id,
                (finding.check_code, finding.field_name or "", finding.key or ""),
                finding.state,
                finding.accepted_until or None,
            )
            for finding in self
        ]
