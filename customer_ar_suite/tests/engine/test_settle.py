"""Payments and credit notes against invoices of one customer, without a bank file."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ...engine.ledger import OpenItem
from ...engine.matching.base import RuleWeight
from ...engine.matching.settle import Pair, key, settle
from .case import EngineCase, examples

WEIGHTS = [
    RuleWeight("invoice_number", 60),
    RuleWeight("exact_amount", 35),
    RuleWeight("payer", 25),
    RuleWeight("combination", 30),
]
DAY = date(2026, 3, 31)


def item(line_id, residual, kind="", number="", reference="", due=DAY, **values):
    kind = kind or ("invoice" if residual > 0 else "payment")
    defaults = {"partner_id": 7, "account_id": 1, "currency_id": 1, "company_id": 1}
    return OpenItem(
        line_id=line_id, move_id=line_id, digits=2, company_digits=2, date=due,
        due_date=due, invoice_date=None, number=number or f"INV/2026/{line_id:05}",
        reference=reference, kind=kind, amount=residual, residual=residual,
        amount_company=residual, residual_company=residual, **{**defaults, **values},
    )  # fmt: skip


def invoice(line_id, residual, days=0, **values):
    return item(line_id, residual, due=DAY + timedelta(days=days), **values)


class TestSettle(EngineCase):
    def settle(self, items, **values):
        return settle(items, WEIGHTS, **values)

    def sure(self, items, **values):
        return [one for one in self.settle(items, **values) if one.is_sure()]

    def test_exact_amount_that_only_one_invoice_has(self):
        (found,) = self.sure([invoice(1, 300), invoice(2, 500), item(9, -500)])
        self.assertEqual(found.pairs, (Pair(9, 2, 500),))

    def test_two_invoices_of_that_amount_are_shown_and_not_taken(self):
        items = [invoice(1, 500), invoice(2, 500), item(9, -500)]
        (found,) = self.settle(items)
        self.assertEqual(found.alternatives, 1)
        self.assertFalse(self.sure(items))

    def test_two_payments_for_one_invoice_are_shown_and_not_taken(self):
        items = [invoice(1, 500), invoice(2, 90), item(8, -500), item(9, -500)]
        self.assertFalse(self.sure(items))

    def test_a_quoted_invoice_is_paid_in_part(self):
        items = [
            invoice(1, 500),
            invoice(2, 400),
            item(9, -200, reference="part of INV/2026/00002"),
        ]
        (found,) = self.sure(items)
        self.assertEqual(found.pairs, (Pair(9, 2, 200),))

    def test_a_payment_uses_up_a_credit_note(self):
        # 500 + 300 - 100 = 700, and nothing else makes 700; 1,234 stays open
        items = [
            invoice(1, 500),
            invoice(2, 300),
            invoice(3, 1234),
            item(8, -100, "credit_note"),
            item(9, -700),
        ]
        found = self.settle(items)
        self.assertEqual(
            Counter(pair for one in found for pair in one.pairs),
            Counter([Pair(9, 1, 500), Pair(9, 2, 200), Pair(8, 2, 100)]),
        )

    def test_a_credit_note_that_names_its_invoice(self):
        items = [invoice(1, 500), invoice(2, 500), item(8, -500, "credit_note")]
        self.assertFalse(self.sure(items))
        (found,) = self.sure(items, texts={8: "INV/2026/00002"})
        self.assertEqual(found.pairs, (Pair(8, 2, 500),))

    def test_several_payments_make_one_invoice(self):
        found = self.settle(
            [invoice(1, 937), item(8, -612), item(9, -325), invoice(2, 5)]
        )
        self.assertEqual(
            {pair for one in found for pair in one.pairs},
            {Pair(8, 1, 612), Pair(9, 1, 325)},
        )

    def test_everything_settles_everything(self):
        items = [invoice(1, 500), invoice(2, 500), item(8, -300), item(9, -700)]
        (found,) = self.sure(items)
        self.assertEqual(found.evidence[0].code, "customer_balanced")
        self.assertEqual(found.amount, 1000)

    def test_oldest_first_only_on_request(self):
        items = [invoice(1, 500, 5), invoice(2, 500), invoice(3, 70), item(9, -600)]
        self.assertFalse(self.settle(items))
        (found,) = self.sure(items, oldest_first=True)
        self.assertTrue(found.by_age)
        self.assertEqual(found.pairs, (Pair(9, 2, 500), Pair(9, 3, 70), Pair(9, 1, 30)))

    def test_what_a_user_has_rejected_is_not_proposed_again(self):
        items = [invoice(1, 300), invoice(2, 500), item(9, -500)]
        (found,) = self.settle(items)
        self.assertFalse(self.settle(items, refused={key(found)}))

    def test_customers_accounts_and_currencies_stay_apart(self):
        for other in ({"partner_id": 8}, {"account_id": 2}, {"currency_id": 2}):
            self.assertFalse(self.settle([invoice(1, 500), item(9, -500, **other)]))
        nobody = {"partner_id": 0}
        self.assertFalse(self.settle([invoice(1, 5, **nobody), item(9, -5, **nobody)]))
        advance = item(9, -500, is_advance=True)
        self.assertFalse(self.settle([invoice(1, 500), advance]))

    @given(
        st.lists(st.sampled_from([100, 200, 250, 300, 475, 999]), max_size=6),
        st.lists(st.sampled_from([100, 250, 300, 500, 1000]), max_size=5),
        st.booleans(),
        st.randoms(use_true_random=False),
    )
    @examples(40)
    def test_properties(self, debits, credits, oldest_first, rng):
        items = [invoice(n + 1, amount, n % 3) for n, amount in enumerate(debits)]
        items += [
            item(50 + n, -amount, "credit_note" if n % 2 else "payment")
            for n, amount in enumerate(credits)
        ]
        found = self.settle(items, oldest_first=oldest_first)
        # no item is used beyond what is open of it
        used = Counter()
        for one in found:
            for pair in one.pairs:
                self.assertGreater(pair.amount, 0)
                used[pair.credit_line_id] += pair.amount
                used[pair.debit_line_id] += pair.amount
        for one in items:
            self.assertLessEqual(used[one.line_id], abs(one.residual))
        # each pair uses up one of its items, whatever was applied before
        left = {one.line_id: abs(one.residual) for one in items}
        for one in found:
            for pair in one.pairs:
                room = min(left[pair.credit_line_id], left[pair.debit_line_id])
                self.assertEqual(pair.amount, room)
                left[pair.credit_line_id] -= pair.amount
                left[pair.debit_line_id] -= pair.amount
        # the order of the rows does not matter
        rng.shuffle(items)
        again = self.settle(items, oldest_first=oldest_first)
        self.assertEqual(found, again)

    @given(
        st.lists(st.integers(1, 9), min_size=1, max_size=5),
        st.integers(1, 20),
    )
    @examples(40)
    def test_never_sure_when_two_selections_fit(self, debits, paid):
        """One payment and no words: the brute force counts the selections."""
        items = [invoice(n + 1, amount) for n, amount in enumerate(debits)]
        fitting = sum(
            1
            for size in range(1, len(items) + 1)
            for chosen in combinations(items, size)
            if sum(one.residual for one in chosen) == paid
        )
        found = self.sure([*items, item(99, -paid)])
        if fitting != 1:
            singles = [one for one in items if one.residual == paid]
            # a single invoice of exactly that amount stands before sums of several
            self.assertTrue(not found or len(singles) == 1, (debits, paid))
