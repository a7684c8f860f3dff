from odoo import fields, models


class ArSimulationPartMixin(models.AbstractModel):
    """What a simulation says of one customer."""

    _name = "ar.simulation.part.mixin"
    _description = "Part of a Simulation"
    _inherit = ["ar.partner.rule.mixin"]
    _rec_name = "partner_id"

    simulation_id = fields.Many2one(
        "ar.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="simulation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
