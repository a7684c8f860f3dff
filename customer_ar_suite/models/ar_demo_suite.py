"""Sample data, part three: what the suite itself keeps about the story."""

from datetime import timedelta

from odoo import api, fields, models

from ..demo import story, tables

#: dimension code → column of the table of customers
DIMENSIONS = ("industry", "size", "region", "type")


class ArDemo(models.AbstractModel):
    """Categories, files, proposals and statements on top of the story."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        self._load_categories(tables.customers())

    # -- categories -----------------------------------------------------------------------

    def _load_categories(self, customers):
        """One category per dimension; growing customers have been a size smaller before."""
        today = fields.Date.context_today(self)
        start = today - timedelta(days=story.MONTHS_BACK)
        grown = [row for row in customers if row.size == "medium" and row.habit == "on_time"]
        for code in DIMENSIONS:
            values = {row.ref: getattr(row, code) for row in customers}
            self._assign(code, values, start)
        self._assign("size", {row.ref: "small" for row in grown}, start)
        self._assign("size", {row.ref: row.size for row in grown}, today - timedelta(150))

    def _assign(self, dimension_code, values, day):
        """Category codes by customer number; a dimension someone has deleted is left out."""
        prefix = "customer_ar_suite.customer_"
        dimension = self.env.ref(
            f"{prefix}dimension_{dimension_code}", raise_if_not_found=False
        )
        if not dimension or not dimension.active:
            return
        categories = {
            code: self.env.ref(
                f"{prefix}category_{dimension_code}_{code}", raise_if_not_found=False
            )
            for code in set(values.values())
        }
        self.env["customer.category.assignment"]._assign(
            {
                self._sample(f"customer_{ref}").id: categories[code].id
                for ref, code in values.items()
                if categories[code]
            },
            dimension,
            "manual",
            day,
        )
