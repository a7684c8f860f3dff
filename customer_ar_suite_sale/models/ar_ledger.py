from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class ArLedger(models.AbstractModel):
    """Orders that are confirmed and not invoiced are at risk, too."""

    _inherit = "ar.ledger"

    def _exposure_arms(self, today, partner_ids, company_ids):
        return [
            *super()._exposure_arms(today, partner_ids, company_ids),
            self._exposure_arm(
                self._orders_sql(today, partner_ids, company_ids), "orders"
            ),
        ]

    def _order_amounts(self, orders, today):
        """{order id: what of it is not invoiced, in company currency}."""
        if not orders:
            return {}
        # sudo: amounts that are compared
        query = self.sudo()._orders_sql(
            today, None, orders.company_id.ids, order_ids=orders.ids
        )
        return dict(
            self.env.execute_query(SQL("SELECT order_id, amount FROM (%s) o", query))
        )

    def _orders_sql(self, today, partner_ids, company_ids, order_ids=None):
        """Per order, what is neither invoiced nor in a draft invoice; company currency.

        The whole order counts, delivered or not, more where more was delivered than
        ordered. A down payment that was invoiced and is not deducted yet is an open item
        already and lowers what remains. Who gets the invoice is the customer.
        """
        orders = self.env["sale.order"]
        scope = (
            Domain("state", "=", "sale")
            & Domain("company_id", "in", company_ids)
            & Domain("invoice_status", "!=", "invoiced")
        )
        if partner_ids is not None:
            scope &= Domain(
                "partner_invoice_id.commercial_partner_id", "in", list(partner_ids)
            )
        if order_ids is not None:
            scope &= Domain("id", "in", order_ids)
        return SQL(
            """
            SELECT remaining.order_id, remaining.partner_id, remaining.company_id,
                   ROUND(GREATEST(remaining.amount - COALESCE(paid.amount, 0), 0)
                         * rate.factor, rate.digits) AS amount
              FROM (%(remaining)s) remaining
              LEFT JOIN (%(down_payments)s) paid ON paid.order_id = remaining.order_id
              JOIN (%(rates)s) rate ON rate.company_id = remaining.company_id
                                   AND rate.currency_id = remaining.currency_id
            """,
            remaining=self._remaining_sql(orders._search(scope)),
            down_payments=self._down_payments_sql(orders._search(scope)),
            rates=self._order_rates_sql(today, company_ids),
        )

    def _remaining_sql(self, query):
        """Quantities not invoiced, at the price of their line."""
        lines = self.env["sale.order.line"]
        return SQL(
            """
            SELECT sale.id AS order_id, sale.company_id, sale.currency_id,
                   contact.commercial_partner_id AS partner_id,
                   SUM(CASE WHEN line.product_uom_qty > 0
                            THEN line.price_total / line.product_uom_qty
                            ELSE line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                       END * GREATEST(
                           GREATEST(line.product_uom_qty, COALESCE(line.qty_delivered, 0))
                           - GREATEST(COALESCE(line.qty_invoiced, 0), 0), 0)) AS amount
              FROM sale_order sale
              JOIN sale_order_line line ON line.order_id = sale.id
              JOIN res_partner contact ON contact.id = sale.partner_invoice_id
             WHERE sale.id IN %(orders)s
               AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
             GROUP BY 1, 2, 3, 4
            """,
            orders=query.subselect(),
            to_flush=[
                lines._fields[name]
                for name in (
                    *("order_id", "product_uom_qty", "qty_delivered", "qty_invoiced"),
                    *("price_total", "price_unit", "discount", "is_downpayment"),
                )
            ],
        )

    def _down_payments_sql(self, query):
        """Down payments invoiced and not deducted by a later invoice, per order."""
        return SQL(
            """
            SELECT line.order_id,
                   SUM(item.price_total * CASE move.move_type
                           WHEN 'out_refund' THEN -1 ELSE 1 END
                       * CASE WHEN item.currency_id = sale.currency_id THEN 1
                              ELSE COALESCE(sale.currency_rate, 1)
                                   / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                         END) AS amount
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
              JOIN account_move_line item ON item.id = link.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE line.is_downpayment AND line.display_type IS NULL
               AND line.order_id IN %(orders)s AND move.state <> 'cancel'
             GROUP BY 1
            """,
            orders=query.subselect(),
            to_flush=[
                *(
                    self.env["account.move.line"]._fields[name]
                    for name in (
                        "price_total",
                        "currency_id",
                        "move_id",
                        "sale_line_ids",
                    )
                ),
                *(
                    self.env["account.move"]._fields[name]
                    for name in ("state", "move_type", "invoice_currency_rate")
                ),
                self.env["sale.order"]._fields["currency_rate"],
            ],
        )

    def _order_rates_sql(self, today, company_ids):
        """One factor of today per company and currency of orders."""
        pairs = self.env["sale.order"]._read_group(
            [("state", "=", "sale"), ("company_id", "in", company_ids)],
            ["company_id", "currency_id"],
        )
        return self._factors_sql(pairs, today)
