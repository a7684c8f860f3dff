"""A world of customers in all categories, with everything that can hang on a customer."""

from datetime import date
from itertools import product

from odoo import Command

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
        return cls.all_classified([(name, values, more)])

    @classmethod
    def all_classified(cls, customers):
        """Several customers (name, categories, other values) at once."""
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "customer_rank": 1,
                    "company_id": False,
                }
                | more
                for name, _values, more in customers
            ]
        )
        for code, dimension in cls.dimensions.items():
            chosen = {
                partner.id: cls.categories[category].id
                for partner, (_name, values, _more) in zip(
                    partners, customers, strict=True
                )
                if (category := values.get(code))
            }
            if chosen:
                cls.env["customer.category.assignment"]._assign(
                    chosen, dimension, "rule", date(2026, 1, 1)
                )
        return partners

    @classmethod
    def grant(cls, subject, *rows):
        """Write rows of the oracle's as grants for a user or a group."""
        return cls.env["customer.category.grant"].create(
            [cls.grant_values(subject, row) for row in rows]
        )

    @classmethod
    def grant_values(cls, subject, row):
        who = "user_id" if subject._name == "res.users" else "group_id"
        return {
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

    @classmethod
    def granted_user(cls, login, rows, groups=ACCOUNTANT):
        return cls.granted_users({login: rows}, groups)[login]

    @classmethod
    def granted_users(cls, users, groups=ACCOUNTANT):
        """{login: user} of {login: grants}, who work for both companies."""
        companies = cls.company | cls.other_company
        made = cls.env["res.users"].create(
            [
                {
                    "login": f"grants_{login}",
                    "name": login,
                    "email": f"{login}@grants.example",
                    "password": f"grants_{login}",
                    "group_ids": [Command.set([cls.env.ref(one).id for one in groups])],
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(companies.ids)],
                }
                for login in users
            ]
        )
        found = dict(zip(users, made, strict=True))
        cls.env["customer.category.grant"].create(
            [
                cls.grant_values(found[login], row)
                for login, rows in users.items()
                for row in rows
            ]
        )
        return found

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
