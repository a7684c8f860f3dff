from odoo import fields, models


class ArCreditTemporaryLimit(models.Model):
    """More than the limit, for a time: asked for with a reason, granted by somebody else."""

    _name = "ar.credit.temporary.limit"
    _description = "Temporary Credit Limit"
    _inherit = ["ar.credit.grant.mixin"]
    _ar_partner_path = "profile_id.partner_id"
    _grant_event = "credit.temporary"
    _order = "id desc"
    _rec_name = "partner_id"

    profile_id = fields.Many2one(
        "ar.credit.profile",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    amount = fields.Monetary(string="Added to the Limit", required=True, readonly=True)
    valid_from = fields.Date(required=True, readonly=True)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A temporary limit adds something to the limit."
    )

    def _decide(self, state, note="", **vals):
        """What is granted counts from this moment on: those who post meanwhile repeat."""
        result = super()._decide(state, note, **vals)
        self.env["ar.credit.check"]._bump(self.sudo().profile_id)  # sudo: a counter
        return result
