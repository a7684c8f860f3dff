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
    currency_id = fields.Many2one(related="proposal_id.currency_id", readonly=True)
    amount = fields.Monetary(
        string="Applied",
        readonly=True,
        help="Below zero: a credit note the payer has deducted.",
    )
    open_amount = fields.Monetary(
        string="Open",
        readonly=True,
        help="What was open on the item when the proposal was made.",
    )

    _amount_not_zero = models.Constraint(
        "CHECK(amount != 0)", "An allocation of nothing is none."
    )

    def _ar_partner_paths(self):
        """The payer, and whose item it is: a parent may pay for its subsidiary."""
        return ("proposal_id.partner_id", "item_line_id.partner_id")

    @api.model
    def _taken_amounts(self, company, except_line_ids):
        """What live proposals for other receipts take of each item, in minor units.

        :param except_line_ids: bank lines whose proposals do not count
        :rtype: dict[int, int]
        """
        rows = self._read_group(
            [
                ("company_id", "=", company.id),
                ("proposal_id.state", "in", ("proposed", "accepted")),
                ("proposal_id.statement_line_id", "not in", except_line_ids),
            ],
            ["item_line_id"],
            ["amount:sum"],
        )
        return {
            item.id: to_minor(amount, item.currency_id.decimal_places)
            for item, amount in rows
        }
