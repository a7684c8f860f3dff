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
    more_file_ids = fields.Many2many(
        "ir.attachment",
        string="Further Files",
        help="Each file becomes an import of its own.",
    )
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
        if not self.file_data and not self.more_file_ids:
            raise UserError(self.env._("Choose a file first."))
        files = [(self.filename, self._content())] if self.file_data else []
        # the content of an attachment is read with the user's own rights
        files += [(more.name, more.raw) for more in self.more_file_ids]
        batches, refused = self._upload_files(files)
        if not batches:
            raise UserError("\n\n".join(refused))
        self._drop_attachments()
        if len(files) == 1:
            return self._open(batches)
        return self._open_list(batches, refused)

    def _upload_files(self, files):
        """The imports of those files that can be read, and why the others were refused."""
        batches, refused = self.env["customer.import.batch"], []
        for name, content in files:
            try:
                with self.env.cr.savepoint():
                    batches |= batches._upload(
                        name or self.env._("Customers"),
                        content or b"",
                        reason=self.reason,
                        encoding=self.encoding,
                        delimiter=self.delimiter,
                    )
            except UserError as error:
                told = str(error)
                refused.append(told if len(files) == 1 else f"{name}: {told}")
        return batches, refused

    def _drop_attachments(self):
        """The copies of the web client: the imports have the files now."""
        own = self.more_file_ids.filtered(
            lambda one: one.create_uid == self.env.user and one.res_model == self._name
        )
        # sudo: the user's own uploads of this dialogue
        own.sudo().unlink()

    def _open_list(self, batches, refused):
        """Several imports, and what is to be said of files that were refused."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_import_batch_action"
        )
        action = {**action, "domain": [("id", "in", batches.ids)], "target": "current"}
        if not refused:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Some files were refused"),
                "message": "\n".join(refused),
                "next": action,
            },
        }

    def action_open_first(self):
        """The import by which this file came in."""
        self.ensure_one()
        self.first_batch_id.check_access("read")
        return self._open(self.first_batch_id)

    def _open(self, batch):
        return batch._get_records_action(context={})
