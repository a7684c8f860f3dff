from hypothesis import given

from odoo.tests import tagged

from .common import examples
from .common_histories import LedgerHistories, histories


@tagged("post_install", "-at_install")
class TestLedgerProperties(LedgerHistories):
    """Whatever happens in whatever order, open items are the general ledger."""

    @examples(12)
    @given(histories())
    def test_open_items_add_up_to_the_general_ledger(self, history):
        with self.rolled_back():
            self.play(history)

            def key(row):
                return row.partner_id, row.company_id, row.currency_id

            for as_of in self.days_looked_at():
                balances = self.env["ar.ledger"]._balances(
                    as_of, partner_ids=[partner.id for partner in self.customers]
                )
                self.assertEqual(
                    self.sums(
                        self.open_items(as_of), key, ("residual", "residual_company")
                    ),
                    self.sums(balances, key, ("amount", "amount_company")),
                    as_of,
                )

    @examples(12)
    @given(histories())
    def test_open_items_are_what_the_partials_leave(self, history):
        with self.rolled_back():
            self.play(history, mixed=True)
            for as_of in self.days_looked_at():
                items = self.open_items(as_of)
                self.assertEqual(
                    {i.line_id: (i.residual, i.residual_company) for i in items},
                    self.residuals_by_hand(as_of),
                    as_of,
                )
                # across customers and currencies the company's total still ties out
                self.assertEqual(
                    sum(item.residual_company for item in items),
                    sum(
                        balance.amount_company
                        for balance in self.env["ar.ledger"]._balances(
                            as_of, partner_ids=[p.id for p in self.customers]
                        )
                    ),
                )
