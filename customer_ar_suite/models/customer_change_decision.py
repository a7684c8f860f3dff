from odoo import fields, models


class CustomerChangeDecision(models.Model):
    """Who decided what, when, and on which payload: one row per vote, never changed."""

    _name = "customer.change.decision"
    _description = "Decision on a Change"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "request_id.partner_id"
    _order = "id"
    _rec_name = "verdict"

    request_id = fields.Many2one(
        "customer.change.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        "customer.change.line",
        string="Change",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    maker_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    verdict = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    payload_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    decided_at = fields.Datetime(string="Decided on", required=True, readonly=True)

    _one_vote = models.Constraint(
        "UNIQUE (line_id, user_id)", "Everybody decides once on a change."
    )
    _not_the_maker = models.Constraint(
        "CHECK (user_id <> maker_id)", "Nobody decides on a change of his own."
    )
