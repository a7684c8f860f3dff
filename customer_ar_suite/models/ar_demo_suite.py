"""Sample data, part three: what the suite itself keeps about the story."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from ..demo import story, tables

#: dimension code → column of the table of customers
DIMENSIONS = ("industry", "size", "region", "type")
#: role → demo user per company who does the work; without demo users it is who loads
ACTORS = {
    "accountant": {"cn": "ar_demo_user_kuaiji", "nl": "ar_demo_user_ar_accountant"},
    "clerk": {"cn": "ar_demo_user_wenyuan", "nl": "ar_demo_user_customer_clerk"},
}
#: customer file → company, and whether it is applied or left at its dry run
CUSTOMER_FILES = (
    ("customers_south_china_gb18030.csv", "cn", True),
    ("customers_east_china.xls", "cn", False),
    ("customers_europe.xlsx", "nl", False),
)
#: customers who have got a statement, by layout and company
STATEMENTS = (
    ("open_item", "nl", ("C20004", "C20007", "C20016")),
    ("activity", "nl", ("C20001",)),
    ("open_item", "cn", ("C10004", "C10006", "C10021")),
    ("open_item", "cn", ("C20020",)),
)


class ArDemo(models.AbstractModel):
    """Categories, customer files and statements on top of the story."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        """Records of every flow, in every state a user should have seen."""
        if self._sample("customer_import_0"):
            return
        self._load_categories(tables.customers())
        self._load_bank_files()
        self._load_customer_files()
        self._load_more_imports()
        self._load_statements()
        self._load_statement_runs()
        self._load_closings()
        self._load_merges()
        self._load_exchange()
        self._load_lifecycle()
        self._load_loads()
        self._load_privacy()
        self._load_classification()
        self._load_card()

    def _as(self, role, model, code):
        """``model`` in a sample company as the demo user of that role would have it."""
        xmlid = f"customer_ar_suite.{ACTORS[role][code]}"
        user = self.env.ref(xmlid, raise_if_not_found=False) or self.env.user
        return self._in_company(model, code).with_user(user)

    # -- categories -----------------------------------------------------------------------

    def _load_categories(self, customers):
        """One category per dimension; growing customers have been a size smaller before."""
        today = fields.Date.context_today(self)
        start = today - timedelta(days=story.MONTHS_BACK)
        grown = [
            row for row in customers if row.size == "medium" and row.habit == "on_time"
        ]
        for code in DIMENSIONS:
            values = {row.ref: getattr(row, code) for row in customers}
            if code == "size":
                values |= {row.ref: "small" for row in grown}
            self._assign(code, values, start)
        since = today - timedelta(days=150)
        self._assign("size", {row.ref: row.size for row in grown}, since)

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

    # -- customer files -------------------------------------------------------------------

    def _load_customer_files(self):
        """One file applied, one waiting at its dry run with every kind of finding."""
        for index, (filename, code, is_applied) in enumerate(CUSTOMER_FILES):
            with file_open(f"customer_ar_suite/demo/files/{filename}", "rb") as file:
                content = file.read()
            batch = self._as("clerk", "customer.import.batch", code)._upload(
                filename, content
            )
            batch.action_check()
            if is_applied:
                batch.totals_confirmed = True
                batch.action_apply()
            self._keep(batch, [f"customer_import_{index}"])

    # -- statements -----------------------------------------------------------------------

    def _load_statements(self):
        """Statements as of the end of last month, for Western and Chinese customers."""
        today = fields.Date.context_today(self)
        as_of = today.replace(day=1) - timedelta(days=1)
        for layout_code, code, refs in STATEMENTS:
            layout = self.env["ar.statement.layout"].search(
                [("code", "=", layout_code)], limit=1
            )
            partners = self.env["res.partner"].browse(
                [self._sample(f"customer_{ref}").id for ref in refs]
            )
            Statement = self._as("accountant", "ar.statement", code)
            issued, _errors = Statement._issue(
                self._company(code), layout, as_of, as_of.replace(day=1), partners.ids
            )
            names = [f"statement_{code}_{one.partner_id.ref}" for one in issued]
            self._keep(issued, names)
