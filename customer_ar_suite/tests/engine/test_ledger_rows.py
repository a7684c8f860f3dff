from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.errors import AllocationError
from ...engine.ledger import (
    Allocation,
    Balance,
    OpenItem,
    Receipt,
    check_allocations,
    fifo,
    named,
)
from .case import EngineCase

QUICK = settings(max_examples=100, deadline=None, derandomize=True, database=None)
DAY = date(2026, 3, 1)


def item(line_id, residual, due=DAY):
    return OpenItem(
        line_id=line_id,
        move_id=line_id,
        company_id=1,
        partner_id=1,
        account_id=1,
        currency_id=1,
        digits=2,
        company_digits=2,
        date=DAY,
        due_date=due,
        invoice_date=DAY,
        number=f"INV/{line_id}",
        reference="",
        kind="invoice" if residual > 0 else "credit_note",
        amount=residual,
        residual=residual,
        amount_company=residual,
        residual_company=residual,
    )


def receipt(amount):
    return Receipt(1, 1, 1, 1, 2, DAY, amount, "")


class TestLedgerRows(EngineCase):
    def test_columns_a_query_leaves_out_have_their_defaults(self):
        # given the columns of two items up to the last one that has no default
        whole = [item(1, 10_000), item(2, -50)]
        rows = [tuple(one)[:18] for one in whole]
        # then the others are what an item has by itself
        self.assertEqual(named(OpenItem, rows), whole)
        self.assertEqual(named(OpenItem, [(*rows[0], True)])[0].is_advance, True)
        self.assertEqual(named(OpenItem, []), [])

    def test_columns_without_a_default_must_be_there(self):
        # given a column too few, and one too many
        row = tuple(item(1, 10_000))
        for kind, columns in (
            (OpenItem, row[:17]),
            (OpenItem, (*row, 1)),
            (Balance, (7, 1, 2, 2, 2, 100)),
        ):
            # then nothing is made up, and nothing shifted
            with self.subTest(kind=kind), self.assertRaises(TypeError):
                named(kind, [columns])

    def test_oldest_due_is_paid_first_and_the_rest_stays(self):
        # given 100.00 due in May, 50.00 due in April, and 120.00 of cash
        late, early = (
            item(1, 10_000, date(2026, 5, 1)),
            item(2, 5_000, date(2026, 4, 1)),
        )
        # then April is paid in full and May gets 70.00
        self.assertEqual(fifo(12_000, [late, early]), [(early, 5_000), (late, 7_000)])

    @QUICK
    @given(
        st.integers(0, 10**6),
        st.lists(
            st.tuples(st.integers(-(10**5), 10**5), st.integers(0, 90)), max_size=10
        ),
    )
    def test_fifo_never_applies_more_than_there_is(self, amount, drawn):
        items = [
            item(n, residual or 1, DAY + timedelta(days))
            for n, (residual, days) in enumerate(drawn, 1)
        ]
        applied = fifo(amount, items)
        owed = sum(i.residual for i in items if i.residual > 0)
        self.assertEqual(sum(part for _item, part in applied), min(amount, owed))
        for paid, part in applied:
            self.assertTrue(0 < part <= paid.residual)

    def test_allocations_beyond_what_is_there_are_refused(self):
        cases = {
            "allocation_zero": [Allocation(1, 7, 0)],
            "allocation_unknown": [Allocation(1, 8, 100)],
            "receipt_over_applied": [Allocation(1, 7, 9_000), Allocation(1, 7, 900)],
            "item_over_applied": [Allocation(1, 7, 6_100)],
        }
        receipts = {"receipt_over_applied": 9_500}
        for code, allocations in cases.items():
            with self.subTest(code), self.assertRaises(AllocationError) as caught:
                owed = 20_000 if code == "receipt_over_applied" else 6_000
                check_allocations(
                    [receipt(receipts.get(code, 10_000))], [item(7, owed)], allocations
                )
            self.assertEqual(caught.exception.code, code)

    def test_a_credit_note_is_used_by_a_negative_allocation(self):
        # given an invoice of 60.00 and a credit note of 15.00, paid with 45.00
        items = [item(7, 6_000), item(8, -1_500)]
        check_allocations(
            [receipt(4_500)], items, [Allocation(1, 7, 6_000), Allocation(1, 8, -1_500)]
        )
        # then neither more of it nor a payment of it is taken, nor less than nothing
        wrong = {
            "item_over_applied": [
                [Allocation(1, 8, -1_501)],
                [Allocation(1, 8, 1_500)],
            ],
            "receipt_over_applied": [[Allocation(1, 8, -1_500)]],
        }
        for code, attempts in wrong.items():
            for attempt in attempts:
                with self.assertRaises(AllocationError) as caught:
                    check_allocations([receipt(4_500)], items, attempt)
                self.assertEqual(caught.exception.code, code)

    def test_allocations_that_fit_pass(self):
        check_allocations(
            [receipt(10_000)], [item(7, 6_000)], [Allocation(1, 7, 6_000)]
        )
