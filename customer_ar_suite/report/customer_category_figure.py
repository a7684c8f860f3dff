from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: amounts of a row in company currency, in the order of the arms' columns
AMOUNTS = (
    "revenue", "before_revenue", "billed", "margin", "costed", "receivable", "overdue",
    "exposure", "limited_exposure", "allowed",
)  # fmt: skip
COUNTS = ("customer_count", "invoice_count")


def _amount(string, **values):
    return fields.Monetary(
        string=string, currency_field="shown_currency_id", readonly=True, **values
    )


class CustomerCategoryFigure(models.Model):
    """What each customer is worth and owes: one row per customer and company.

    The dashboard of categories adds these rows up, and so does the pivot: the figures are the
    same because they are the same rows. Receivables come from the ledger as of the last
    day of the period, revenue and margin from posted invoices, exposure and limit are those
    of today. Items of nobody in particular stand in a row without a customer, so that the
    receivables are those of the general ledger.
    """

    _name = "customer.category.figure"
    _description = "Figures of Customers"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _auto = False
    _rec_name = "partner_id"
    _order = "revenue_amount desc, id"
    _ar_dimension_dates = ()
    _ar_balance = "receivable_amount"
    _ar_measures = (
        "revenue_amount",
        "before_revenue_amount",
        "margin_amount",
        "receivable_amount",
        "overdue_amount",
        "exposure_amount",
        "allowed_amount",
    )
    _ar_item_fields = ("partner_id", "company_id", "invoice_count")
    #: what dashboard and paper add up
    _ar_sums = ("invoice_count", *(f"{name}_amount" for name in AMOUNTS))

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    customer_count = fields.Integer(
        string="Number of Customers",
        readonly=True,
        help="1 in the first row of a customer, so that sums count each customer once.",
    )
    invoice_count = fields.Integer(string="Number of Invoices", readonly=True)
    revenue_amount = _amount(
        "Revenue", help="Invoices less credit notes of the period, without tax."
    )
    before_revenue_amount = _amount(
        "Revenue Before", help="The same of the period before, of the same length."
    )
    billed_amount = _amount(
        "Billed",
        help="Invoices less credit notes of the period, with tax: what the days sales "
        "outstanding are measured by.",
    )
    margin_amount = _amount(
        "Margin", help="Revenue less cost of products whose cost is known."
    )
    costed_amount = _amount(
        "Revenue with Known Cost", help="The revenue that the margin is part of."
    )
    receivable_amount = _amount(
        "Receivable", help="What was owed at the end of the period."
    )
    overdue_amount = _amount("Overdue")
    exposure_amount = _amount(
        "Exposure", help="What may be lost with the customer, today."
    )
    limited_exposure_amount = _amount(
        "Exposure under a Limit", help="Exposure of customers who have a credit limit."
    )
    allowed_amount = _amount(
        "Allowed Exposure", help="Limit, temporary limits and cover. Empty: no limit."
    )

    # -- parameters -----------------------------------------------------------------------

    def _in_documents(self):
        """Figures of many documents have no currency of their own."""
        return False

    def _known_on(self):
        """Figures are told as they are in the books now."""
        return

    def _before(self):
        """First day of the period before, which is as long."""
        first, last = self._first_day(), self._as_of()
        return first - timedelta(days=(last - first).days + 1)

    def _date_facts(self):
        return [self._period_fact()]

    # -- rows -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        partner_fields = self.env["res.partner"]._fields
        amounts = self._amounts("figure")
        return SQL(
            """
            SELECT figure.partner_id::bigint * 100000 + COALESCE(figure.company_id, 0) AS id,
                   NULLIF(figure.partner_id, 0) AS partner_id, figure.company_id,
                   customer.country_id, customer.user_id, %(currency)s AS shown_currency_id,
                   CASE WHEN figure.customer_count > 0
                         AND ROW_NUMBER() OVER (PARTITION BY figure.partner_id
                                                ORDER BY figure.company_id) = 1
                        THEN 1 ELSE 0 END AS customer_count,
                   figure.invoice_count, %(amounts)s
              FROM (%(rows)s) figure
              LEFT JOIN res_partner customer ON customer.id = figure.partner_id
            """,
            currency=self._shown_currency_sql("figure"),
            amounts=SQL(", ").join(
                SQL(
                    "%s AS %s",
                    amounts(SQL.identifier("figure", name), None),
                    SQL.identifier(f"{name}_amount"),
                )
                for name in AMOUNTS
            ),
            rows=self._rows_sql(),
            to_flush=[partner_fields["country_id"], partner_fields["user_id"]],
        )

    def _rows_sql(self):
        """One row per customer and company that has any figure, amounts in its currency.

        Customers without any stand in the company they belong to, or in the current one.
        """
        arms = [
            self._customers_sql(),
            self._sales_sql(),
            self._margins_sql(),
            self._receivables_sql(),
            self._exposures_sql(),
        ]
        return SQL(
            """
            SELECT row.*, company.currency_id AS company_currency_id
              FROM (SELECT partner_id,
                           COALESCE(company_id, %(home)s) AS company_id,
                           MAX(SUM(customer_count)) OVER (PARTITION BY partner_id)
                               AS customer_count,
                           SUM(invoice_count) AS invoice_count,
                           COUNT(*) FILTER (WHERE customer_count = 0) AS figure_count,
                           SUM(COUNT(*) FILTER (WHERE customer_count = 0))
                               OVER (PARTITION BY partner_id) AS all_figure_count,
                           %(sums)s
                      FROM (%(arms)s) arm
                     GROUP BY 1, 2) row
              JOIN res_company company ON company.id = row.company_id
             WHERE row.figure_count > 0 OR row.all_figure_count = 0
            """,
            home=self.env.company.id,
            sums=SQL(", ").join(
                SQL("SUM(%(name)s) AS %(name)s", name=SQL.identifier(name))
                if name == "allowed"  # nothing is no limit
                else SQL(
                    "COALESCE(SUM(%(name)s), 0) AS %(name)s", name=SQL.identifier(name)
                )
                for name in AMOUNTS
            ),
            arms=SQL(" UNION ALL ").join(arms),
        )

    def _arm_columns(self, **given):
        """Columns of an arm: those given, nothing for the others."""
        empty = {
            **dict.fromkeys(COUNTS, SQL("0")),
            **dict.fromkeys(AMOUNTS, SQL("NULL::numeric")),
        }
        return SQL(", ").join(
            SQL("%s AS %s", sql, SQL.identifier(name))
            for name, sql in {**empty, **given}.items()
        )

    def _customers_sql(self):
        """All customers, with figures or without."""
        companies = [*self.env.companies.ids, False]
        query = self.env["res.partner"]._search(
            self.env["customer.dimension"]._customer_domain()
            & Domain("company_id", "in", companies)
        )
        return query.select(
            SQL(
                """
                res_partner.id AS partner_id,
                CASE WHEN res_partner.company_id = ANY(%s) THEN res_partner.company_id END
                    AS company_id,
                %s
                """,
                self.env.companies.ids,
                self._arm_columns(customer_count=SQL("1")),
                to_flush=[self.env["res.partner"]._fields["company_id"]],
            )
        )

    def _window(self):
        return self.env["customer.metric"]._window(self._first_day(), self._as_of())

    def _sales_sql(self):
        """Posted invoices and credit notes of the period, and of the one before."""
        first, before = self._first_day(), self._before()
        inside = SQL("move.invoice_date >= %s", first)
        return SQL(
            """
            SELECT move.commercial_partner_id, move.company_id, %(columns)s
              FROM account_move move
             WHERE %(invoices)s AND move.invoice_date >= %(before)s
             GROUP BY 1, 2
            """,
            columns=self._arm_columns(
                invoice_count=SQL(
                    "COUNT(*) FILTER (WHERE %s AND move.move_type <> 'out_refund')",
                    inside,
                ),
                revenue=_sum("amount_untaxed_signed", inside),
                before_revenue=_sum("amount_untaxed_signed", SQL("NOT %s", inside)),
                billed=_sum("amount_total_signed", inside),
            ),
            invoices=self._window().invoices(),
            before=before,
            to_flush=[self.env["account.move"]._fields["amount_total_signed"]],
        )

    def _margins_sql(self):
        return SQL(
            "SELECT sold.partner_id, sold.company_id, %s FROM (%s) sold",
            self._arm_columns(
                margin=SQL("ROUND(sold.margin, 2)"), costed=SQL("sold.sales")
            ),
            self.env["customer.metric"]._margins_sql(self._window()),
        )

    def _receivables_sql(self):
        """Open items at the end of the period, as the ledger knows them."""
        owed = SQL(
            "item.residual_company > 0 AND NOT item.is_advance AND item.due_date < %s",
            self._as_of(),
        )
        items = self.env["ar.ledger"]._open_item_query(
            SQL(
                """
                COALESCE(contact.commercial_partner_id, 0) AS partner_id,
                item.company_id, item.residual_company,
                CASE WHEN %s THEN item.residual_company ELSE 0 END AS overdue
                """,
                owed,
            ),
            SQL(
                "LEFT JOIN res_partner contact ON contact.id = item.contact_id",
                to_flush=[self.env["res.partner"]._fields["commercial_partner_id"]],
            ),
            self._as_of(),
            company_ids=self.env.companies.ids,
        )
        return SQL(
            "SELECT item.partner_id, item.company_id, %s FROM (%s) item GROUP BY 1, 2",
            self._arm_columns(
                receivable=SQL("SUM(item.residual_company)"),
                overdue=SQL("SUM(item.overdue)"),
            ),
            items,
        )

    def _exposures_sql(self):
        """The rows of the exposure report."""
        report = self.env["ar.credit.exposure.report"]
        return SQL(
            "SELECT exposure.partner_id, exposure.company_id, %s FROM (%s) exposure",
            self._arm_columns(
                exposure=SQL("exposure.exposure_amount"),
                limited_exposure=SQL(
                    "CASE WHEN exposure.allowed_amount IS NOT NULL "
                    "THEN exposure.exposure_amount END"
                ),
                allowed=SQL("exposure.allowed_amount"),
            ),
            report._table_query,
        )

    # -- tie-out --------------------------------------------------------------------------

    def _tie_out_lines(self):
        """Per company: a customer's row has no account of its own."""
        lines = self.env["ar.ledger"]._tie_out_accounts(self._as_of(), {}, None)
        books = self.with_context(ar_amounts_in=None)
        rows = books._read_group([], ["company_id"], ["receivable_amount:sum"])
        shown = {company.id: amount for company, amount in rows}
        found = {}
        for line in lines:
            total = found.setdefault(
                line["company_id"],
                {**line, "account": self.env._("all accounts"), "ledger": 0.0},
            )
            total["ledger"] += line["ledger"]
        for company_id, total in found.items():
            currency = self.env["res.currency"].browse(total["currency_id"])
            total["report"] = currency.round(shown.get(company_id, 0.0))
            total["ledger"] = currency.round(total["ledger"])
            total["difference"] = currency.round(total["report"] - total["ledger"])
        return list(found.values())

    # -- drill-down -----------------------------------------------------------------------

    def _cell_action(self, domain, field):
        """The customers who have a share in the figure; for one of them, the documents."""
        rows = self.search(domain, limit=2)
        if len(rows) != 1:
            return super()._cell_action(domain, field)
        documents = {
            "revenue_amount": (self._first_day(), self._as_of()),
            "billed_amount": (self._first_day(), self._as_of()),
            "margin_amount": (self._first_day(), self._as_of()),
            "costed_amount": (self._first_day(), self._as_of()),
            "before_revenue_amount": (
                self._before(),
                self._first_day() - timedelta(days=1),
            ),
        }
        if field.name in documents:
            return rows._invoices_action(*documents[field.name])
        return rows.action_view_open_items()

    def _invoices_action(self, first, last):
        domain = (
            Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("state", "=", "posted")
            & Domain("invoice_date", ">=", first)
            & Domain("invoice_date", "<=", last)
            & Domain("commercial_partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "views": [
                (self.env.ref("account.view_out_invoice_tree").id, "list"),
                (False, "form"),
            ],
            "domain": list(domain),
            "context": {"create": False},
        }

    def action_view_open_items(self):
        """What the customers owe."""
        self.check_access("read")
        return self.partner_id.action_view_ar_open_items()

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        if not self.partner_id:
            return False
        return self.partner_id.get_formview_action()


def _sum(name, condition):
    return SQL("SUM(%s) FILTER (WHERE %s)", SQL.identifier("move", name), condition)
