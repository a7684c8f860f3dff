from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"
#: customers printed at once, months and product categories of each
MOST_CUSTOMERS, MONTHS, MOST_CATEGORIES = 200, 12, 12


class ReportCustomerUsage(models.AbstractModel):
    """Values of the printed report on trade and usage; the gate for all that renders it."""

    _name = "report.customer_ar_suite.customer_usage_document"
    _description = "Trade and Usage (document)"

    @api.model
    def _get_report_values(self, docids, data=None):
        if not self.env.user.has_group(USER_GROUP):
            raise AccessError(
                self.env._("Only users of the receivables suite print this report.")
            )
        customers = self.env["res.partner"].browse(docids).exists()
        customers.check_access("read")
        customers._ar_check_export()
        customers = customers.commercial_partner_id
        if not customers or len(customers) > MOST_CUSTOMERS:
            raise UserError(
                self.env._("Choose 1 to %(limit)s customers.", limit=MOST_CUSTOMERS)
            )
        self.env["customer.audit.entry"]._ar_log(
            "report.export", customers, {"report": "trade and usage"}
        )
        today = fields.Date.context_today(self)
        first = fields.Date.subtract(today, months=MONTHS).replace(day=1)
        return {
            "docs": customers,
            "company": self.env.company,
            "first": first,
            "today": today,
            "scores": self._scores(customers),
            "levels": self._levels(customers),
            "usage": self._usage(customers, first),
            "purchases": self._purchases(customers, first, today),
        }

    @api.model
    def _scores(self, customers):
        """{customer: his trading score}, for those who may see his money."""
        rows = self.env["customer.trading.score"]
        if not rows.has_access("read"):
            return {}
        found = rows.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return {row.partner_id: row for row in found}

    @api.model
    def _levels(self, customers):
        """{customer: his usage levels}."""
        found = self.env["customer.usage.score"].search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return found.grouped("partner_id")

    @api.model
    def _usage(self, customers, first):
        """{customer: [(kind, [(month, count), …]), …]}."""
        rows = self.env["customer.usage"]._read_group(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
                ("month", ">=", first),
            ],
            ["partner_id", "kind_id", "month:month"],
            ["value:sum"],
        )
        found = {}
        for partner, kind, month, value in rows:
            months = found.setdefault(partner, {}).setdefault(kind, [])
            months.append((month, value))
        return {partner: list(kinds.items()) for partner, kinds in found.items()}

    @api.model
    def _purchases(self, customers, first, today):
        """{customer: [(product category, revenue, invoices), …]}, the largest first."""
        report = self.env["customer.purchase.report"].with_context(
            ar_date_from=fields.Date.to_string(first),
            ar_as_of=fields.Date.to_string(today),
        )
        if not report.has_access("read"):
            return {}
        rows = report._read_group(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "category_id"],
            ["revenue_amount:sum", "quantity:sum"],
            order="revenue_amount:sum desc",
        )
        found = {}
        for partner, category, revenue, quantity in rows:
            listed = found.setdefault(partner, [])
            if len(listed) < MOST_CATEGORIES:
                listed.append((category, revenue, quantity))
        return found
