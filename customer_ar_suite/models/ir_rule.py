from odoo import models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    """What category grants change about record rules: when they lapse, what a refusal says."""

    _inherit = "ir.rule"

    def _compute_domain_context_values(self):
        """Computed rules are kept per day while grants with a period exist."""
        yield from super()._compute_domain_context_values()
        yield self.env["customer.category.grant"]._today()

    def _make_access_error(self, operation, records):
        """Say that grants refuse, and who can explain; core names the record in debug mode."""
        if not self.env["customer.category.grant"]._is_restricted():
            return super()._make_access_error(operation, records)
        # sudo: which rules refuse, not what they refuse
        if not self._get_failing(records, mode=operation).sudo()._is_of_grants():
            return super()._make_access_error(operation, records)
        records.invalidate_recordset()
        return AccessError(
            self.env._(
                "You are not allowed to do this with these records (%(model)s): they belong "
                "to customers outside the categories you have been granted, or need a right "
                "you have not been granted for them. An administrator finds the reason under "
                "Receivables, Configuration, Explain Access.",
                model=self.env["ir.model"]._get(records._name).name,
            )
        )

    def _is_of_grants(self):
        return any("_ar_grant_domain" in (rule.domain_force or "") for rule in self)
