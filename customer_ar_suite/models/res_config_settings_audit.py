from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_audit_anchor_emails = fields.Char(
        string="Send Heads to",
        config_parameter="customer_ar_suite.audit_anchor_emails",
        help="Addresses, separated by commas, that get the head of the audit log once a "
        "day. Kept there, it shows whether the end of the log was cut off or an old state "
        "of the database was restored.",
    )
    customer_audit_key_problem = fields.Char(
        compute="_compute_customer_audit_key_problem"
    )

    def _compute_customer_audit_key_problem(self):
        problem = self.env["customer.audit.seal"]._key_problem()
        for settings in self:
            settings.customer_audit_key_problem = problem
