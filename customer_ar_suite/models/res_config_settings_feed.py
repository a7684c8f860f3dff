from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The switch of the change feed."""

    _inherit = "res.config.settings"

    ar_change_feed = fields.Boolean(
        string="Change Feed",
        help="The database notes which customers change, so that other systems can ask. All "
        "systems begin anew when it is switched on again.",
    )

    def get_values(self):
        return super().get_values() | {
            "ar_change_feed": bool(self.env["customer.feed"]._epoch())
        }

    def set_values(self):
        result = super().set_values()
        self.env["customer.feed"]._switch(self.ar_change_feed)
        return result
