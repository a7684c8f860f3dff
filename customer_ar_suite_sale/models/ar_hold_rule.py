from odoo import fields, models


class ArHoldRule(models.Model):
    _inherit = "ar.hold.rule"

    on_order = fields.Boolean(string="When Orders Are Confirmed", default=True)
