from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerPurchaseReport(models.Model):
    """What customers bought: one row per customer, company, month and product.

    Posted invoices less credit notes, without tax; ``get_cell_action`` opens the documents.
    """

    _name = "customer.purchase.report"
    _description = "Purchases of Customers"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _auto = False
    _rec_name = "partner_id"
    _order = "month desc, revenue_amount desc, id"
    _ar_dimension_dates = ()
    _ar_balance = "revenue_amount"
    _ar_measures = ("revenue_amount", "margin_amount")
    _ar_item_fields = ("partner_id", "month", "category_id", "product_id")

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    invoice_count = fields.Integer(string="Number of Invoices", readonly=True)
    revenue_amount = fields.Monetary(
        string="Revenue", currency_field="shown_currency_id", readonly=True
    )
    margin_amount = fields.Monetary(
        string="Margin",
        currency_field="shown_currency_id",
        readonly=True,
        help="Revenue less cost of products whose cost is known.",
    )

    def _in_documents(self):
        """Sums of several documents have no currency of their own."""
        return False

    def _known_on(self):
        """Purchases are told as they are in the books now."""
        return

    def _date_facts(self):
        return [self._period_fact()]

    def _tie_out_lines(self):
        """Purchases are no receivables."""
        return []

    @property
    def _table_query(self):
        amounts = self._amounts("bought")
        fields_ = self.env["res.partner"]._fields
        return SQL(
            """
            SELECT bought.id, bought.partner_id, bought.company_id, bought.month,
                   bought.product_id, bought.category_id, bought.quantity,
                   bought.invoice_count, customer.country_id, customer.user_id,
                   %(revenue)s AS revenue_amount, %(margin)s AS margin_amount,
                   %(currency)s AS shown_currency_id
              FROM (%(rows)s) bought
              LEFT JOIN res_partner customer ON customer.id = bought.partner_id
            """,
            revenue=amounts(SQL("bought.revenue"), None),
            margin=amounts(SQL("bought.margin"), None),
            currency=self._shown_currency_sql("bought"),
            rows=self._rows_sql(),
            to_flush=[fields_["country_id"], fields_["user_id"]],
        )

    def _rows_sql(self):
        """Lines of invoices added up, in the currency of each company."""
        window = self.env["customer.metric"]._window(self._first_day(), self._as_of())
        templates = self.env["product.template"]._fields
        return SQL(
            """
            SELECT MIN(line.id) AS id, move.commercial_partner_id AS partner_id,
                   line.company_id, line.company_currency_id,
                   DATE_TRUNC('month', move.invoice_date)::date AS month,
                   line.product_id, template.categ_id AS category_id,
                   SUM(-SIGN(line.balance) * ABS(line.quantity)) AS quantity,
                   COUNT(DISTINCT move.id) FILTER (WHERE move.move_type <> 'out_refund')
                       AS invoice_count,
                   SUM(-line.balance) AS revenue,
                   SUM(CASE WHEN cost.price > 0 THEN
                            -line.balance - SIGN(-line.balance) * ABS(line.quantity)
                            * COALESCE(sold.factor / NULLIF(stocked.factor, 0), 1)
                            * cost.price END) AS margin
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom sold ON sold.id = line.product_uom_id
              LEFT JOIN uom_uom stocked ON stocked.id = template.uom_id
              CROSS JOIN LATERAL (
                   SELECT (product.standard_price ->> line.company_id::text)::numeric AS price
              ) cost
             WHERE %(sold)s
             GROUP BY 2, 3, 4, 5, 6, 7
            """,
            sold=window.sold(),
            to_flush=[
                self.env["account.move.line"]._fields["company_currency_id"],
                self.env["product.product"]._fields["standard_price"],
                self.env["product.product"]._fields["product_tmpl_id"],
                templates["uom_id"],
                templates["categ_id"],
                self.env["uom.uom"]._fields["factor"],
            ],
        )

    def _cell_action(self, domain, field):
        """The invoice lines of one row; the rows of more."""
        rows = self.search(domain, limit=2)
        if len(rows) != 1:
            return super()._cell_action(domain, field)
        return rows.action_view_lines()

    def action_view_lines(self):
        """The invoice lines behind this row."""
        self.check_access("read")
        self.ensure_one()
        first = max(self.month, self._first_day())
        last = min(fields.Date.end_of(self.month, "month"), self._as_of())
        domain = (
            Domain("move_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("product_id", "=", self.product_id.id)
            & Domain("display_type", "=", "product")
            & Domain("parent_state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("move_id.invoice_date", ">=", first)
            & Domain("move_id.invoice_date", "<=", last)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice Lines"),
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }

    def _table_title(self):
        return self.env._("Purchases of Customers")
