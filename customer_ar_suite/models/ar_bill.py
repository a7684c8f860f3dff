from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.bills import is_at_risk, state_after

#: what a bill is; frozen with the first step
FACTS = {
    "kind",
    "number",
    "company_id",
    "partner_id",
    "currency_id",
    "amount",
    "drawer",
    "acceptor",
    "issue_date",
    "due_date",
}


class ArBill(models.Model):
    """A bill receivable or post-dated cheque: who owes it, when, and where it is.

    What happens to it are its steps (``ar.bill.step``); they decide the state.
    """

    _name = "ar.bill"
    _description = "Bill Receivable"
    _inherit = ["mail.thread", "mail.activity.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "due_date, id"
    _rec_name = "number"
    _check_company_auto = True

    kind = fields.Selection(
        [
            ("bank_bill", "Bank Acceptance Bill"),
            ("trade_bill", "Commercial Acceptance Bill"),
            ("cheque", "Post-Dated Cheque"),
            ("note", "Promissory Note"),
        ],
        required=True,
        default="bank_bill",
        tracking=True,
    )
    number = fields.Char(required=True, tracking=True, index="trigram", copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, tracking=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amount",
        store=True,
    )
    drawer = fields.Char(help="Who has issued the bill, where it is not the customer.")
    acceptor = fields.Char(help="Bank or company that will pay on the due date.")
    issue_date = fields.Date(string="Drawn on")
    due_date = fields.Date(required=True, index=True, tracking=True)
    has_recourse = fields.Boolean(
        string="With Recourse",
        default=True,
        tracking=True,
        help="After a discount or endorsement the customer's risk remains until the bill "
        "is paid; it goes on counting in his exposure.",
    )
    note = fields.Text(string="Notes")
    step_ids = fields.One2many("ar.bill.step", "bill_id", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("received", "In Hand"),
            ("discounted", "Discounted"),
            ("endorsed", "Endorsed"),
            ("collected", "Cashed"),
            ("dishonoured", "Dishonoured"),
            ("returned", "Given Back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_at_risk = fields.Boolean(
        string="At Risk",
        compute="_compute_state",
        store=True,
        help="The customer may still have to pay this amount.",
    )
    endorsee_id = fields.Many2one(
        "res.partner",
        string="Endorsed to",
        compute="_compute_state",
        store=True,
    )
    days_left = fields.Integer(
        compute="_compute_days_left", help="Days until the due date."
    )
    move_count = fields.Integer(string="Journal Entries", compute="_compute_move_count")

    _number_uniq = models.Constraint(
        "UNIQUE(company_id, kind, number)",
        "A bill of this kind and number exists already.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The amount of a bill must be positive."
    )

    # -- computed -------------------------------------------------------------------------

    @api.depends("amount", "currency_id", "company_id", "step_ids.date")
    def _compute_company_amount(self):
        """At the rate of the day the bill was received."""
        for bill in self:
            day = bill._live_steps()[:1].date or fields.Date.context_today(bill)
            bill.company_amount = bill.currency_id._convert(
                bill.amount, bill.company_currency_id, bill.company_id, day
            )

    @api.depends("step_ids.is_undone", "has_recourse")
    def _compute_state(self):
        for bill in self:
            steps = bill._live_steps()
            bill.state = state_after(steps.mapped("kind"))
            bill.is_at_risk = is_at_risk(bill.state, bill.has_recourse)
            bill.endorsee_id = steps.endorsee_id[-1:]

    @api.depends("due_date")
    @api.depends_context("tz")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for bill in self:
            bill.days_left = bill.due_date and (bill.due_date - today).days

    @api.depends("step_ids.move_id")
    def _compute_move_count(self):
        for bill in self:
            bill.move_count = len(bill.step_ids.move_id)

    def _live_steps(self):
        """Steps that were not taken back, the first one first."""
        return self.step_ids.filtered(lambda step: not step.is_undone).sorted()

    # -- what may be changed --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_untouched(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_untouched(vals)
        changed = FACTS & vals.keys()
        if changed and any(bill.state != "draft" for bill in self):
            raise UserError(
                self.env._(
                    "%(names)s: what is written on a bill that was received cannot be "
                    "changed. Take back its steps first.",
                    names=", ".join(self.mapped("number")),
                )
            )
        return super().write(vals)

    def _check_untouched(self, *vals_list):
        """The state follows from the steps; nobody writes it."""
        for vals in vals_list:
            if {"state", "is_at_risk", "endorsee_id", "step_ids"} & vals.keys():
                raise UserError(
                    self.env._(
                        "The state of a bill follows from its steps. Use its buttons."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(bill.step_ids for bill in self):
            raise UserError(
                self.env._("A bill with a history is not deleted. Take back its steps.")
            )

    # -- buttons --------------------------------------------------------------------------

    def action_undo_step(self):
        """Take back the last step and its draft entry."""
        self.check_access("write")
        self.step_ids._check_accountant()
        self._undo_step()

    def action_view_moves(self):
        """The entries proposed for this bill's steps."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.step_ids.move_id.ids)],
        }

    # -- steps ----------------------------------------------------------------------------

    def _undo_step(self):
        self.ensure_one()
        self.lock_for_update()
        last = self._live_steps()[-1:]
        if not last:
            raise UserError(self.env._("This bill has taken no step yet."))
        if last.move_id.state == "posted":
            raise UserError(
                self.env._(
                    "The entry %(number)s of this step is posted. Reset it to draft first.",
                    number=last.move_id.name,
                )
            )
        last.move_id.filtered(lambda move: move.state == "draft").unlink()
        last._mark_undone()
        self._remind()

    def _remind(self):
        """One open activity on the due date, while the bill is in hand."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for bill in self.filtered(lambda one: one.state == "received"):
            bill.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=bill.due_date,
                summary=self.env._("Present the bill for payment"),
                user_id=self.env.uid,
            )
