from odoo import models


class ArAgingOpen(models.TransientModel):
    _name = "ar.aging.open"
    _inherit = ["ar.aging.open", "ar.rate.warning.mixin"]


class ArStatementSend(models.TransientModel):
    _name = "ar.statement.send"
    _inherit = ["ar.statement.send", "ar.rate.warning.mixin"]
