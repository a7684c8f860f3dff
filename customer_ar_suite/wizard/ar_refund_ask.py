from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"


class ArRefundAsk(models.TransientModel):
    """Asks to pay a customer's credits back."""

    _name = "ar.refund.ask"
    _description = "Request a Refund"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    known_line_ids = fields.Many2many(
        "account.move.line", compute="_compute_known_line_ids"
    )
    line_ids = fields.Many2many(
        "account.move.line",
        "ar_refund_ask_line_rel",
        string="Credits",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', known_line_ids)]",
    )
    amount = fields.Monetary(string="To Be Paid Back", compute="_compute_amount")
    reason = fields.Text(required=True)

    @api.depends("partner_id", "company_id", "currency_id")
    def _compute_known_line_ids(self):
        refunds = self.env["ar.refund"]
        for wizard in self:
            found = []
            if wizard.partner_id:
                wizard.partner_id.check_access("read")
                found = refunds._open_credits(
                    wizard.partner_id, wizard.company_id, wizard.currency_id
                )
            wizard.known_line_ids = [item.line_id for item in found]

    @api.depends("known_line_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.known_line_ids

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = -sum(wizard.line_ids.mapped("amount_residual_currency"))

    def action_ask(self):
        """Make the request; a credit manager decides."""
        self.check_access("write")
        self.ensure_one()
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only AR clerks may ask for refunds."))
        self.partner_id.check_access("read")
        self.line_ids.check_access("read")
        if not self.line_ids:
            raise UserError(self.env._("This customer has no credit to be paid back."))
        refund = self.env["ar.refund"]._request(
            self.partner_id, self.line_ids, self.reason
        )
        return refund.get_formview_action()
