"""Sample data: two salespeople who work with one region each, an auditor for another."""

from datetime import timedelta

from odoo import api, fields, models

#: demo user, region, rights, days from today until which it holds
GRANTS = (
    (
        "ar_demo_user_sales_dewit",
        "europe",
        {"can_edit": False, "can_export": True},
        None,
    ),
    (
        "ar_demo_user_sales_li",
        "east_china",
        {"can_edit": False, "can_see_money": False},
        None,
    ),
    ("ar_demo_user_sales_li", "south_china", {"can_edit": False}, 90),
    ("ar_demo_user_sales_wang", "china", {"with_uncategorized": True}, None),
)


class ArDemo(models.AbstractModel):
    """Category grants of the demo users; real users get none from sample data."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_grants()
        return result

    @api.model
    def _load_grants(self):
        prefix = "customer_ar_suite."
        today = fields.Date.context_today(self)
        for index, (user, region, rights, days) in enumerate(GRANTS):
            user = self.env.ref(prefix + user, raise_if_not_found=False)
            category = self.env.ref(
                f"{prefix}customer_category_region_{region}", raise_if_not_found=False
            )
            name = f"category_grant_{index}"
            if (
                user
                and category
                and category.dimension_id.active
                and not self._sample(name)
            ):
                grant = self.env["customer.category.grant"].create(
                    {
                        "user_id": user.id,
                        "dimension_id": category.dimension_id.id,
                        "category_id": category.id,
                        "valid_to": days and today + timedelta(days=days),
                        "note": self.env._("Sells in this region."),
                        **rights,
                    }
                )
                self._keep(grant, [name])
