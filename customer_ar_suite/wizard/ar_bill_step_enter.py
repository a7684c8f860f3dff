from odoo import api, fields, models

from ..engine.bills import next_steps


class ArBillStepEnter(models.TransientModel):
    """Asks for day, reason and charges of a bill's next step."""

    _name = "ar.bill.step.enter"
    _description = "Next Step of a Bill"

    bill_id = fields.Many2one("ar.bill", required=True, ondelete="cascade")
    kind = fields.Selection(
        lambda self: self.env["ar.bill.step"]
        ._fields["kind"]
        ._description_selection(self.env),
        string="Step",
        required=True,
    )
    is_possible = fields.Boolean(compute="_compute_is_possible")
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    currency_id = fields.Many2one(related="bill_id.currency_id")
    charge_amount = fields.Monetary(
        string="Bank Charges",
        help="Interest kept by the bank, fees, costs of a protest.",
    )
    endorsee_id = fields.Many2one(
        "res.partner", string="Endorsed to", help="The supplier it is handed on to."
    )
    reason = fields.Char()
    books = fields.Boolean(compute="_compute_books")

    @api.depends("bill_id", "kind")
    def _compute_is_possible(self):
        for wizard in self:
            possible = [step.code for step in next_steps(wizard.bill_id.state)]
            wizard.is_possible = wizard.kind in possible

    @api.depends("bill_id")
    def _compute_books(self):
        for wizard in self:
            # sudo: whether accounts are set, not which
            wizard.books = wizard.bill_id.company_id.sudo()._ar_books_bills()

    def action_apply(self):
        """Take the step and go back to the bill."""
        self.check_access("write")
        self.ensure_one()
        self.env["ar.bill.step"]._take(
            self.bill_id,
            self.kind,
            self.date,
            self.reason,
            self.charge_amount,
            self.endorsee_id,
        )
        return {"type": "ir.actions.act_window_close"}
