from odoo import models


class CustomerUsageUpload(models.TransientModel):
    """A file of usage counts goes in; what it would change is shown before."""

    _name = "customer.usage.upload"
    _inherit = "ar.file.upload.mixin"
    _description = "Upload Usage"

    def action_stage(self):
        """Read the file and show what it would change."""
        self.env["customer.usage"]._check_writer()
        self.check_access("read")
        self.ensure_one()
        self._check_company_active()
        staged = self.env["customer.usage.import"]._stage(
            self.filename or self.env._("Usage"), self._content(), self.company_id
        )
        return staged._get_records_action(context={})
