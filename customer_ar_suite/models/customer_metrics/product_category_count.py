from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class ProductCategoryCount(Metric):
    """From how many product categories the customer bought."""

    code, label, kind, missing = (
        "product_category_count",
        "Product Categories",
        "count",
        0,
    )

    def title(self, env):
        return env._("Product Categories Bought")

    def sql(self, scope):
        return SQL(
            """
            SELECT move.commercial_partner_id, COUNT(DISTINCT template.categ_id)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE %s AND move.move_type <> 'out_refund'
             GROUP BY 1
            """,
            scope.sold(),
            to_flush=[scope.env["product.template"]._fields["categ_id"]],
        )
