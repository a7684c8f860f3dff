from odoo.tools import SQL

from .base import METRICS, Metric


@METRICS.register
class ProductCategoryRevenue(Metric):
    """Revenue with the products of a category and those below it."""

    code, label = "product_category_revenue", "Revenue of Product Category"
    kind, missing, needs_category = "money", 0, True

    def title(self, env):
        return env._("Revenue with a Product Category")

    def sql(self, scope):
        categories = scope.env["product.category"]
        return SQL(
            """
            SELECT partner_id, ROUND(SUM(amount * rate.factor))::bigint
              FROM (SELECT move.commercial_partner_id AS partner_id, move.company_id,
                           SUM(-line.balance) AS amount
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id
                     WHERE %(sold)s AND template.categ_id = ANY(%(categories)s)
                     GROUP BY 1, 2) sales
              JOIN %(factors)s USING (company_id)
             GROUP BY 1
            """,
            sold=scope.sold(),
            categories=categories.search(
                [("id", "child_of", scope.product_category_id)]
            ).ids,
            factors=scope.factors(),
            to_flush=[scope.env["product.template"]._fields["categ_id"]],
        )
