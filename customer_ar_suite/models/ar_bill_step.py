from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.bills import book, check_step
from ..engine.errors import EngineError
from ..engine.money import from_minor, to_minor
from .engine_messages import user_error

_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"
_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
#: steps a clerk takes; the others give the bill out of hand
_BY_CLERKS = ("receive", "give_back")

KINDS = [
    ("receive", "Bill Received"),
    ("discount", "Discounted at a Bank"),
    ("endorse", "Endorsed to a Supplier"),
    ("collect", "Cashed"),
    ("dishonour", "Dishonoured"),
    ("give_back", "Given Back to the Customer"),
]


class ArBillStep(models.Model):
    """What happened to a bill: when, why, by whom, and the entry proposed for it.

    Never changed and never deleted; a step taken in error is marked as taken back.
    """

    _name = "ar.bill.step"
    _description = "Step of a Bill"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "bill_id.partner_id"
    _ar_is_money = True
    _order = "id"
    _rec_name = "kind"

    bill_id = fields.Many2one(
        "ar.bill", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="bill_id.company_id", store=True)
    currency_id = fields.Many2one(related="bill_id.currency_id")
    kind = fields.Selection(KINDS, string="Step", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    reason = fields.Char(readonly=True)
    charge_amount = fields.Monetary(string="Bank Charges", readonly=True)
    endorsee_id = fields.Many2one(
        "res.partner", string="Endorsed to", readonly=True, ondelete="restrict"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_state = fields.Selection(related="move_id.state", string="Entry State")
    is_undone = fields.Boolean(string="Taken Back", readonly=True)
    undone_by_id = fields.Many2one(
        "res.users", string="Taken Back by", readonly=True, ondelete="restrict"
    )

    # -- who may --------------------------------------------------------------------------

    @api.model
    def _check_accountant(self, kind=None):
        group = _CLERK if kind in _BY_CLERKS else _ACCOUNTANT
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only receivables accountants give bills out of hand.")
            )

    # -- taking one -----------------------------------------------------------------------

    @api.model
    def _take(self, bill, kind, date, reason="", charge=0.0, endorsee=None):
        """Check, remember and propose the entry of one step."""
        self._check_accountant(kind)
        bill.check_access("write")
        bill.lock_for_update()
        steps = bill._live_steps()
        digits = bill.currency_id.decimal_places
        codes = steps.mapped("kind")
        amount, costs = to_minor(bill.amount, digits), to_minor(charge, digits)
        try:
            check_step(kind, codes, date, steps[-1:].date, bill.due_date, amount, costs)
        except EngineError as error:
            raise user_error(self.env, error) from error
        if kind == "endorse" and not endorsee:
            raise UserError(self.env._("Say to whom the bill is endorsed."))
        # sudo: nobody has the right to write steps; who may take this one was checked
        step = (
            self.sudo()
            ._insert(
                [
                    {
                        "bill_id": bill.id,
                        "kind": kind,
                        "date": date,
                        "reason": reason,
                        "charge_amount": charge,
                        "endorsee_id": endorsee.id if endorsee else False,
                    }
                ]
            )
            .with_env(self.env)
        )
        if kind == "receive" or steps[:1].move_id:
            step._propose_entry(book(kind, codes, amount, costs))
        bill._remind()
        return step

    def _mark_undone(self):
        # sudo: nobody has the right to write steps; who takes back was checked
        self.sudo()._set(is_undone=True, undone_by_id=self.env.uid)

    # -- the entry ------------------------------------------------------------------------

    def _propose_entry(self, lines):
        """A draft entry, where the company says on which accounts."""
        company = self.company_id
        if not lines or not company._ar_books_bills():
            return
        accounts = self._accounts()
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": company.ar_bill_journal_id.id,
                    "date": self.date,
                    "ref": self.env._(
                        "%(step)s: %(number)s",
                        step=dict(
                            self._fields["kind"]._description_selection(self.env)
                        )[self.kind],
                        number=self.bill_id.number,
                    ),
                    "line_ids": [
                        Command.create(self._line_values(role, amount, accounts[role]))
                        for role, amount in lines
                    ],
                }
            )
        )
        # sudo: nobody has the right to write steps; this one is being taken
        self.sudo()._set(move_id=move.id)

    def _accounts(self):
        company, bill = self.company_id, self.bill_id.with_company(self.company_id)
        holder = bill.endorsee_id or self.endorsee_id
        return {
            "receivable": bill.partner_id.property_account_receivable_id,
            "notes": company.ar_bill_account_id,
            "clearing": company.ar_bill_clearing_account_id,
            "charge": company.ar_bill_charge_account_id,
            "payable": holder.with_company(company).property_account_payable_id,
        }

    def _line_values(self, role, amount, account):
        """In the bill's currency, valued at the rate it was received at."""
        bill = self.bill_id
        value = float(from_minor(amount, bill.currency_id.decimal_places))
        holder = bill.endorsee_id or self.endorsee_id
        return {
            "name": bill.number,
            "account_id": account.id,
            "partner_id": (holder if role == "payable" else bill.partner_id).id,
            "currency_id": bill.currency_id.id,
            "amount_currency": value,
            "balance": bill.company_currency_id.round(
                value * bill.company_amount / bill.amount
            ),
            "date_maturity": bill.due_date if role == "notes" else self.date,
        }
