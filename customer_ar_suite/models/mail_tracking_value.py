from odoo import api, models

from ..engine.masking import mask


class MailTrackingValue(models.Model):
    """What the chatter tells of sensitive fields: that they changed, and their masks."""

    _inherit = "mail.tracking.value"

    @api.model
    def _create_tracking_values(
        self, initial_value, new_value, col_name, col_info, record
    ):
        values = super()._create_tracking_values(
            initial_value, new_value, col_name, col_info, record
        )
        rows = self.env["customer.sensitive.field"]
        if rule := rows._rules_for_all().get((record._name, col_name)):
            _mask_texts(values, rule)
        return values

    def _tracking_value_format_model(self, model):
        """Also what was tracked before the field became a sensitive one."""
        formatted = super()._tracking_value_format_model(model)
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        names = {tracking.id: tracking.field_id.name for tracking in self}
        for line in formatted:
            rule = rules.get((model, names.get(line["id"])))
            if rule:
                for side in ("oldValue", "newValue"):
                    if isinstance(line[side], str) and line[side]:
                        line[side] = mask(line[side], rule.visible)
        return formatted


def _mask_texts(values, rule):
    for name in (
        "old_value_char",
        "new_value_char",
        "old_value_text",
        "new_value_text",
    ):
        if values.get(name):
            values[name] = mask(values[name], rule.visible)
