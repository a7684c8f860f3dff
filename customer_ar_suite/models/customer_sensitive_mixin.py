from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CustomerSensitiveMixin(models.AbstractModel):
    """The button *Unmask* of records that have sensitive fields."""

    _name = "customer.sensitive.mixin"
    _description = "Sensitive Fields"

    ar_can_unmask = fields.Boolean(
        string="May Be Unmasked",
        compute="_compute_ar_can_unmask",
    )

    @api.depends_context("uid")
    def _compute_ar_can_unmask(self):
        self.ar_can_unmask = bool(self._ar_unmask_models())

    def action_ar_unmask(self):
        """Ask for the reason, then show the values of these records for some minutes."""
        self.check_access("read")
        if not self._ar_unmask_models():
            raise AccessError(self.env._("You may not unmask these values."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unmask"),
            "res_model": "customer.unmask.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
            },
        }

    @api.model
    def _ar_unmask_models(self):
        """This model and those shown with it, where the user may unmask something."""
        unmask = self.env["customer.unmask"]
        return [
            name
            for name in (self._name, *self._ar_shown_with())
            if unmask._names_of(name)
        ]

    @api.model
    def _ar_shown_with(self):
        """Models whose records stand on the same screen: {model: path to them}."""
        return {}

    def _ar_unmask(self, reason):
        """Unmask these records and what is shown with them."""
        until = None
        for name in self._ar_unmask_models():
            path = self._ar_shown_with().get(name)
            records = self.mapped(path)._filtered_access("read") if path else self
            if records:
                until = self.env["customer.unmask"]._unmask(records, reason)
        if not until:
            raise UserError(self.env._("These records have nothing to unmask for you."))
        return until
