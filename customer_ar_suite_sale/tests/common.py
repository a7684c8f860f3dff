from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.customer_ar_suite.tests.common_credit import (
    AccessError,
    CreditCase,
    UserError,
)

__all__ = ["AccessError", "Command", "OrderCase", "UserError"]


class OrderCase(CreditCase):
    """Orders of goods without tax, and a salesperson."""

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return groups | cls.quick_ref("sales_team.group_sale_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "credit-seller",
            "sales_team.group_sale_salesman_all_leads",
            # an address of his own: who shares one is the same person
            email="seller@example.org",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Goods",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100,
                "taxes_id": [Command.clear()],
            }
        )
        cls.acme = cls.customer()

    @classmethod
    def order(cls, partner=None, quantity=1, price=100, company=None, **values):
        company = company or cls.company
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": (partner or cls.acme).id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.goods.id,
                                "product_uom_qty": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    def parts(self, partner=None, company=None):
        """{component: amount}."""
        partner, company = partner or self.acme, company or self.company
        rows = self.env["ar.ledger"]._exposures(self.today, partner.ids, company.ids)
        row = rows.get((partner.id, company.id))
        found = row.parts._asdict() if row else {}
        return {name: amount / 100 for name, amount in found.items() if amount}

    def invoice_order(self, order, method="delivered", **values):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": method,
                **values,
            }
        )
        known = order.invoice_ids
        wizard.create_invoices()
        return order.invoice_ids - known
