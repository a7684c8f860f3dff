import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerImportUpload(models.TransientModel):
    """Asks for a customer file and opens its import; decides nothing."""

    _name = "customer.import.upload"
    _description = "Upload a Customer File"

    file_data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    encoding = fields.Selection(
        selection=lambda self: self.env["customer.import.batch"]
        ._fields["encoding"]
        .selection,
        help="Leave empty: it is detected.",
    )
    delimiter = fields.Selection(
        selection=lambda self: self.env["customer.import.batch"]
        ._fields["delimiter"]
        .selection,
        string="Column Separator",
        help="Leave empty: it is detected.",
    )
    first_batch_id = fields.Many2one(
        "customer.import.batch",
        string="Loaded Before as",
        compute="_compute_first_batch_id",
    )
    may_load_again = fields.Boolean(compute="_compute_first_batch_id")
    reason = fields.Char(string="Reason for Loading Again")

    @api.depends("file_data")
    def _compute_first_batch_id(self):
        batches = self.env["customer.import.batch"]
        for wizard in self:
            content = wizard._content()
            digest = hashlib.sha256(content).hexdigest()
            wizard.first_batch_id = content and batches._find_first(digest).id
            wizard.may_load_again = batches._may_load_again()

    def _content(self):
        """The bytes of the file; the web client asks for sizes in place of contents."""
        self.ensure_one()
        encoded = self.with_context(bin_size=False).file_data or self.file_data
        return base64.b64decode(encoded or b"")

    def action_parse(self):
        """Read the file and show its columns; no customer is written."""
        self.ensure_one()
        self.env["customer.import.batch"]._check_clerk()
        if not self.file_data:
            raise UserError(self.env._("Choose a file first."))
        batch = self.env["customer.import.batch"]._upload(
            self.filename or self.env._("Customers"),
            self._content(),
            reason=self.reason,
            encoding=self.encoding,
            delimiter=self.delimiter,
        )
        return self._open(batch)

    def action_open_first(self):
        """The import by which this file came in."""
        self.ensure_one()
        self.first_batch_id.check_access("read")
        return self._open(self.first_batch_id)

    def _open(self, batch):
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.import.batch",
            "res_id": batch.id,
            "views": [(False, "form")],
            "target": "current",
        }
