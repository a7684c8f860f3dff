from odoo import fields, models

from ..engine.money import to_minor
from .ar_allocation import Deduction


class ArMatchAdjustment(models.Model):
    """Part of an allocation that no money comes for, with the reason.

    Rows are made with their proposal and never change; what was booked is undone with it.
    """

    _name = "ar.match.adjustment"
    _description = "Adjustment"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "allocation_id, id"
    _ar_is_money = True

    allocation_id = fields.Many2one(
        "ar.match.allocation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    proposal_id = fields.Many2one(
        related="allocation_id.proposal_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="allocation_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index=True,
        help="Whose debt is reduced: the commercial partner of the item.",
    )
    type_id = fields.Many2one(
        "ar.adjustment.type",
        string="Reason",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="type_id.kind")
    currency_id = fields.Many2one(related="allocation_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        string="Not Paid",
        readonly=True,
        help="Below zero: the customer paid more than the item is worth.",
    )
    company_amount = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate of the invoice; limits are compared with it.",
    )
    note = fields.Char(string="Explanation", readonly=True)
    state = fields.Selection(related="proposal_id.state")
    decided_by_id = fields.Many2one(related="proposal_id.decided_by_id")
    decided_at = fields.Datetime(related="proposal_id.decided_at")
    date = fields.Date(related="proposal_id.date")

    _amount_not_zero = models.Constraint(
        "CHECK(amount != 0)", "An adjustment of nothing is none."
    )

    def _ar_partner_paths(self):
        return ("partner_id",)

    def _deduction(self):
        """The row for the writer of allocations."""
        digits = self.currency_id.decimal_places
        return Deduction(
            self.allocation_id.item_line_id.id,
            self.type_id.id,
            to_minor(self.amount, digits),
            self.note or "",
        )
