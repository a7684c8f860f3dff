from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
READERS = ("ar_clerk", "collector", "credit_manager")
#: products shown, and like customers who must have bought one
MOST, FEWEST = 50, 2


class CustomerProductGap(models.TransientModel):
    """Products that like customers buy and this one does not: what he could be offered.

    Alike are the customers of the same category in a dimension. Of them only numbers are
    shown, never who bought what.
    """

    _name = "customer.product.gap"
    _inherit = "ar.wizard.company.mixin"
    _description = "Products of Like Customers"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True
    )
    company_id = fields.Many2one(readonly=False)
    dimension_id = fields.Many2one(
        "customer.dimension",
        string="Alike by",
        domain="[('id', 'in', allowed_dimension_ids)]",
    )
    allowed_dimension_ids = fields.Many2many(
        "customer.dimension", compute="_compute_allowed_dimension_ids"
    )
    month_count = fields.Integer(string="Months", default=12, required=True)
    like_count = fields.Integer(string="Like Customers", readonly=True)
    line_ids = fields.One2many("customer.product.gap.line", "gap_id", readonly=True)

    @api.depends("partner_id")
    def _compute_allowed_dimension_ids(self):
        for wizard in self:
            wizard.allowed_dimension_ids = wizard._held(wizard.partner_id)

    @api.model
    def _held(self, partner):
        """The dimensions shown in which this customer has a category."""
        columns = self.env["res.partner"]._shown_columns()
        held = [
            column.dimension_id for name, column in columns.items() if partner[name]
        ]
        return self.env["customer.dimension"].browse(held)

    @api.model
    def _check_reader(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in READERS):
            raise AccessError(
                self.env._("Your role does not show what customers have bought.")
            )

    @api.model
    def _open_for(self, partner):
        """A dialog for a customer, already filled."""
        self._check_reader()
        dimensions = self._held(partner)
        if not dimensions:
            raise UserError(
                self.env._(
                    "%(customer)s has no category yet. Classify the customer first, so "
                    "that like customers can be found.",
                    customer=partner.display_name,
                )
            )
        wizard = self.create({"partner_id": partner.id})
        # by the first dimension that has something to offer; the reader may choose another
        for dimension in [*dimensions, dimensions[0]]:
            wizard.dimension_id = dimension
            wizard._find()
            if wizard.line_ids:
                break
        return wizard._show()

    def action_find(self):
        """Look again, by another dimension or over other months."""
        self._check_reader()
        self.check_access("write")
        self.ensure_one()
        self._find()
        return self._show()

    def _show(self):
        return self._get_records_action(
            name=self.env._("Products of Like Customers"), target="new", context={}
        )

    def _find(self):
        self._check_company_active()
        if not 1 <= self.month_count <= 60:
            raise UserError(self.env._("Look at 1 to 60 months."))
        if self.dimension_id not in self.allowed_dimension_ids:
            raise UserError(self.env._("Choose by what customers are alike."))
        alike = self._like_customers()
        self.like_count = len(alike)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": product_id,
                        "buyer_count": buyers,
                        "buyer_share": 100 * buyers / len(alike),
                    }
                )
                for product_id, buyers in self._load_products(alike)
            ),
        ]

    def _like_customers(self):
        """Customers of the same category whose money this user may see."""
        self.partner_id.check_access("read")
        column = self.dimension_id._column_name()
        customers = self.env["res.partner"].search(
            fields.Domain(column, "=", self.partner_id[column].id)
            & self.dimension_id._customer_domain()
            & fields.Domain("id", "!=", self.partner_id.id)
        )
        return customers._ar_filtered_right("money").ids

    def _load_products(self, alike):
        """[(product, how many of them bought it)] of what this customer did not buy."""
        if not alike:
            return []
        today = fields.Date.context_today(self)
        first = fields.Date.subtract(today, months=self.month_count)
        metrics = self.env["customer.metric"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        sold = metrics._window(first, today).sold()
        return self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, COUNT(DISTINCT move.commercial_partner_id)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN product_product product ON product.id = line.product_id
                 WHERE %(sold)s AND move.move_type <> 'out_refund' AND product.active
                   AND move.commercial_partner_id = ANY(%(alike)s)
                   AND line.product_id NOT IN (
                       SELECT line.product_id
                         FROM account_move_line line
                         JOIN account_move move ON move.id = line.move_id
                        WHERE %(sold)s AND line.product_id IS NOT NULL
                          AND move.commercial_partner_id = %(partner)s)
                 GROUP BY 1
                HAVING COUNT(DISTINCT move.commercial_partner_id) >= %(fewest)s
                 ORDER BY 2 DESC, 1
                 LIMIT %(most)s
                """,
                sold=sold,
                alike=alike,
                partner=self.partner_id.id,
                fewest=FEWEST,
                most=MOST,
            )
        )


class CustomerProductGapLine(models.TransientModel):
    """A product, and how many like customers bought it."""

    _name = "customer.product.gap.line"
    _description = "Product of Like Customers"
    _order = "buyer_count desc, id"

    gap_id = fields.Many2one("customer.product.gap", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    category_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category"
    )
    buyer_count = fields.Integer(string="Bought by", readonly=True)
    buyer_share = fields.Float(
        string="Share (%)", digits=(16, 0), readonly=True, aggregator=None
    )
