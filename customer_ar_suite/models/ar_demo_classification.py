"""Sample data: dimensions that rules decide, defaults, a review, a choice by hand."""

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..demo import tables

#: dimensions whose shipped rules the sample copies for its customers: all need figures, so
#: that nothing moves while somebody tries out the rest of the sample
RULED = (
    "size",
    "grade",
    "activity",
    "purchasing_power",
    "trading_frequency",
    "sales_amount",
    "cooperation_years",
    "channel",
)
#: size of the table of customers → people and revenue of the customer
SIZES = {"large": (1_800, 9e8), "medium": (160, 6e7), "small": (28, 8e6)}
HEADCOUNTS = (420, 75, 36, 12, 6)


class ArDemo(models.AbstractModel):
    """Classification by rules on top of the story."""

    _inherit = "ar.demo"

    @api.model
    def _load_classification(self):
        """Rules enabled, applied once; a preview, a review and proposals to look at."""
        if self._sample("classification_applied"):
            return
        dimensions = self._ruled_dimensions()
        self._load_sizes()
        self._enable_rules(dimensions)
        # the registry has been reloaded
        dimensions = self.env["customer.dimension"].browse(dimensions.ids)
        self._load_default()
        self._keep(self._applied_run(dimensions), ["classification_applied"])
        self._load_choice()
        self._load_review()
        self._keep(self._draft_run(dimensions), ["classification_preview"])

    def _ruled_dimensions(self):
        found = [
            self.env.ref(
                f"customer_ar_suite.customer_dimension_{code}",
                raise_if_not_found=False,
            )
            for code in RULED
        ]
        ids = [dimension.id for dimension in found if dimension]
        return self.env["customer.dimension"].browse(ids)

    def _load_sizes(self):
        """People and revenue of the customers, as a purchased list would give them."""
        currency = self._currency("CNY")
        for row in tables.customers():
            partner = self._sample(f"customer_{row.ref}")
            people, revenue = SIZES.get(row.size, (8, 2e6))
            partner.write(
                {
                    "ar_headcount": people + len(row.name),
                    "ar_annual_revenue": revenue + 1e5 * len(row.name),
                    "ar_annual_revenue_currency_id": currency.id,
                }
            )
        batch = self._sample("customer_import_0")
        for index, partner in enumerate(batch.row_ids.partner_id if batch else ()):
            partner.ar_headcount = HEADCOUNTS[index % len(HEADCOUNTS)]

    def _enable_rules(self, dimensions):
        """Rules of the sample's own: the shipped ones stay off, for they are for everybody."""
        currency = self._currency("CNY")
        domain = [("id", "in", self._sample_customers().ids)]
        for dimension in dimensions:
            if dimension.mode == "manual":
                dimension.mode = "both"
            rules = dimension.rule_ids
            if not any(rules.mapped("active")):
                dimension.currency_id = currency
            own = rules.browse()
            for rule in rules.sorted(lambda one: (one.sequence, one.id)):
                theirs = Domain(rule._domain() or Domain.TRUE) & Domain(domain)
                own |= rule.copy({"partner_domain": repr(list(theirs)), "active": True})
            names = [f"rule_{dimension.code}_{n}" for n in range(len(own))]
            self._keep(own, names)
        dimensions.filtered(lambda one: not one.active).action_unarchive()

    def _sample_customers(self):
        """Those of the table, and what the customer files brought."""
        found = self.env["res.partner"].browse(
            self._sample(f"customer_{row.ref}").id for row in tables.customers()
        )
        for number in range(3):
            batch = self._sample(f"customer_import_{number}")
            found |= batch.row_ids.partner_id if batch else found.browse()
        return found

    def _new_run(self, dimensions):
        return self.env["customer.category.run"].create(
            {"dimension_ids": [Command.set(dimensions.ids)]}
        )

    def _applied_run(self, dimensions):
        """Works in the transaction of the installation, however many move."""
        run = self._new_run(dimensions)
        run.action_preview()
        run.action_apply()
        return run

    def _draft_run(self, dimensions):
        """After the choice by hand and before a change of data: somebody moves."""
        grown = self.env["customer.category.assignment"].search(
            [
                ("dimension_id.code", "=", "size"),
                ("source", "=", "rule"),
                ("category_id.code", "!=", "large"),
                ("valid_to", "=", False),
            ],
            limit=1,
        )
        grown.partner_id.ar_headcount = 900
        run = self._new_run(dimensions)
        run.action_preview()
        return run

    def _load_default(self):
        """Grade A pays later: proposed, not imposed."""
        category = self.env.ref(
            "customer_ar_suite.customer_category_grade_a", raise_if_not_found=False
        )
        if category:
            default = self.env["customer.category.default"].create(
                [
                    {
                        "category_id": category.id,
                        "company_id": self._company(code).id,
                        "payment_term_id": self._terms("60").id,
                    }
                    for code in ("cn", "nl")
                ]
            )
            self._keep(default, ["category_default_cn", "category_default_nl"])

    def _load_choice(self):
        """A customer who is important for a reason that no figure shows."""
        grade = self.env.ref(
            "customer_ar_suite.customer_category_grade_a", raise_if_not_found=False
        )
        partner = self._sample("customer_C10021")
        if grade and partner and grade.dimension_id.active:
            today = fields.Date.context_today(self)
            self._as("clerk", "customer.category.assignment", "cn")._assign(
                {partner.id: grade.id},
                grade.dimension_id,
                "manual",
                today,
                "董事会决定的战略客户 Strategic account by decision of the board",
                fields.Date.add(today, months=6),
            )

    def _load_review(self):
        grade = self.env.ref(
            "customer_ar_suite.customer_dimension_grade", raise_if_not_found=False
        )
        if grade:
            user = self.env.ref(
                "customer_ar_suite.ar_demo_user_wenyuan", raise_if_not_found=False
            )
            grade.write(
                {
                    "review_month_count": 3,
                    "review_user_id": (user or self.env.user).id,
                }
            )
            reviews = self.env["customer.category.review"]
            # nobody is mailed for a story
            reviews.with_context(mail_activity_quick_update=True)._cron_ask()
            self._keep(grade.review_ids[:1], ["category_review"])
