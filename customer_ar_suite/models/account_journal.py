from odoo import models
from odoo.exceptions import AccessError


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def action_ar_bank_import(self):
        """Upload a bank file from the journal's card on the dashboard."""
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_clerk"
        ):
            raise AccessError(
                self.env._("Your role does not allow this step with bank files.")
            )
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_bank_import_upload_action"
        )
        return {**action, "context": {"default_journal_id": self.id}}
