from odoo import fields, models


class ResCompany(models.Model):
    """How a company asks its customers to confirm balances."""

    _inherit = "res.company"

    ar_confirmation_reply_days = fields.Integer(
        string="Days to Answer", default=14, required=True
    )
    ar_confirmation_reminder_days = fields.Integer(
        string="Days between Reminders", default=7, required=True
    )
    ar_confirmation_reminder_count = fields.Integer(
        string="Most Reminders", default=2, required=True
    )
    ar_confirmation_mail = fields.Boolean(
        string="Remind Customers by E-mail",
        help="The responsible user is reminded in any case. With this, the customer gets "
        "the letter once more by e-mail.",
    )
    ar_auditor_name = fields.Char(string="Auditor")
    ar_auditor_address = fields.Text(
        string="Reply Address of the Auditor",
        help="Replies to letters of the auditor go there, not to us.",
    )

    _ar_confirmation_days = models.Constraint(
        "CHECK (ar_confirmation_reply_days > 0 AND ar_confirmation_reminder_days > 0"
        " AND ar_confirmation_reminder_count >= 0)",
        "Days to answer and between reminders must be positive.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_confirmation_reply_days = fields.Integer(
        related="company_id.ar_confirmation_reply_days", readonly=False
    )
    ar_confirmation_reminder_days = fields.Integer(
        related="company_id.ar_confirmation_reminder_days", readonly=False
    )
    ar_confirmation_reminder_count = fields.Integer(
        related="company_id.ar_confirmation_reminder_count", readonly=False
    )
    ar_confirmation_mail = fields.Boolean(
        related="company_id.ar_confirmation_mail", readonly=False
    )
    ar_auditor_name = fields.Char(related="company_id.ar_auditor_name", readonly=False)
    ar_auditor_address = fields.Text(
        related="company_id.ar_auditor_address", readonly=False
    )
