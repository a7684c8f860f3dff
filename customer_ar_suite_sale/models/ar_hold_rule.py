from odoo import fields, models


class ArHoldRuleMixin(models.AbstractModel):
    _inherit = "ar.hold.rule.mixin"

    on_order = fields.Boolean(string="When Orders Are Confirmed", default=True)
