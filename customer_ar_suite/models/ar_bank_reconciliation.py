from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.bank_reconciliation import BankStatement, Item, reconcile
from ..engine.money import from_minor, to_minor

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
#: what a user decides; every figure is computed
_USER_FIELDS = {"journal_id", "as_of_date", "is_entered", "entered_amount", "remark", "lang"}
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
            "opening": self.env._("Balance before the first bank statement, booked otherwise"),
            "gap": self.env._("Bank statement does not follow from the one before"),
            "sum": self.env._("Lines of a bank statement do not make its closing balance"),
            "entered": self.env._("Balance entered by hand, other than the statements say"),
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
                self.env._("This statement is signed off. Its figures stay as they are.")
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
                self.env._("This statement is signed off. Its figures stay as they are.")
            )
        self._count()
        return True

    # -- load, decide, apply --------------------------------------------------------------

    def _count(self):
        """Load both sides, let the engine compare them, keep what it says."""
        for one in self:
            # sudo: a balance is that of the whole account; lines are shown by their rules
            whole = one.sudo()
            whole._apply_found(whole._reconcile())

    def _reconcile(self):
        statements, unlisted = self._load_statements()
        opening, direct = self._load_direct(statements)
        return reconcile(
            self._minor(self._ledger_balance()),
            [*self._load_payments(), *direct, *unlisted, *self._load_suspense()],
            statements,
            opening,
            self._minor(self.entered_amount) if self.is_entered else None,
        )

    def _minor(self, amount):
        return to_minor(amount, self.currency_id.decimal_places)

    def _shown(self, amount):
        return float(from_minor(amount, self.currency_id.decimal_places))

    def _ledger_balance(self):
        [[amount, company_amount]] = self.env["account.move.line"]._read_group(
            self._account_domain(),
            aggregates=["amount_currency:sum", "balance:sum"],
        )
        own = self.currency_id == self.company_id.currency_id
        return (company_amount if own else amount) or 0.0

    def _account_domain(self):
        return (
            Domain("account_id", "=", self.journal_id.default_account_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", self.as_of_date)
        )

    def _load_statements(self):
        """Bank statements up to the day, and the bank lines behind the last of them."""
        lines = self.env["account.bank.statement.line"].search_fetch(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "=", "posted"),
                ("date", "<=", self.as_of_date),
            ],
            ["statement_id", "amount", "internal_index", "date"],
            order="internal_index",
        )
        by_statement = lines.grouped("statement_id")
        loose = by_statement.pop(self.env["account.bank.statement"], lines.browse())
        statements, known = [], ""
        for statement in sorted(by_statement, key=lambda s: (s.first_line_index or "", s.id)):
            own = by_statement[statement]
            before = loose.filtered(
                lambda line, since=known, first=own[0].internal_index: (
                    since <= line.internal_index < first
                )
            )
            statements.append(self._statement_row(statement, own, before))
            known = own[-1].internal_index
            loose -= before
        rest = loose.filtered(lambda line: line.internal_index > known)
        return statements, [self._line_row(line) for line in rest]

    def _statement_row(self, statement, lines, before):
        posted = statement.line_ids.filtered(lambda line: line.state == "posted")
        return BankStatement(
            statement.name or "",
            lines[-1].date,
            self._minor(statement.balance_start),
            self._minor(statement.balance_end_real),
            self._minor(sum(lines.mapped("amount"))),
            posted <= lines,
            self._minor(sum(before.mapped("amount"))),
        )

    def _line_row(self, line):
        return Item(
            line.move_id.line_ids[:1].id,
            "unlisted",
            line.date,
            line.move_id.name or "",
            line.payment_ref or "",
            line.partner_id.id,
            self._minor(line.amount),
        )

    def _load_direct(self, statements):
        """Entries on the bank's account without a bank line: those before, those since."""
        first = self._first_day() if statements else None
        items = self.env["account.move.line"].search(
            self._account_domain() & Domain("move_id.statement_line_id", "=", False)
        )
        before = items.filtered(lambda item: first and item.date <= first)
        opening = sum(self._amount(item, item.amount_currency, item.balance) for item in before)
        since = items - before
        return opening, self._rows("direct", Domain("id", "in", since.ids))

    def _first_day(self):
        """The first day of which a bank statement tells."""
        line = self.env["account.bank.statement.line"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "=", "posted"),
                ("statement_id", "!=", False),
            ],
            order="internal_index",
            limit=1,
        )
        return line.date

    def _load_payments(self):
        """Payments registered by us that no bank line has met by that day."""
        journal = self.journal_id
        payments = self.env["account.payment"]._read_group(
            [("journal_id", "=", journal.id), ("outstanding_account_id", "!=", False)],
            ["outstanding_account_id"],
        )
        accounts = self.env["account.account"].union(*(row[0] for row in payments))
        accounts |= journal._get_journal_inbound_outstanding_payment_accounts()
        accounts |= journal._get_journal_outbound_outstanding_payment_accounts()
        accounts -= journal.default_account_id | journal.suspense_account_id
        accounts = accounts.filtered("reconcile")
        return self._rows(
            "payment",
            Domain("account_id", "in", accounts.ids)
            & Domain("journal_id", "=", journal.id),
        )

    def _load_suspense(self):
        """Bank lines whose counterpart nobody has booked to its account."""
        account = self.journal_id.suspense_account_id
        scope = Domain("account_id", "=", account.id) & Domain(
            "journal_id", "=", self.journal_id.id
        )
        if account.reconcile:
            return self._rows("suspense", scope, -1)
        items = self.env["account.move.line"].search(
            scope
            & Domain("company_id", "=", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", self.as_of_date)
        )
        return [
            self._row(item, "suspense", -item.amount_currency, -item.balance)
            for item in items
        ]

    def _rows(self, source, scope, sign=1):
        """What of the journal items was open on the day, as rows of the engine."""
        scope &= Domain("company_id", "=", self.company_id.id)
        found = {
            row.line_id: row
            for row in self.env["ar.ledger"]._open_lines(
                self.as_of_date, scope, self.company_id.ids
            )
        }
        return [
            self._row(
                item,
                source,
                sign * found[item.id].residual,
                sign * found[item.id].residual_company,
            )
            for item in self.env["account.move.line"].browse(found)
        ]

    def _row(self, item, source, amount, company_amount):
        """A journal item as row of the engine."""
        text = item.statement_line_id.payment_ref or item.name or item.ref or ""
        return Item(
            item.id,
            source,
            item.date,
            item.move_name or "",
            text,
            item.partner_id.id,
            self._amount(item, amount, company_amount),
        )

    def _amount(self, item, amount, company_amount):
        """An amount of a journal item in the currency of the bank account, minor units."""
        if self.currency_id == self.company_id.currency_id:
            return self._minor(company_amount)
        if item.currency_id == self.currency_id:
            return self._minor(amount)
        converted = self.company_id.currency_id._convert(
            company_amount, self.currency_id, self.company_id, item.date
        )
        return self._minor(converted)

    def _apply_found(self, found):
        """Keep figures and items; as superuser, see :meth:`_count`."""
        self.line_ids.unlink()
        self.write(
            {
                "bank_amount": self._shown(found.bank),
                "ledger_amount": self._shown(found.ledger),
                "books_amount": self._shown(found.books),
                "bank_adjusted_amount": self._shown(found.bank_adjusted),
                "books_adjusted_amount": self._shown(found.books_adjusted),
                "difference_amount": self._shown(found.difference),
                "is_equal": not found.difference,
                "causes": [
                    {**cause._asdict(), "amount": self._shown(cause.amount)}
                    for cause in found.causes
                ],
                "computed_at": fields.Datetime.now(),
                "line_count": len(found.items),
                "line_ids": [
                    Command.create(
                        {
                            "side": item.side,
                            "source": item.source,
                            "date": item.date,
                            "number": item.number,
                            "text": item.text,
                            "partner_id": item.partner_id or False,
                            "amount": self._shown(item.amount),
                            "line_id": item.line_id,
                        }
                    )
                    for item in found.items
                ],
            }
        )


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
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.line_id.move_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
