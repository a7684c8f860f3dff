from odoo import api, fields, models

from ..engine.money import to_minor


class ArMatchAllocation(models.Model):
    """One line of a proposal: this much of the receipt pays that open item."""

    _name = "ar.match.allocation"
    _description = "Proposed Allocation"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "proposal_id, sequence, id"
    _ar_is_money = True

    proposal_id = fields.Many2one(
        "ar.match.proposal",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one(
        related="proposal_id.company_id", store=True, precompute=True
    )
    item_line_id = fields.Many2one(
        "account.move.line",
        string="Open Item",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    move_id = fields.Many2one(
        related="item_line_id.move_id", string="Document", readonly=True
    )
    due_date = fields.Date(related="item_line_id.date_maturity", readonly=True)
    partner_id = fields.Many2one(
        related="item_line_id.partner_id", string="Customer", readonly=True
    )
    currency_id = fields.Many2one(related="item_line_id.currency_id", readonly=True)
    receipt_currency_id = fields.Many2one(
        related="proposal_id.currency_id", string="Currency of the Receipt"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        string="Applied",
        readonly=True,
        help="Settled of the item, adjustments included. Below zero: a credit note the "
        "payer has deducted.",
    )
    paid_amount = fields.Monetary(
        string="Of the Receipt",
        currency_field="receipt_currency_id",
        readonly=True,
        help="What it takes from the money received.",
    )
    adjustment_ids = fields.One2many(
        "ar.match.adjustment", "allocation_id", readonly=True
    )
    source_line_id = fields.Many2one(
        "account.move.line",
        string="Returned Part",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The journal item of the earlier receipt whose payment is taken back.",
    )
    company_open_amount = fields.Monetary(
        string="Open in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_open_amount",
    )
    open_amount = fields.Monetary(
        string="Open",
        readonly=True,
        help="What was open on the item when the proposal was made.",
    )

    _amount_not_zero = models.Constraint(
        "CHECK(amount != 0)", "An allocation of nothing is none."
    )

    @api.depends("open_amount", "item_line_id")
    def _compute_company_open_amount(self):
        for one in self:
            one.company_open_amount = one._in_company_currency(one.open_amount)

    def _in_company_currency(self, amount):
        """An amount of the item at the item's own rate."""
        item = self.item_line_id
        rate = item.balance / item.amount_currency if item.amount_currency else 1.0
        return self.company_id.currency_id.round(amount * rate)

    def _ar_partner_paths(self):
        """The payer, and whose item it is: a parent may pay for its subsidiary."""
        return ("proposal_id.partner_id", "item_line_id.partner_id")

    @api.model
    def _taken_amounts(self, company, except_line_ids):
        """What live proposals for other receipts take of each item, in minor units.

        :param except_line_ids: bank lines whose proposals do not count; staged ones
            below zero, as in their receipts
        :rtype: dict[int, int]
        """
        booked = [line_id for line_id in except_line_ids if line_id > 0]
        staged = [-line_id for line_id in except_line_ids if line_id < 0]
        rows = self._read_group(
            [
                ("company_id", "=", company.id),
                ("proposal_id.state", "in", ("proposed", "accepted")),
                ("proposal_id.statement_line_id", "not in", booked),
                ("proposal_id.import_line_id", "not in", staged),
            ],
            ["item_line_id"],
            ["amount:sum"],
        )
        return {
            item.id: to_minor(amount, item.currency_id.decimal_places)
            for item, amount in rows
        }
