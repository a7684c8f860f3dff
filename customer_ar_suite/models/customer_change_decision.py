from odoo import fields, models


class CustomerChangeDecision(models.Model):
    """A vote on one line of a change request."""

    _name = "customer.change.decision"
    _description = "Decision on a Change"
    _inherit = ["ar.vote.mixin"]

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

    _one_vote = models.Constraint(
        "UNIQUE (line_id, user_id)", "Everybody decides once on a change."
    )
