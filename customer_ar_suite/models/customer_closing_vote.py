from odoo import fields, models


class CustomerClosingVote(models.Model):
    """Who decided what on a closing request, and when: one row per vote, never changed."""

    _name = "customer.closing.vote"
    _description = "Decision on a Closing Request"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "request_id.partner_id"
    _order = "id"
    _rec_name = "verdict"

    request_id = fields.Many2one(
        "customer.closing.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
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
        "UNIQUE (request_id, user_id)", "Everybody decides once on a closing request."
    )
    _not_the_maker = models.Constraint(
        "CHECK (user_id <> maker_id)", "Nobody decides on a request of his own."
    )
