import base64
import hashlib

from odoo import api, fields, models


class CustomerChangeEvidence(models.Model):
    """A document the maker gave with his request: kept as it was, shown to who decides."""

    _name = "customer.change.evidence"
    _description = "Document of a Change Request"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "request_id.partner_id"
    _order = "id"

    request_id = fields.Many2one(
        "customer.change.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    name = fields.Char(string="File Name", required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True)
    sha256 = fields.Char(
        string="Fingerprint (SHA-256)", required=True, readonly=True, index=True
    )

    @api.model
    def _add(self, requests, files):
        self._insert(
            [
                {
                    "request_id": request.id,
                    "name": name,
                    "file": base64.b64encode(content),
                    "sha256": _sha256(content),
                }
                for request in requests
                for name, content in files
            ]
        )

    def _is_intact(self):
        """Are the files those that were given?"""
        return all(
            _sha256(base64.b64decode(evidence.file or b"")) == evidence.sha256
            for evidence in self.with_context(bin_size=False)
        )


def _sha256(content):
    return hashlib.sha256(content).hexdigest()
