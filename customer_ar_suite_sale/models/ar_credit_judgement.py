from odoo import fields, models


class ArCreditJudgement(models.Model):
    """Orders are looked at, too."""

    _inherit = "ar.credit.judgement"

    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _document_fields(self):
        return [*super()._document_fields(), "order_id"]
