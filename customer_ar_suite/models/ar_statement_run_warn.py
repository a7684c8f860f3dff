from odoo import api, fields, models


class ArStatementRun(models.Model):
    """What is to be known of the day before statements go out: rates, and has it come."""

    _name = "ar.statement.run"
    _inherit = ["ar.statement.run", "ar.rate.warning.mixin"]

    is_future = fields.Boolean(compute="_compute_is_future")

    @api.depends("as_of_date")
    def _compute_is_future(self):
        today = fields.Date.context_today(self)
        for run in self:
            run.is_future = run.as_of_date and run.as_of_date > today

    def _rate_warning_companies(self):
        """Looked at while something can still be done about it."""
        is_open = self.state in ("draft", "preview")
        return self.company_id if is_open else self.company_id.browse()
