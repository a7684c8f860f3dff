import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

MOST_BYTES = 25 * 2**20  # of all files together


class CustomerChangeExplain(models.TransientModel):
    """The maker says why he asks for a change, and shows on what paper it rests."""

    _name = "customer.change.explain"
    _description = "Reason and Documents"

    request_ids = fields.Many2many(
        "customer.change.request", string="Requests", readonly=True
    )
    reason = fields.Text(string="Reason for the Change")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Supporting Documents",
        help="Approvers see them; after the first decision they are frozen.",
    )

    @api.model
    def _open(self, requests):
        dialog = self.create(
            {
                "request_ids": [Command.set(requests.ids)],
                "reason": requests[:1].reason,
            }
        )
        return dialog._get_records_action(
            name=self.env._("Reason and Documents"), target="new", context={}
        )

    def action_confirm(self):
        """Give the requests this reason and these documents."""
        self.ensure_one()
        self.check_access("write")
        self.request_ids._explain((self.reason or "").strip(), self._files())
        self.attachment_ids.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _files(self):
        """[(name, content)] of what this user has uploaded here."""
        if any(file.create_uid != self.env.user for file in self.attachment_ids):
            raise AccessError(self.env._("Attach files of your own."))
        self.attachment_ids.check_access("read")
        files = [
            (file.name, base64.b64decode(file.datas or b""))
            for file in self.attachment_ids
        ]
        if sum(len(content) for _name, content in files) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "The documents are larger than %(limit)s MB together.",
                    limit=MOST_BYTES // 2**20,
                )
            )
        return files
