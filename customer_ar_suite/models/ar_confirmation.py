from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.statement.confirmation import Confirmation, check_code

#: who issues letters, enters replies and cancels
ISSUERS = ("ar_clerk", "credit_manager")
KINDS = [
    ("positive", "Positive: asks for an answer"),
    ("negative", "Negative: answer only if it differs"),
    ("blank", "Blank: the customer states the balance"),
]
ANSWERED = ("agreed", "differing")
#: letters whose figures still count
LIVE = ("issued", "sent", "returned", *ANSWERED)
#: from which states a letter may get where
MOVES = {
    "sent": ("issued", "returned"),
    "returned": ("sent",),
    "agreed": ("issued", "sent", "returned"),
    "differing": ("issued", "sent", "returned"),
    "reopened": ANSWERED,
    "superseded": LIVE,
    "cancelled": ("issued", "sent", "returned"),
}


class ArConfirmation(models.Model):
    """A letter in which a customer confirms what is owed, and what became of it.

    What it says is frozen and proven by a hash; a reply is bound to that hash. Nobody
    writes letters by hand, superusers included: ``_issue``, ``_move`` and what they call
    are the only doors.
    """

    _name = "ar.confirmation"
    _inherit = [
        "ar.locked.mixin",
        "ar.paper.mixin",
        "ar.partner.rule.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _ar_is_money = True
    _paper_document = "customer_ar_suite.ar_confirmation_document"
    _description = "Balance Confirmation"
    #: notes are written by those who see the letter; nobody may write the letter itself
    _mail_post_access = "read"
    _order = "as_of_date desc, id desc"

    name = fields.Char(string="Number", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    run_id = fields.Many2one(
        "ar.confirmation.run",
        string="Selection",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    statement_id = fields.Many2one(
        "ar.statement",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The issued statement whose figures the letter confirms.",
    )
    replaces_id = fields.Many2one("ar.confirmation", readonly=True, ondelete="restrict")
    kind = fields.Selection(KINDS, string="Form", required=True, readonly=True)
    auditor_name = fields.Char(string="Auditor", readonly=True)
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    issued_on = fields.Date(required=True, readonly=True)
    reply_by_date = fields.Date(string="Reply by", required=True, readonly=True)
    language = fields.Char(required=True, readonly=True)
    check_code = fields.Char(
        compute="_compute_check_code",
        help="Printed on the letter. Whoever enters a reply compares it: it proves that "
        "the reply belongs to these figures.",
    )
    total_ids = fields.One2many(
        "ar.confirmation.total", "confirmation_id", string="Balances", readonly=True
    )
    reply_ids = fields.One2many(
        "ar.confirmation.reply", "confirmation_id", string="Replies", readonly=True
    )
    change_ids = fields.One2many(
        "ar.confirmation.change",
        "confirmation_id",
        string="Changed Entries",
        readonly=True,
    )
    company_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    balance_amount = fields.Monetary(
        string="Balance",
        currency_field="company_currency_id",
        readonly=True,
        help="Balance of all currencies, in the company's currency.",
    )
    difference_amount = fields.Monetary(
        string="Difference",
        currency_field="company_currency_id",
        readonly=True,
        aggregator="sum",
        help="What the customer's books say less what ours say, in the company's currency "
        "at the rate of that day.",
    )
    last_line_id = fields.Integer(
        readonly=True, groups=fields.NO_ACCESS, help="Youngest journal item at issue."
    )
    state = fields.Selection(
        [
            ("issued", "Issued"),
            ("sent", "Sent"),
            ("returned", "Undeliverable"),
            ("agreed", "Agreed"),
            ("differing", "Differing"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="issued",
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Issued it, and is reminded of the answer.",
    )
    sent_on = fields.Date(readonly=True)
    replied_on = fields.Date(string="Answered on", readonly=True)
    reply_days = fields.Integer(
        string="Days to Answer", readonly=True, aggregator="avg"
    )
    superseded_on = fields.Date(readonly=True)
    reminder_count = fields.Integer(string="Reminders", readonly=True)
    reminded_on = fields.Date(string="Last Reminder", readonly=True)
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Sent, not answered, and the day to answer by is past.",
    )
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "This number is already used."
    )
    _partner_date_idx = models.Index("(partner_id, as_of_date DESC)")

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = f"{letter.name} · {letter.partner_id.name}"

    @api.depends("snapshot_hash")
    def _compute_check_code(self):
        for letter in self:
            letter.check_code = check_code(letter.snapshot_hash or "")

    @api.depends("state", "reply_by_date", "kind")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for letter in self:
            letter.is_overdue = (
                letter.state == "sent"
                and letter.kind != "negative"
                and letter.reply_by_date < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [
            ("state", "=", "sent"),
            ("kind", "!=", "negative"),
            ("reply_by_date", "<", fields.Date.context_today(self)),
        ]

    @api.depends("snapshot")
    def _compute_preview_html(self):
        for letter in self:
            letter.preview_html = self.env["ir.qweb"]._render(
                "customer_ar_suite.ar_confirmation_preview", letter._preview_values()
            )

    def _content(self):
        """What the letter says; refuses a snapshot that was tampered with."""
        return Confirmation.from_json(self._intact_snapshot())

    # -- rights ---------------------------------------------------------------------------

    def _check_may_issue(self):
        """Only the roles that deal with customers' accounts; never the auditor."""
        self._check_issuer(
            ISSUERS,
            self.env._(
                "Confirmation letters are the work of AR clerks, AR accountants and "
                "credit managers. Ask your administrator for one of these roles."
            ),
        )

    def _check_may_reopen(self):
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(
                self.env._("Only AR accountants set an entered reply aside.")
            )
        self.check_access("read")

    # -- buttons --------------------------------------------------------------------------

    def action_print(self):
        """One PDF of all selected letters, each in its customer's language."""
        self.check_access("read")
        self._ar_check_export()
        report = self.env.ref("customer_ar_suite.ar_confirmation_report")
        return report.report_action(self, config=False)

    def action_mark_sent(self):
        """Note that the letters left the house."""
        self._check_may_issue()
        letters = self.filtered(lambda letter: letter.state in MOVES["sent"])
        letters._move("sent", sent_on=fields.Date.context_today(self))

    def action_returned(self):
        """The post brought the letter back."""
        self._check_may_issue()
        self._move("returned")
        return True

    def action_cancel(self):
        """Take letters back that were not answered; number and figures stay on record."""
        self._check_may_issue()
        self._move("cancelled")

    def action_reply(self):
        """Ask for what the customer answered."""
        self._check_may_issue()
        self.ensure_one()
        self._check_answerable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply to %(number)s", number=self.name),
            "res_model": "ar.confirmation.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_confirmation_id": self.id},
        }

    def action_reopen(self):
        """Set the reply aside; it stays on record, and the letter waits for another one."""
        self._check_may_reopen()
        # sudo: rows of this letter, written by its steps alone; checked above
        letters = self.sudo()
        letters._lock_in("reopened")
        letters.reply_ids._set_aside()
        for letter in letters:
            back = "sent" if letter.sent_on else "issued"
            letter._set(state=back, replied_on=False, reply_days=0, difference_amount=0)
        letters.total_ids._clear()
        letters._log("confirmation_reopened")

    def action_check_ledger(self):
        """Compare with the ledger now, instead of waiting for the night."""
        self._check_may_issue()
        # sudo: figures of the letters that the user may see; checked above
        count = len(self.sudo()._supersede())
        message = (
            self.env._(
                "%(count)s superseded: the ledger of that day changed.", count=count
            )
            if count
            else self.env._("The ledger of that day is as it was confirmed.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if count else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_remind(self):
        """Remind now, whatever the schedule says."""
        self._check_may_issue()
        waiting = self.filtered(lambda letter: letter.state == "sent")
        if not waiting:
            raise UserError(self.env._("Only letters that were sent wait for a reply."))
        # sudo: reminders are counted by this step alone; checked above
        waiting.sudo()._remind()
        return True

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    # -- states ---------------------------------------------------------------------------

    def _check_answerable(self):
        if self.state not in MOVES["agreed"]:
            raise UserError(
                self.env._(
                    "%(number)s is %(state)s: no reply can be entered.",
                    number=self.name,
                    state=self._state_name(),
                )
            )

    def _state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _lock_in(self, step):
        """Hold the rows, and refuse those that are past this step."""
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        for letter in self:
            if letter.state not in MOVES[step]:
                raise UserError(
                    self.env._(
                        "%(number)s is %(state)s: this is not possible any more.",
                        number=letter.name,
                        state=letter._state_name(),
                    )
                )

    def _move(self, state, **values):
        """The only way from state to state; the caller checked who asks."""
        # sudo: written by its own steps alone, after they checked who asks
        letters = self.sudo()
        letters._lock_in(state)
        letters._set(state=state, **values)
        if state != "sent":
            letters.activity_unlink(["mail.mail_activity_data_todo"])
        letters._log(f"confirmation_{state}")

    def _log_printed(self):
        self._log("confirmation_printed")

    def _log(self, event, **values):
        """Into the audit log of their companies, with what identifies each letter."""
        for company, letters in self.grouped("company_id").items():
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                event,
                letters,
                values,
                {
                    letter.id: {"number": letter.name, "sha256": letter.snapshot_hash}
                    for letter in letters
                },
            )
