from odoo import fields, models
from odoo.exceptions import UserError


class CustomerCategoryFind(models.TransientModel):
    """Who was in these categories on that day?"""

    _name = "customer.category.find"
    _description = "Customers in a Category on a Date"

    category_ids = fields.Many2many(
        "customer.category",
        string="Categories",
        help="Categories below these count, too.",
    )
    on_date = fields.Date(string="On", required=True, default=fields.Date.context_today)

    def action_find(self):
        """The customers who had one of the categories, or one below it, on the day."""
        self.check_access("read")
        self.ensure_one()
        if not self.category_ids:
            raise UserError(self.env._("Choose at least one category."))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.res_partner_action_customers"
            ),
            "name": self.env._(
                "%(categories)s on %(date)s",
                categories=", ".join(self.category_ids.mapped("display_name")),
                date=self.on_date,
            ),
            "context": {"active_test": False},
            "domain": [
                (
                    "customer_category_assignment_ids",
                    "any",
                    [
                        ("category_id", "child_of", self.category_ids.ids),
                        ("holds_on", "=", fields.Date.to_string(self.on_date)),
                    ],
                )
            ],
        }
