"""What tests of customers, dimensions and roles share."""

from odoo.tests import TransactionCase

from .common_models import ChangingModels
from .common_people import PREFIX, person


class CustomerCase(ChangingModels, TransactionCase):
    """One user per role; a dimension "Colour" with a small tree, created as a user would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # one day for all users, also near midnight
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.clerk = cls.role_user("customer_clerk")
        cls.administrator = cls.role_user("administrator")
        cls.employee = person(cls.env, "ar_employee")

    @classmethod
    def role_user(cls, login, role=None):
        return person(cls.env, f"ar_test_{login}", f"{PREFIX}{role or login}")

    @classmethod
    def new_dimension(cls, code="colour", **values):
        """A dimension with the categories red (light, dark) and blue."""
        dimension = (
            cls.env["customer.dimension"]
            .with_user(cls.administrator)
            .create({"name": code.capitalize(), "code": code, **values})
        )
        category = cls.env["customer.category"].with_user(cls.administrator)
        red = category.create(
            {"name": "Red", "code": "r", "dimension_id": dimension.id}
        )
        category.create(
            [
                {"name": name, "dimension_id": dimension.id, "parent_id": red.id}
                for name in ("Light", "Dark")
            ]
        )
        category.create({"name": "Blue", "code": "b", "dimension_id": dimension.id})
        return cls.env["customer.dimension"].browse(dimension.id)

    @classmethod
    def category(cls, dimension, name):
        return cls.env["customer.category"].search(
            [("dimension_id", "=", dimension.id), ("name", "=", name)]
        )

    def customers(self, *names):
        return self.env["res.partner"].create(
            [{"name": name, "is_company": True, "customer_rank": 1} for name in names]
        )

    def assign(self, customer, category, day):
        return self.env["customer.category.assignment"]._assign(
            {customer.id: category.id if category else False},
            self.env["customer.dimension"].browse(category.dimension_id.id),
            "rule",
            day,
        )

    def history(self, customer, dimension):
        """[(category name, from, to)] in the order of time."""
        rows = self.env["customer.category.assignment"].search(
            [("partner_id", "=", customer.id), ("dimension_id", "=", dimension.id)],
            order="valid_from",
        )
        return [
            (row.category_id.name, row.valid_from, row.valid_to or None) for row in rows
        ]
