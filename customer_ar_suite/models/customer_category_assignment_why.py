from odoo import api, fields, models


class CustomerCategoryAssignment(models.Model):
    """Why is this customer here: the choice of a person, or the rule with its figures."""

    _name = "customer.category.assignment"
    _inherit = ["customer.category.assignment", "customer.evidence.mixin"]

    why = fields.Char(compute="_compute_why")

    @api.depends("source", "reason", "evidence", "expires_on", "user_id")
    @api.depends_context("lang", "uid")
    def _compute_why(self):
        readers = self._money_readers()
        # sudo: the evidence of assignments this user reads; amounts are left out where he
        # may not see the customer's money
        for assignment, row in zip(self, self.sudo(), strict=True):
            if row.evidence:
                assignment.why = self._evidence_text(row.evidence, row.id in readers)
            else:
                assignment.why = assignment.reason or False
