import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"


class ArRemittanceEnter(models.TransientModel):
    """Takes a remittance advice from a mail or a file."""

    _name = "ar.remittance.enter"
    _description = "Enter a Remittance Advice"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    number = fields.Char(help="As the payer quotes it on the bank line.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    number_format = fields.Selection(
        [("english", "1,234.56"), ("german", "1.234,56")],
        string="Amounts Look Like",
        required=True,
        default="english",
    )
    text = fields.Text(
        string="Text of the Mail",
        help="Paste it: each line that names a document and ends in an amount is read.",
    )
    file_data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()

    def action_read(self):
        """Read it and show what was understood."""
        self.check_access("write")
        self.ensure_one()
        if not self.env.user.has_group(_CLERK):
            raise AccessError(
                self.env._("Only AR clerks may enter remittance advices.")
            )
        if not self.text and not self.file_data:
            raise UserError(self.env._("Paste the text or choose a file."))
        self.partner_id.check_access("read")
        advice = self.env["ar.remittance"]._read(
            {
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.commercial_partner_id.id,
                "name": self.number,
                "date": self.date,
                "currency_id": self.currency_id.id,
            },
            self.number_format,
            text=self.text or "",
            filename=self.filename or "",
            data=base64.b64decode(self.file_data) if self.file_data else b"",
        )
        return advice.get_formview_action()
