from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.money import Tolerance, from_minor, split, to_minor
from .case import EngineCase

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)

#: minor-unit digits of JPY, CNY, BHD, CLF (ISO 4217)
digits = st.sampled_from([0, 2, 3, 4])
minor = st.integers(-(10**14), 10**14)


class TestMoney(EngineCase):
    @QUICK
    @given(minor, digits)
    def test_decimal_round_trip_is_exact(self, amount, places):
        self.assertEqual(to_minor(from_minor(amount, places), places), amount)

    @QUICK
    @given(st.integers(-(10**11), 10**11), digits)
    def test_float_from_the_database_comes_back_as_it_was(self, amount, places):
        # given what Odoo reads from a numeric column: the nearest float
        seen = float(from_minor(amount, places))
        # then no cent is lost up to 15 significant digits
        self.assertEqual(to_minor(seen, places), amount)

    @QUICK
    @given(minor, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
    def test_split_is_whole_and_fair(self, total, weights):
        if not sum(weights):
            with self.assertRaises(ValueError):
                split(total, weights)
            return
        parts = split(total, weights)
        self.assertEqual(sum(parts), total)
        for part, weight in zip(parts, weights, strict=True):
            exact = Fraction(total * weight, sum(weights))
            self.assertLess(abs(part - exact), 1)

    def test_half_is_rounded_away_from_zero(self):
        # by hand: 2.675 is stored as 2.67499999…; a user typed 2.675
        self.assertEqual(to_minor(2.675, 2), 268)
        self.assertEqual(to_minor(-2.675, 2), -268)
        self.assertEqual(to_minor(Decimal("0.5"), 0), 1)

    def test_what_is_not_an_amount_is_refused(self):
        for value in (float("nan"), float("inf"), "-Infinity"):
            with self.subTest(value=value), self.assertRaises(ValueError):
                to_minor(value, 2)

    def test_tolerance_is_the_smaller_of_both_limits(self):
        # given 1 % and at most 5.00, of 200.00 -> 2.00; of 10,000.00 -> 5.00
        tolerance = Tolerance(absolute=500, per_mille=10)
        self.assertEqual(tolerance.limit(20_000), 200)
        self.assertEqual(tolerance.limit(1_000_000), 500)
        self.assertFalse(Tolerance().allows(100, 99))
