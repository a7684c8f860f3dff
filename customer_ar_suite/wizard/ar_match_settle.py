from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"


class ArMatchSettle(models.TransientModel):
    """Settles open items with one bank line: the plain way, without the big screen."""

    _name = "ar.match.settle"
    _description = "Settle Open Items"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        required=True,
        domain="[('is_reconciled', '=', False), ('company_id', '=', company_id), "
        "('amount', '>', 0)]",
    )
    date = fields.Date(related="statement_line_id.date")
    text = fields.Char(related="statement_line_id.payment_ref")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_receipt", compute_sudo=False
    )
    receipt_amount = fields.Monetary(
        string="Received", compute="_compute_receipt", compute_sudo=False
    )
    line_ids = fields.One2many(
        "ar.match.settle.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    remainder_amount = fields.Monetary(
        string="Remainder", compute="_compute_remainder_amount"
    )
    keep_as_advance = fields.Boolean(string="Keep Remainder as Advance")
    can_apply = fields.Boolean(compute="_compute_can_apply")

    @api.depends("statement_line_id")
    def _compute_receipt(self):
        for wizard in self:
            line = wizard.statement_line_id
            line.check_access("read")
            wizard.currency_id = line.foreign_currency_id or line.currency_id
            wizard.receipt_amount = (
                line.amount_currency if line.foreign_currency_id else line.amount
            )

    @api.depends("statement_line_id", "partner_id")
    def _compute_line_ids(self):
        review = self.env["ar.match.review"]
        for wizard in self:
            rows = []
            if wizard.statement_line_id:
                name = wizard.partner_id.commercial_partner_id.name or ""
                rows = review.get_open_items(wizard.statement_line_id.id, name)
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "item_line_id": row["item_id"],
                            "open_amount": row["open"],
                            "discount_amount": row["discount"],
                        }
                    )
                    for row in rows
                ),
            ]

    @api.depends("line_ids.paid_amount", "receipt_amount")
    def _compute_remainder_amount(self):
        for wizard in self:
            wizard.remainder_amount = wizard.receipt_amount - sum(
                wizard.line_ids.mapped("paid_amount")
            )

    @api.depends_context("uid")
    def _compute_can_apply(self):
        self.can_apply = self.env.user.has_group(_ACCOUNTANT)

    # -- buttons ------------------------------------------------------------------------------

    def action_fill(self):
        """Pay the oldest items first, until the money is used up."""
        self._check_clerk()
        self.ensure_one()
        rows = self.env["ar.match.review"].get_oldest(self.statement_line_id.id)
        wanted = {row["item_id"]: row["amount"] for row in rows}
        for line in self.line_ids:
            line.paid_amount = wanted.get(line.item_line_id.id, 0.0)
        return self._reopen()

    def action_accept(self):
        """Accept what is entered; an accountant applies it."""
        self._check_clerk()
        self._choose()
        return {"type": "ir.actions.act_window_close"}

    def action_apply(self):
        """Accept what is entered and book it at once."""
        self._check_clerk()
        return self._choose().action_apply()

    def _check_clerk(self):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only AR clerks may review proposals."))
        self.check_access("write")

    def _choose(self):
        self.ensure_one()
        chosen = self.line_ids.filtered(
            lambda line: line.paid_amount or line.less_amount
        )
        if not chosen:
            raise UserError(
                self.env._("Enter what the receipt pays of at least one item.")
            )
        for line in chosen:
            if line.less_amount and not line.type_id:
                raise UserError(
                    self.env._(
                        "Choose the reason why %(item)s is not paid in full.",
                        item=line.item_line_id.move_name,
                    )
                )
        proposals = self.env["ar.match.proposal"]
        return proposals.browse(
            proposals.set_allocations(
                self.statement_line_id.id,
                [
                    [line.item_line_id.id, line.paid_amount + line.less_amount]
                    for line in chosen
                ],
                self.keep_as_advance,
                [
                    [line.item_line_id.id, line.type_id.id, line.less_amount, line.note]
                    for line in chosen
                    if line.less_amount
                ],
            )
        )

    def _reopen(self):
        return self._get_records_action(
            name=self.env._("Settle Open Items"), target="new", context={}
        )


class ArMatchSettleLine(models.TransientModel):
    """An open item, what the receipt pays of it, and why the rest is not paid."""

    _name = "ar.match.settle.line"
    _description = "Item to Settle"

    wizard_id = fields.Many2one("ar.match.settle", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    item_line_id = fields.Many2one(
        "account.move.line", string="Item", required=True, readonly=True
    )
    move_id = fields.Many2one(related="item_line_id.move_id", string="Document")
    partner_id = fields.Many2one(related="item_line_id.partner_id", string="Customer")
    due_date = fields.Date(related="item_line_id.date_maturity")
    currency_id = fields.Many2one(related="item_line_id.currency_id")
    open_amount = fields.Monetary(string="Open", readonly=True)
    discount_amount = fields.Monetary(string="Discount", readonly=True)
    paid_amount = fields.Monetary(string="Applied")
    type_id = fields.Many2one(
        "ar.adjustment.type",
        string="Reason",
        domain="[('company_id', '=', company_id), ('account_id', '!=', False)]",
    )
    less_amount = fields.Monetary(string="Not Paid")
    note = fields.Char(string="Explanation")

    @api.onchange("type_id")
    def _onchange_type_id(self):
        if self.type_id and not self.less_amount:
            self.less_amount = self.open_amount - self.paid_amount
