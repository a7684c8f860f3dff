"""A world of customers in all categories, with everything that can hang on a customer."""

from datetime import date
from itertools import product

from odoo import Command
from odoo.tests import new_test_user

from .access_oracle import TREES, Row
from .common import ArCommon

ACCOUNTANT = (
    "base.group_user",
    "base.group_allow_export",
    "base.group_partner_manager",
    "customer_ar_suite.customer_ar_suite_group_ar_accountant",
    "customer_ar_suite.customer_ar_suite_group_customer_clerk",
)
#: login → grants
USERS = {
    "free": (),
    "asia": (Row("region", "asia"),),
    "asia_node": (Row("region", "asia", below=False),),
    "china_see": (Row("region", "china", rights=("see",)),),
    "europe_poor": (Row("region", "europe", rights=("see", "edit", "export")),),
    "europe_money": (Row("region", "europe", rights=("see", "money")),),
    "mixed": (
        Row("region", "asia", rights=("see",)),
        Row("region", "china", rights=("see", "edit", "money")),
        Row("region", "europe", rights=("see", "export")),
    ),
    "all_regions": (Row("region"),),
    "unclassified": (Row("region", "europe", unclassified=True),),
    "two_dimensions": (Row("region", "asia"), Row("size", "big")),
    "two_open": (Row("region", "china"), Row("size", "small", unclassified=True)),
    "run_out": (Row("region", "europe", until=date(2020, 1, 1)),),
    "elsewhere": (Row("region", "china", company="theirs"),),
}


class GrantCase(ArCommon):
    """Customers in every combination of categories; users by the grants they have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        # given dimensions that have their columns already, with categories of our own
        cls.dimensions = {
            code: cls.env.ref(f"customer_ar_suite.customer_dimension_{code}")
            for code in TREES
        }
        cls.columns = {
            code: dimension._column_name() for code, dimension in cls.dimensions.items()
        }
        cls.categories = {}
        for code, tree in TREES.items():
            for name, parent in tree.items():
                cls.categories[name] = cls.env["customer.category"].create(
                    {
                        "name": f"Test {name}",
                        "dimension_id": cls.dimensions[code].id,
                        "parent_id": parent and cls.categories[parent].id,
                    }
                )
        cls.other_company = cls.env["res.company"].create({"name": "Theirs"})

    @classmethod
    def classified(cls, name, values, **more):
        """A customer with ``values``: {dimension: category or None}."""
        partner = cls.customer(name, **more)
        for code, category in values.items():
            if category:
                cls.env["customer.category.assignment"]._assign(
                    {partner.id: cls.categories[category].id},
                    cls.dimensions[code],
                    "rule",
                    date(2026, 1, 1),
                )
        return partner

    @classmethod
    def grant(cls, subject, row):
        """Write a row of the oracle's as a grant for a user or a group."""
        who = "user_id" if subject._name == "res.users" else "group_id"
        return cls.env["customer.category.grant"].create(
            {
                who: subject.id,
                "dimension_id": cls.dimensions[row.dimension].id,
                "category_id": row.category and cls.categories[row.category].id,
                "with_subcategories": row.below,
                "with_uncategorized": row.unclassified,
                "can_edit": "edit" in row.rights,
                "can_see_money": "money" in row.rights,
                "can_export": "export" in row.rights,
                "company_id": row.company == "theirs" and cls.other_company.id,
                "valid_to": row.until,
            }
        )

    @classmethod
    def granted_user(cls, login, rows, groups=ACCOUNTANT):
        user = new_test_user(
            cls.env,
            f"grants_{login}",
            ",".join(groups),
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )
        for row in rows:
            cls.grant(user, row)
        return user

    def as_user(self, user, model):
        """``model`` as ``user`` has it in our company, with nothing in the cache."""
        self.env.invalidate_all()
        return self.env(
            user=user, context={"allowed_company_ids": self.company.ids, "tz": "UTC"}
        )[model]

    @classmethod
    def combinations(cls):
        """Every region and none, with one size and none; two of the other size."""
        pairs = [
            *product([*TREES["region"], None], ["big", None]),
            ("china", "small"),
            ("europe", "small"),
        ]
        return [{"region": region, "size": size} for region, size in pairs]
