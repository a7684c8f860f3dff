from odoo import fields, models


class CustomerClosingVote(models.Model):
    """A vote on a closing request."""

    _name = "customer.closing.vote"
    _description = "Decision on a Closing Request"
    _inherit = ["ar.vote.mixin"]

    request_id = fields.Many2one(
        "customer.closing.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)

    _one_vote = models.Constraint(
        "UNIQUE (request_id, user_id)", "Everybody decides once on a closing request."
    )
