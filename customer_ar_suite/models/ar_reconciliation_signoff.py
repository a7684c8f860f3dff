import hashlib

from odoo import api, fields, models


def fingerprint(snapshot):
    """SHA-256 of what was signed."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


class ArReconciliationSignoff(models.Model):
    """A signature under a reconciliation: what was signed, by whom, when; never changed.

    A signature that was taken back stays, with the reason.
    """

    _name = "ar.reconciliation.signoff"
    _description = "Signature of a Reconciliation"
    _inherit = ["ar.locked.mixin"]
    _order = "id desc"
    _rec_name = "fingerprint"

    task_id = fields.Many2one(
        "ar.reconciliation.task",
        string="Reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    snapshot = fields.Text(string="What Was Signed", required=True, readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    signed_by_id = fields.Many2one(
        "res.users",
        string="Signed by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    signed_at = fields.Datetime(string="Signed on", required=True, readonly=True)
    withdrawn_by_id = fields.Many2one(
        "res.users", string="Taken Back by", readonly=True, ondelete="restrict"
    )
    withdrawn_at = fields.Datetime(string="Taken Back on", readonly=True)
    withdrawn_reason = fields.Char(string="Reason", readonly=True)
    is_intact = fields.Boolean(string="Intact", compute="_compute_is_intact")

    @api.depends("snapshot", "fingerprint")
    def _compute_is_intact(self):
        for one in self:
            one.is_intact = fingerprint(one.snapshot or "") == one.fingerprint
