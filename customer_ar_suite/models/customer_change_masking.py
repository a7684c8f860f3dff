from odoo import models

from ..engine.masking import mask


class CustomerChangeLine(models.Model):
    """Sensitive values in change requests: for those who decide, masks for the others."""

    _inherit = "customer.change.line"

    def _text(self, value, description):
        text = super()._text(value, description)
        return self._masked("res.partner", self.field_name, text)

    def _bank_text(self, state):
        if state and state["acc_number"]:
            number = self._masked("res.partner.bank", "acc_number", state["acc_number"])
            state = {**state, "acc_number": number}
        return super()._bank_text(state)

    def _masked(self, model, name, text):
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        rule = rules.get((model, name))
        if not rule or not text or self.can_decide:
            return text
        return mask(text, rule.visible)
