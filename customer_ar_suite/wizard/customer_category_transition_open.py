from odoo import fields, models
from odoo.exceptions import UserError


class CustomerCategoryTransitionOpen(models.TransientModel):
    """Which customers moved between two dates?"""

    _name = "customer.category.transition.open"
    _description = "Open Moves between Two Dates"

    dimension_id = fields.Many2one("customer.dimension")
    date_from = fields.Date(
        string="First Date",
        required=True,
        default=lambda self: (
            fields.Date.subtract(fields.Date.context_today(self), months=3)
        ),
    )
    date_to = fields.Date(
        string="Second Date", required=True, default=fields.Date.context_today
    )

    def action_open(self):
        """The matrix: categories of the earlier date against those of the later one."""
        self.check_access("read")
        self.ensure_one()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The first date is after the second one."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_category_transition_action"
        )
        domain = []
        if self.dimension_id:
            domain = [("dimension_id", "=", self.dimension_id.id)]
        return {
            **action,
            "name": self.env._(
                "Moves from %(start)s to %(end)s",
                start=self.date_from,
                end=self.date_to,
            ),
            "domain": domain,
            "context": {
                "ar_compare_to": fields.Date.to_string(self.date_from),
                "ar_as_of": fields.Date.to_string(self.date_to),
                "search_default_moved": 1,
            },
        }
