from odoo.tools import SQL

from .base import METRICS, Metric


def margin_sql(scope):
    """Rows (partner_id, company_id, sales, margin): what was sold at a known cost.

    The cost is the product's in the company that sold it, in the unit it was sold in;
    products without a cost tell nothing of a margin and are left out.
    """
    env = scope.env
    return SQL(
        """
        SELECT move.commercial_partner_id AS partner_id, line.company_id,
               SUM(-line.balance) AS sales,
               SUM(-line.balance - SIGN(-line.balance) * ABS(line.quantity)
                   * COALESCE(sold.factor / NULLIF(stocked.factor, 0), 1) * cost.price)
                   AS margin
          FROM account_move_line line
          JOIN account_move move ON move.id = line.move_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN uom_uom sold ON sold.id = line.product_uom_id
          LEFT JOIN uom_uom stocked ON stocked.id = template.uom_id
          CROSS JOIN LATERAL (
               SELECT (product.standard_price ->> line.company_id::text)::numeric AS price
          ) cost
         WHERE %s AND cost.price > 0
         GROUP BY 1, 2
        """,
        scope.sold(),
        to_flush=[
            env["product.product"]._fields["standard_price"],
            env["product.product"]._fields["product_tmpl_id"],
            env["product.template"]._fields["uom_id"],
            env["uom.uom"]._fields["factor"],
        ],
    )


@METRICS.register
class Margin(Metric):
    """What is left of the revenue after the cost of the products, where it is known."""

    code, label, kind, missing = "margin", "Margin", "money", 0

    def title(self, env):
        return env._("Margin")

    def sql(self, scope):
        return SQL(
            """
            SELECT partner_id, ROUND(SUM(sales.margin * rate.factor))::bigint
              FROM (%s) sales JOIN %s USING (company_id)
             GROUP BY 1
            """,
            margin_sql(scope),
            scope.factors(),
        )
