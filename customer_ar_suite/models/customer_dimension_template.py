from odoo import fields, models


class CustomerDimensionTemplate(models.Model):
    """Dimensions that a kind of business usually wants, to be switched on together."""

    _name = "customer.dimension.template"
    _description = "Template of Dimensions"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    dimension_ids = fields.Many2many(
        "customer.dimension",
        context={"active_test": False},
        domain="[('is_mirror', '=', False)]",
    )
