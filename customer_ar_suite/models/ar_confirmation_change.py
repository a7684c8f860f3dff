from odoo import fields, models


class ArConfirmationChange(models.Model):
    """An entry that is no longer what a customer was asked to confirm."""

    _name = "ar.confirmation.change"
    _description = "Changed Entry"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "confirmation_id.partner_id"
    _ar_is_money = True
    _order = "confirmation_id desc, id"
    _rec_name = "number"

    confirmation_id = fields.Many2one(
        "ar.confirmation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("added", "Entered Later"),
            ("removed", "No Longer There"),
            ("amount", "Other Amount"),
            ("open", "Other Part Open"),
        ],
        string="What Changed",
        required=True,
        readonly=True,
    )
    line_id = fields.Integer(string="Journal Item", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    number = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    before_amount = fields.Monetary(string="In the Letter", readonly=True)
    after_amount = fields.Monetary(string="Now", readonly=True)

    def action_open_entry(self):
        """The journal entry, if it still exists."""
        self.check_access("read")
        line = self.env["account.move.line"].browse(self.line_id).exists()
        line.check_access("read")
        return line and line.move_id._get_records_action(context={})
