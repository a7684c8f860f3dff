from odoo import api, models


class ArCachedMixin(models.AbstractModel):
    """Rows that every process keeps in its cache: a change is told to all of them.

    In the cache for what rarely changes: Odoo empties the usual one whenever a user does.
    """

    _name = "ar.cached.mixin"
    _description = "Rows Kept in the Cache"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache("stable")
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache("stable")
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result
