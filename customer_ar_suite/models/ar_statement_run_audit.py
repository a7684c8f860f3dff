from odoo import api, models


class CustomerAuditEntry(models.Model):
    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return {
            **super()._event_names(),
            "statement_run_confirmed": self.env._("Statement Run Confirmed"),
            "statement_queued": self.env._("Statement Queued as E-Mail"),
            "statement_mails_stopped": self.env._("Waiting Statement E-Mails Stopped"),
            "statement_post_list": self.env._("Post List of Statements Taken Out"),
            "statement_automatic": self.env._(
                "Statement Schedule Sends without Preview"
            ),
        }
