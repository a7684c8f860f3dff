from odoo import api, fields, models


class ArCreditReleaseAsk(models.TransientModel):
    _inherit = "ar.credit.release.ask"

    order_id = fields.Many2one("sale.order", string="Sales Order", ondelete="cascade")

    def _document(self):
        return self.order_id or super()._document()

    @api.depends("order_id")
    def _compute_paper(self):
        return super()._compute_paper()
