import json

from odoo import api, fields, models

from ..engine.privacy.redact import redact
from ..engine.statement.matrix import fingerprint


class ArStatement(models.Model):
    """What becomes of an issued statement when its customer asks for erasure.

    The figures stay, the addressee goes. The fingerprint of what was issued stays too: it
    proves that a copy somebody still has is genuine. A second one proves the rest.
    """

    _inherit = "ar.statement"

    redacted_on = fields.Date(readonly=True, copy=False)
    redacted_hash = fields.Char(
        string="Fingerprint after Redaction",
        readonly=True,
        copy=False,
        help="Computed from what is left after name and address were erased.",
    )

    @api.depends("redacted_hash")
    def _compute_is_intact(self):
        result = super()._compute_is_intact()
        for statement in self.filtered("redacted_hash"):
            found = fingerprint(statement.snapshot)
            statement.is_intact = found == statement.redacted_hash
        return result

    @api.model
    def _ar_privacy_redact(self, ids, found, marker):
        """Take the customer out of the frozen figures; no figure changes."""
        texts, hashes = {}, {}
        # sudo: part of an erasure, which was checked
        for statement in self.sudo().browse(ids):
            texts[statement.id] = _without_customer(statement.snapshot, found, marker)
            hashes[statement.id] = fingerprint(texts[statement.id])
        today = fields.Date.to_string(fields.Date.context_today(self))
        put = self.env["customer.privacy.apply"]._put
        put(self._fields["snapshot"], texts)
        put(self._fields["redacted_hash"], hashes)
        put(self._fields["redacted_on"], dict.fromkeys(ids, today))
        return ("snapshot", "snapshot_hash", "redacted_hash")


def _without_customer(snapshot, found, marker):
    content = json.loads(snapshot)
    if found:
        content = redact(content, found, marker)
    # name, address, contact, tax id, reference
    content["header"]["customer"] = [marker, [], [], "", ""]
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
