import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..identity import ar_identity_required
from .ar_reconciliation_signoff import fingerprint

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
CLERK = f"{_PREFIX}ar_clerk"
#: who may sign a reconciliation off, and who may take a signature back
SIGNERS = ("ar_accountant", "credit_manager", "administrator")
MANAGERS = ("credit_manager", "administrator")
TODO = "mail.mail_activity_data_todo"
#: what people write on a task; the rest is written by its steps
_USER_FIELDS = {"remark", "user_id"}


class ArReconciliationTask(models.Model):
    """A bank account or a group of customers to be reconciled for a period, and signed off.

    Preparing it makes its figures; signing freezes them with a fingerprint. Afterwards
    nothing of it is written until the signature is taken back, which stays on record.
    """

    _name = "ar.reconciliation.task"
    _description = "Reconciliation Task"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "as_of_date desc, due_date, id"
    _check_company_auto = True

    schedule_id = fields.Many2one(
        "ar.reconciliation.schedule", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        [("bank", "Bank Account"), ("customers", "Customers")],
        string="What Is Reconciled",
        required=True,
        readonly=True,
    )
    journal_id = fields.Many2one(
        "account.journal", string="Bank Account", readonly=True, check_company=True
    )
    category_id = fields.Many2one(
        "customer.category", string="Customer Group", readonly=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    due_date = fields.Date(string="Due", readonly=True)
    user_id = fields.Many2one("res.users", string="Assignee", tracking=True)
    two_people = fields.Boolean(string="Another Person Signs", readonly=True)
    remark = fields.Text()
    state = fields.Selection(
        [
            ("open", "To Prepare"),
            ("prepared", "To Sign"),
            ("signed", "Signed Off"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    prepared_by_id = fields.Many2one("res.users", string="Prepared by", readonly=True)
    prepared_at = fields.Datetime(string="Prepared on", readonly=True)
    bank_reconciliation_id = fields.Many2one(
        "ar.bank.reconciliation",
        string="Reconciliation Statement",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    bank_currency_id = fields.Many2one(
        related="bank_reconciliation_id.currency_id", string="Bank Currency"
    )
    bank_amount = fields.Monetary(
        related="bank_reconciliation_id.bank_amount", currency_field="bank_currency_id"
    )
    books_amount = fields.Monetary(
        related="bank_reconciliation_id.books_amount", currency_field="bank_currency_id"
    )
    difference_amount = fields.Monetary(
        related="bank_reconciliation_id.difference_amount",
        currency_field="bank_currency_id",
    )
    figure_ids = fields.One2many("ar.reconciliation.figure", "task_id", readonly=True)
    signoff_ids = fields.One2many("ar.reconciliation.signoff", "task_id", readonly=True)
    signoff_id = fields.Many2one(
        "ar.reconciliation.signoff", string="Signature", readonly=True, copy=False
    )
    signed_by_id = fields.Many2one(
        related="signoff_id.signed_by_id", string="Signed by"
    )
    signed_at = fields.Datetime(related="signoff_id.signed_at", string="Signed on")
    is_intact = fields.Boolean(
        compute="_compute_is_intact",
        help="The figures are those that were signed: their fingerprint agrees.",
    )

    _once = models.UniqueIndex(
        "(schedule_id, as_of_date, COALESCE(journal_id, 0), COALESCE(category_id, 0))",
        "This reconciliation has a task already.",
    )

    @api.depends("kind", "journal_id", "category_id", "as_of_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for task in self:
            what = (
                task.journal_id.name
                or task.category_id.complete_name
                or self.env._("All Customers")
            )
            day = format_date(self.env, task.as_of_date) if task.as_of_date else ""
            task.display_name = f"{what}, {day}"

    @api.depends("state", "due_date")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for task in self:
            task.is_late = bool(
                task.state != "signed" and task.due_date and task.due_date < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        late = fields.Domain("state", "!=", "signed") & fields.Domain(
            "due_date", "<", today
        )
        return late if True in value else ~late

    @api.depends("signoff_id")
    def _compute_is_intact(self):
        for task in self:
            signoff = task.signoff_id
            task.is_intact = not signoff or (
                signoff.is_intact and task._snapshot() == signoff.snapshot
            )

    # -- rights ---------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            if not set(vals) <= _USER_FIELDS | self._thread_fields():
                raise AccessError(
                    self.env._("A reconciliation is written by its own steps.")
                )
            if set(vals) & _USER_FIELDS and self.filtered(
                lambda task: task.state == "signed"
            ):
                raise UserError(
                    self.env._(
                        "This reconciliation is signed off. Nothing of it is changed."
                    )
                )
        result = super().write(vals)
        if "user_id" in vals:
            self.activity_unlink([TODO])
            self.filtered(lambda task: task.user_id and task.state != "signed")._ask()
        return result

    def _thread_fields(self):
        """Fields of chatter and activities, which are no figures."""
        return {
            name for name in self._fields if name.startswith(("message_", "activity_"))
        }

    def _check_role(self, *roles):
        if not any(self.env.user.has_group(f"{_PREFIX}{role}") for role in roles):
            raise AccessError(
                self.env._("Your role does not prepare or sign reconciliations.")
            )
        self.check_access("read")

    def _check_state(self, *states):
        if self.filtered(lambda task: task.state not in states):
            raise UserError(
                self.env._(
                    "This step does not fit the state of the reconciliation. Refresh the "
                    "screen."
                )
            )

    # -- steps ----------------------------------------------------------------------------

    def action_prepare(self):
        """Make the figures; for a bank account its reconciliation statement."""
        self._check_role("ar_clerk")
        self._check_state("open", "prepared")
        for task in self:
            if task.kind == "bank":
                task._prepare_bank()
            else:
                task._prepare_customers()
        # sudo: the steps of a task write it; who prepares was checked
        self.sudo().write(
            {
                "state": "prepared",
                "prepared_by_id": self.env.uid,
                "prepared_at": fields.Datetime.now(),
            }
        )
        return True

    def _prepare_bank(self):
        if self.bank_reconciliation_id:
            self.bank_reconciliation_id.action_compute()
            return
        statement = self.env["ar.bank.reconciliation"].create(
            {"journal_id": self.journal_id.id, "as_of_date": self.as_of_date}
        )
        # sudo: the steps of a task write it; who prepares was checked
        self.sudo().bank_reconciliation_id = statement

    def _prepare_customers(self):
        # sudo: figures of the whole group; the steps of a task write it
        task = self.sudo()
        task.figure_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "sequence": number,
                        "code": code,
                        "number": count,
                        "amount": amount,
                    }
                )
                for number, (code, count, amount) in enumerate(task._load_figures())
            ),
        ]

    @ar_identity_required("reconciliation_sign", "company_id")
    def action_sign(self):
        """Sign off: the figures are frozen with their fingerprint."""
        self._check_role(*SIGNERS)
        self._check_state("prepared")
        for task in self:
            task._check_signer()
        # sudo: signatures are written by these steps alone; who signs was checked
        signoffs = self.env["ar.reconciliation.signoff"].sudo()
        for task in self:
            snapshot = task._snapshot()
            signoff = signoffs._insert(
                [
                    {
                        "task_id": task.id,
                        "company_id": task.company_id.id,
                        "as_of_date": task.as_of_date,
                        "snapshot": snapshot,
                        "fingerprint": fingerprint(snapshot),
                        "signed_by_id": self.env.uid,
                        "signed_at": fields.Datetime.now(),
                    }
                ]
            )
            # sudo: the steps of a task write it; who signs was checked
            task.sudo().write({"state": "signed", "signoff_id": signoff.id})
            # sudo: as above
            task.sudo().bank_reconciliation_id.is_signed = True
            self.env["customer.audit.entry"]._ar_log(
                "reconciliation.sign", task, {"fingerprint": signoff.fingerprint}
            )
        self.activity_feedback([TODO])
        return True

    def _check_signer(self):
        """Differences need a word; who prepared does not sign where two people are asked."""
        if self.two_people and self.prepared_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "%(task)s: you prepared this reconciliation; another person signs it.",
                    task=self.display_name,
                )
            )
        differs = self.kind == "bank" and not self.bank_reconciliation_id.is_equal
        if differs and not (self.remark or "").strip():
            raise UserError(
                self.env._(
                    "%(task)s is not reconciled. Explain the difference in the remark "
                    "before you sign.",
                    task=self.display_name,
                )
            )

    def action_reopen(self):
        """Ask why the signature is taken back."""
        self._check_role(*MANAGERS)
        self._check_state("signed")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take a Signature Back"),
            "res_model": "ar.reconciliation.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_ids": self.ids},
        }

    def _reopen(self, reason):
        """Take the signatures back; they stay on record with the reason."""
        self._check_role(*MANAGERS)
        self._check_state("signed")
        for task in self:
            # sudo: signatures are written by these steps alone; who may was checked
            task.sudo().signoff_id._set(
                withdrawn_by_id=self.env.uid,
                withdrawn_at=fields.Datetime.now(),
                withdrawn_reason=reason,
            )
            # sudo: as above
            task.sudo().bank_reconciliation_id.is_signed = False
            # sudo: as above
            task.sudo().write({"state": "prepared", "signoff_id": False})
            self.env["customer.audit.entry"]._ar_log(
                "reconciliation.reopen", task, {"reason": reason}
            )

    def action_open_statement(self):
        """The bank reconciliation statement."""
        self.check_access("read")
        self.ensure_one()
        return self.bank_reconciliation_id._get_records_action(context={})

    # -- what is signed -------------------------------------------------------------------

    def _snapshot(self):
        """Everything that is signed, as text that is always written the same way."""
        self.ensure_one()
        # sudo: the figures as a whole, whoever looks
        task = self.sudo()
        statement = task.bank_reconciliation_id
        data = {
            "kind": task.kind,
            "company": task.company_id.id,
            "journal": task.journal_id.id,
            "category": task.category_id.id,
            "as_of": str(task.as_of_date),
            "prepared_by": task.prepared_by_id.id,
            "remark": task.remark or "",
            "figures": [[f.code, f.number, f"{f.amount:.6f}"] for f in task.figure_ids],
            "bank": [
                f"{statement[name]:.6f}"
                for name in (
                    "bank_amount",
                    "ledger_amount",
                    "books_amount",
                    "bank_adjusted_amount",
                    "books_adjusted_amount",
                    "difference_amount",
                )
            ],
            "items": [
                [
                    line.source,
                    str(line.date),
                    line.number or "",
                    f"{line.amount:.6f}",
                ]
                for line in statement.line_ids.sorted("id")
            ],
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True)

    # -- reminders ------------------------------------------------------------------------

    def _ask(self):
        """An activity for each assignee, in his language; no e-mail."""
        for task in self:
            own = task.with_context(
                lang=task.user_id.lang, mail_activity_quick_update=True
            )
            own.activity_schedule(
                TODO,
                task.due_date,
                own.env._("Reconcile %(what)s", what=own.display_name),
                user_id=task.user_id.id,
            )

    @api.model
    def _remind(self, today):
        """Tasks that are late and of which nobody is reminded any more get an activity."""
        # sudo: which tasks are late; assignees are told of their own
        late = self.sudo().search([("state", "!=", "signed"), ("due_date", "<", today)])
        late.filtered(lambda task: task.user_id and not task.activity_ids)._ask()
