import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MAX_BYTES = 20_000_000


class CustomerUsageUpload(models.TransientModel):
    """A file of usage counts goes in; what it would change is shown before."""

    _name = "customer.usage.upload"
    _description = "Upload Usage"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    file_data = fields.Binary(string="File", required=True)
    file_name = fields.Char()

    def action_stage(self):
        """Read the file and show what it would change."""
        self.env["customer.usage"]._check_writer()
        self.check_access("read")
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not among your active companies.",
                    company=self.company_id.display_name,
                )
            )
        content = base64.b64decode(self.file_data or b"")
        if not content:
            raise UserError(self.env._("Choose a file with usage counts."))
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.file_name or "",
                    size=len(content) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        staged = self.env["customer.usage.import"]._stage(
            self.file_name or self.env._("Usage"), content, self.company_id
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": staged._name,
            "res_id": staged.id,
            "views": [(False, "form")],
        }
