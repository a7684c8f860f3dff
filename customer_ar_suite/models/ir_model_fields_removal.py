from odoo import models
from odoo.tools import SQL

#: fields from which on an index is quicker made than done without
MANY = 200
#: columns by which a field names another one: deleted with it, and without an index of Odoo's
REFERENCES = ("related_field_id", "relation_field_id")


class IrModelFields(models.Model):
    """Removes many fields at once, as with a module, without reading all for each of them."""

    _inherit = "ir.model.fields"

    def unlink(self):
        if len(self) < MANY:
            return super().unlink()
        self.check_access("unlink")  # before the table is locked for an index
        names = {column: f"{self._table}_{column}_removal" for column in REFERENCES}
        self.flush_model(REFERENCES)
        for column, name in names.items():
            self.env.cr.execute(
                SQL(
                    "CREATE INDEX IF NOT EXISTS %s ON ir_model_fields (%s)",
                    SQL.identifier(name),
                    SQL.identifier(column),
                )
            )
        result = super().unlink()
        for name in names.values():
            self.env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
        return result
