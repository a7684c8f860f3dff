from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
#: what a user decides; every figure is computed
_USER_FIELDS = {
    "journal_id",
    "as_of_date",
    "is_entered",
    "entered_amount",
    "remark",
    "lang",
}
#: which of them change the figures
_COUNTING = _USER_FIELDS - {"remark", "lang"}


class ArBankReconciliation(models.Model):
    """The bank's balance against ours on a day (银行存款余额调节表), for one bank account.

    Both balances are adjusted by what the other side has not got yet; they are equal then,
    or the difference is named. Figures are made when it is opened and frozen by a sign-off.
    """

    _name = "ar.bank.reconciliation"
    _description = "Bank Reconciliation Statement"
    _order = "as_of_date desc, id desc"
    _check_company_auto = True

    journal_id = fields.Many2one(
        "account.journal",
        string="Bank Account",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
    )
    company_id = fields.Many2one(
        related="journal_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today
    )
    is_entered = fields.Boolean(
        string="Bank Balance by Hand",
        help="Take the balance from the bank's own paper instead of the bank statements in "
        "the books.",
    )
    entered_amount = fields.Monetary(string="Balance on the Bank's Paper")
    remark = fields.Text()
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language of Files",
        default=lambda self: self.env.lang,
    )
    bank_amount = fields.Monetary(string="Balance per Bank", readonly=True)
    ledger_amount = fields.Monetary(
        string="General Ledger",
        readonly=True,
        help="Balance of the bank's account, in which every bank line is booked.",
    )
    books_amount = fields.Monetary(
        string="Balance per Books",
        readonly=True,
        help="General ledger, with payments under way and without bank lines on suspense.",
    )
    bank_adjusted_amount = fields.Monetary(string="Adjusted, Bank", readonly=True)
    books_adjusted_amount = fields.Monetary(string="Adjusted, Books", readonly=True)
    difference_amount = fields.Monetary(
        string="Not Reconciled",
        readonly=True,
        help="Adjusted balance of the bank less that of the books.",
    )
    has_statement = fields.Boolean(
        readonly=True,
        help="Without a bank statement up to the day, the bank's balance is taken from our "
        "books until it is entered.",
    )
    causes = fields.Json(readonly=True)
    cause_text = fields.Text(string="Named Differences", compute="_compute_cause_text")
    is_equal = fields.Boolean(string="Reconciled", readonly=True)
    computed_at = fields.Datetime(string="Figures of", readonly=True, copy=False)
    line_ids = fields.One2many(
        "ar.bank.reconciliation.line", "reconciliation_id", readonly=True
    )
    line_count = fields.Integer(string="Outstanding Items", readonly=True)
    is_signed = fields.Boolean(string="Signed Off", readonly=True, copy=False)
    task_ids = fields.One2many(
        "ar.reconciliation.task", "bank_reconciliation_id", readonly=True
    )

    @api.depends("journal_id")
    def _compute_currency_id(self):
        for one in self:
            journal = one.journal_id
            one.currency_id = journal.currency_id or journal.company_id.currency_id

    @api.depends("journal_id", "as_of_date")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._(
                "%(journal)s, %(date)s",
                journal=one.journal_id.name or "",
                date=format_date(self.env, one.as_of_date) if one.as_of_date else "",
            )

    @api.depends("causes")
    @api.depends_context("lang")
    def _compute_cause_text(self):
        for one in self:
            one.cause_text = "\n".join(one._cause_texts())

    def _cause_texts(self):
        """What the adjusted balances differ by, each part in a sentence with its amount."""
        self.ensure_one()
        texts = {
            "opening": self.env._(
                "Balance before the first bank statement, booked otherwise"
            ),
            "gap": self.env._("Bank statement does not follow from the one before"),
            "sum": self.env._(
                "Lines of a bank statement do not make its closing balance"
            ),
            "entered": self.env._(
                "Balance entered by hand, other than the statements say"
            ),
            "unexplained": self.env._("Not explained"),
        }
        return [
            f"{texts.get(cause['code'], cause['code'])}"
            f"{' (' + cause['name'] + ')' if cause.get('name') else ''}: "
            f"{self.currency_id.format(cause['amount'])}"
            for cause in self.causes or []
            if isinstance(cause, dict)
        ]

    # -- rights ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_user_values(vals)
        made = super().create(vals_list)
        made._count()
        return made

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_user_values(vals)
        if self.filtered("is_signed") and set(vals) - {"lang"}:
            raise UserError(
                self.env._(
                    "This statement is signed off. Its figures stay as they are."
                )
            )
        result = super().write(vals)
        if set(vals) & _COUNTING:
            self._count()
        return result

    def _check_user_values(self, vals):
        """The rest is computed."""
        if not set(vals) <= _USER_FIELDS:
            raise AccessError(
                self.env._("Figures of a bank reconciliation cannot be edited.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_signed(self):
        if self.filtered("is_signed"):
            raise UserError(
                self.env._("A bank reconciliation that is signed off is not deleted.")
            )

    def _check_clerk(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only AR clerks reconcile bank accounts."))
        self.check_access("write")

    def action_compute(self):
        """Make the figures anew, with what has been booked in the meantime."""
        self._check_clerk()
        if self.filtered("is_signed"):
            raise UserError(
                self.env._(
                    "This statement is signed off. Its figures stay as they are."
                )
            )
        self._count()
        return True


class ArBankReconciliationLine(models.Model):
    """Something one side has on the day and the other has not (未达账项)."""

    _name = "ar.bank.reconciliation.line"
    _description = "Outstanding Item of a Bank Reconciliation"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "side, source, date, id"

    reconciliation_id = fields.Many2one(
        "ar.bank.reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="reconciliation_id.company_id", store=True, precompute=True
    )
    side = fields.Selection(
        [("bank", "Not Yet at the Bank"), ("books", "Not Yet in Our Books")],
        string="Missing",
        readonly=True,
    )
    source = fields.Selection(
        [
            ("payment", "Payment under way"),
            ("direct", "Entry without bank line"),
            ("unlisted", "Bank line on no statement"),
            ("suspense", "Bank line on suspense"),
        ],
        string="Kind of Item",
        readonly=True,
    )
    date = fields.Date(readonly=True)
    number = fields.Char(readonly=True)
    text = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(related="reconciliation_id.currency_id")
    amount = fields.Monetary(readonly=True)
    line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def action_open_entry(self):
        """The journal entry."""
        self.check_access("read")
        self.ensure_one()
        return self.line_id.move_id._get_records_action(context={})
