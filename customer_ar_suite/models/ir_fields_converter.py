from odoo import api, models


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """A category in an imported file is looked up in the dimension of its column.

        Core looks for the name in all dimensions and takes the first of several.
        """
        column = (
            self.env["customer.dimension"]._columns().get(field.name)
            if field.comodel_name == "customer.category"
            and model._name == "res.partner"
            else None
        )
        if column and subfield is None and value:
            found = self.env["customer.category"].search(
                [
                    ("dimension_id", "=", column.dimension_id),
                    ("display_name", "=", value),
                ],
                limit=2,
            )
            if len(found) == 1:
                subfield, value = ".id", str(found.id)
        return super().db_id_for(model, field, subfield, value, savepoint)
