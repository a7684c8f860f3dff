"""Deductions, limits, measured precision, advices: by hand and against a second way."""

from datetime import date, timedelta
from fractions import Fraction
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import AllocationError
from ...engine.matching.adjustments import (
    Adjustment,
    Asked,
    Choice,
    Limit,
    is_within,
    net_and_taxes,
    settle,
)
from ...engine.matching.advice import read_advice
from ...engine.matching.base import Advice, RuleWeight
from ...engine.matching.deductions import Reason, deduct
from ...engine.matching.propose import propose
from ...engine.matching.quality import (
    Quality,
    evidence_class,
    lower_bound,
    may_be_automatic,
)
from ...engine.money import Tolerance
from .case import EngineCase, examples
from .test_matching import DAY, item, receipt

WEIGHTS = [
    RuleWeight(code, points)
    for code, points in (
        ("invoice_number", 60), ("order_number", 50), ("remittance", 60),
        ("exact_amount", 35), ("discount", 35), ("tolerance", 25), ("payer", 25),
        ("combination", 30),
    )
]  # fmt: skip
REASONS = {1: [Reason(1, "discount"), Reason(2, "bank_fee", Tolerance(1500, 50))]}


class TestSettle(EngineCase):
    def settle(self, choices, adjustments=(), amount=900, **values):
        items = [
            item(1, amount=1000),
            item(2, amount=-200),
            item(3, amount=500, currency_id=2),
        ]
        return settle(
            receipt(9, amount=amount, **values),
            items,
            [Choice(*one) for one in choices],
            [Adjustment(*one) for one in adjustments],
        )

    def test_money_and_deductions_make_what_is_settled(self):
        (one,) = self.settle([(1, 1000)], [(1, 7, 60), (1, 8, 40)])
        self.assertEqual((one.amount, one.paid, one.used), (1000, 900, 900))
        one, two = self.settle([(1, 1000), (2, -200)], amount=800)
        self.assertEqual(one.used + two.used, 800)
        (other,) = self.settle([(3, 500, 900)])
        self.assertEqual((other.amount, other.used), (500, 900))

    def test_what_cannot_be_is_named(self):
        cases = {
            "adjustment_zero": ([(1, 1000)], [(1, 7, 0)]),
            "adjustment_unknown": ([(1, 1000)], [(2, 7, 10)]),
            "adjustment_over_item": ([(1, 100)], [(1, 7, 101)]),
            "allocation_paid_missing": ([(3, 500)], []),
            "allocation_unknown": ([(8, 500)], []),
            "item_over_applied": ([(1, 1001)], [(1, 7, 101)]),
            "receipt_over_applied": ([(1, 1000)], [(1, 7, 99)]),
        }
        for code, (choices, adjustments) in cases.items():
            with self.subTest(code), self.assertRaises(AllocationError) as caught:
                self.settle(choices, adjustments)
            self.assertEqual(caught.exception.code, code)

    @examples()
    @given(
        st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6),
    )  # fmt: skip
    def test_property_nothing_is_settled_from_nothing(self, cash, one, two):
        total = cash + one + two
        rows = [Adjustment(1, 5, n) for n in (one, two) if n]
        (found,) = settle(
            receipt(9, amount=cash), [item(1, amount=total)], [Choice(1, total)], rows
        )
        self.assertEqual(found.used + sum(row.amount for row in rows), total)

    @examples()
    @given(
        st.integers(-(10**9), 10**9),
        st.integers(0, 10**9),
        st.lists(st.integers(0, 10**8), max_size=4),
    )
    def test_property_tax_parts_add_up(self, amount, net, taxes):
        parts = net_and_taxes(amount, net, taxes)
        self.assertEqual(sum(parts), amount)
        self.assertTrue(all(part * amount >= 0 for part in parts))


class TestLimits(EngineCase):
    def test_the_best_of_ones_roles_counts(self):
        clerk, manager = Limit(500, 1000), Limit(10_000, 100)
        self.assertTrue(is_within(Asked(500, 500), [clerk]))
        self.assertFalse(is_within(Asked(501, 10**6), [clerk]))
        self.assertTrue(is_within(Asked(501, 10**6), [clerk, manager]))
        self.assertFalse(is_within(Asked(501, 5_000), [clerk, manager]))
        self.assertFalse(is_within(Asked(300, 10**6, today=201), [clerk]))

    @examples()
    @given(st.lists(st.integers(1, 400), min_size=1, max_size=30))
    def test_property_a_day_never_exceeds_the_limit(self, amounts):
        granted = 0
        for amount in amounts:
            if is_within(Asked(amount, 10**6, granted), [Limit(1000, 1000)]):
                granted += amount
        self.assertLessEqual(granted, 1000)


class TestDeductions(EngineCase):
    def test_terms_and_tolerance(self):
        until = DAY + timedelta(days=3)
        one = item(1, amount=10_000, discount=200, discount_until=until)
        for amount, day, expected in (
            (9_800, DAY, ("discount", 200)),
            (9_800, until, ("discount", 200)),
            (9_800, until + timedelta(days=1), ("bank_fee", 200)),
            (9_500, DAY, ("bank_fee", 500)),
            (9_499, DAY, None),
            (10_300, DAY, ("bank_fee", -300)),
            (10_000, DAY, None),
        ):
            found = deduct(receipt(9, amount=amount, day=day), [one], REASONS[1])
            self.assertEqual(found and (found.kind, found.total), expected, amount)

    def test_part_paid_items_have_no_discount(self):
        one = item(1, amount=10_000, discount=200, discount_until=DAY)
        left = one._replace(residual=5_000)
        self.assertIsNone(
            deduct(receipt(9, amount=4_800), [left], [Reason(1, "discount")])
        )

    def test_a_silent_payer_takes_his_discount(self):
        one = item(
            1,
            "INV/2026/00017",
            partner=7,
            amount=10_000,
            discount=200,
            discount_until=DAY,
        )
        other = item(2, "INV/2026/00018", partner=7, amount=44_444)
        (found,) = propose(
            [receipt(9, "thanks", 9_800, partner=7)],
            [one, other],
            WEIGHTS,
            reasons=REASONS,
        )
        self.assertEqual([a.item_line_id for a in found.allocations], [1])
        self.assertEqual(found.adjustments, (Adjustment(1, 1, 200),))
        self.assertEqual((found.remainder, found.short_amount), (0, 0))
        self.assertIn("deducted", evidence_class(found))


class TestQuality(EngineCase):
    def test_lower_bound_by_exact_fractions(self):
        """Clopper-Pearson, checked with exact binomial sums instead of logarithms."""
        for right, count in ((9, 10), (10, 10), (50, 60), (199, 200), (1, 3)):
            low = Fraction(lower_bound(right, count)).limit_denominator(10**9)
            chance = sum(
                comb(count, k) * low**k * (1 - low) ** (count - k)
                for k in range(right, count + 1)
            )
            self.assertAlmostEqual(float(chance), 0.05, 5, (right, count))

    def test_published_values(self):
        # one-sided 95 %: all of n right gives 0.05 ** (1 / n)
        for count in (1, 20, 2995, 10_000):
            self.assertAlmostEqual(lower_bound(count, count), 0.05 ** (1 / count), 9)
        self.assertGreaterEqual(lower_bound(2995, 2995), 0.999)
        self.assertLess(lower_bound(2994, 2994), 0.999)

    @examples()
    @given(st.integers(1, 3000), st.integers(0, 40))
    def test_property_never_above_the_share(self, right, wrong):
        found = Quality(right, wrong)
        self.assertLessEqual(found.lower, found.precision)
        self.assertLess(Quality(right, wrong + 1).lower, found.lower)

    def test_classes(self):
        (found,) = propose(
            [receipt(9, "INV/2026/00017", 100)], [item(1, "INV/2026/00017")], WEIGHTS
        )
        self.assertEqual(evidence_class(found), "exact_amount invoice_number")
        self.assertTrue(may_be_automatic(evidence_class(found)))
        (found,) = propose(
            [receipt(9, "202600017", 100)], [item(1, "INV/2026/00017")], WEIGHTS
        )
        self.assertEqual(evidence_class(found), "exact_amount invoice_number~8")
        twins = [item(1, partner=7), item(2, partner=7)]
        (found,) = propose([receipt(9, "", 100, partner=7)], twins, WEIGHTS)
        self.assertFalse(may_be_automatic(evidence_class(found)))


class TestAdvices(EngineCase):
    def test_reading(self):
        text = (
            "Hello,\nyour invoices:\nINV/2026/00017\t1,000.00 EUR\n"
            "RINV/2026/00003   (50.00)\nINV 2026 18  1.5.2026\nTotal: 950.00\n"
        )
        self.assertEqual(
            [(one.text, str(one.amount)) for one in read_advice(text, "english")],
            [("INV/2026/00017", "1000.00"), ("RINV/2026/00003", "-50.00")],
        )
        german = read_advice("Rechnung INV/2026/00017  1.000,50 €", "german")
        self.assertEqual([str(one.amount) for one in german], ["1000.50"])
        self.assertEqual(read_advice("no numbers here", "english"), [])

    @examples()
    @given(st.text(max_size=300))
    def test_property_any_text_reads_or_does_not(self, text):
        for line in read_advice(text, "english"):
            self.assertTrue(line.amount)

    def items(self):
        return [
            item(n, f"INV/2026/{n:05d}", partner=7, amount=amount)
            for n, amount in ((17, 1000), (18, 500), (19, 500), (20, 1500))
        ]

    def advice(self, *lines, total=1500, partner=7, number=""):
        return Advice(3, 1, 1, partner, number, total, lines)

    def test_an_advice_decides_between_what_fits(self):
        told = self.advice(("INV/2026/00017", 1000), ("INV/2026/00019", 500))
        (found,) = propose(
            [receipt(9, "collective", 1500, partner=7)],
            self.items(),
            WEIGHTS,
            advices=[told],
        )
        self.assertEqual([a.item_line_id for a in found.allocations], [17, 19])
        self.assertIn("remittance", [e.code for e in found.evidence])

    def test_an_advice_that_does_not_fit_is_not_followed(self):
        for told in (
            self.advice(("INV/2026/00017", 1000), ("INV/2026/00099", 500)),  # unknown
            self.advice(("INV/2026/00017", 1500)),  # more than is open
            self.advice(("INV/2026/00017", 1000), total=1000),  # another total
            self.advice(("INV/2026/00017", 1000), ("INV/2026/00019", 500), partner=8),
        ):
            found = propose(
                [receipt(9, "collective", 1500, partner=7)],
                self.items(),
                WEIGHTS,
                advices=[told],
            )
            codes = {e.code for one in found for e in one.evidence}
            self.assertNotIn("remittance", codes)


class TestGeneratorIsApart(EngineCase):
    def test_neither_imports_the_other(self):
        addon = self.addon_folder()
        generator = addon.parent / "bench" / "payers.py"
        if generator.exists():  # not in a shipped addon
            self.assertNotIn("customer_ar_suite", generator.read_text())
        for path in (addon / "engine" / "matching").rglob("*.py"):
            self.assertNotIn("bench", path.read_text(), path)

    def addon_folder(self):
        from pathlib import Path

        return Path(__file__).parents[2]


class TestOldestFirst(EngineCase):
    def test_only_where_nothing_else_is_found(self):
        weights = [*WEIGHTS, RuleWeight("oldest_first", 10)]
        items = [
            item(1, partner=7, amount=300, due=date(2026, 1, 1)),
            item(2, partner=7, amount=310, due=date(2026, 2, 1)),
        ]
        (found,) = propose([receipt(9, "", 400, partner=7)], items, weights)
        self.assertEqual(
            [(a.item_line_id, a.amount) for a in found.allocations],
            [(1, 300), (2, 100)],
        )
        (exact,) = propose([receipt(9, "", 310, partner=7)], items, weights)
        self.assertEqual([a.item_line_id for a in exact.allocations], [2])
        self.assertEqual(propose([receipt(9, "", 400)], items, weights), [])
