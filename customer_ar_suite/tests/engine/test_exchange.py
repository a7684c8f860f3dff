"""Revaluation by hand calculation, and against decimal arithmetic."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import RateError
from ...engine.exchange import (
    Position,
    Rate,
    convert,
    is_large,
    rate_on,
    rate_state,
    revalue,
    revalue_all,
)
from .case import EngineCase, examples

JUNE = date(2026, 6, 30)


def rate(foreign, company="1", day=JUNE):
    return Rate(day, Decimal(company), Decimal(foreign))


class TestExchange(EngineCase):
    def test_open_dollars_by_hand(self):
        # given USD 1,000.00 booked at 7.10 = CNY 7,100.00, and USD 1 = CNY 7.16 in June
        found = revalue(Position(100_000, 710_000, 2, 2), rate("1", "7.16"))
        # then it is worth 7,160.00: 60.00 more than in the books
        self.assertEqual(found, (716_000, 6_000))

    def test_a_payment_not_applied_loses_where_an_invoice_gains(self):
        found = revalue(Position(-100_000, -710_000, 2, 2), rate("1", "7.16"))
        self.assertEqual(found, (-716_000, -6_000))

    def test_currencies_with_other_digits(self):
        # JPY 12,345 at 0.0485 = CNY 598.7325; BHD 1.234 at 19.01 = CNY 23.45834
        self.assertEqual(convert(12_345, 0, 2, Fraction("0.0485")), 59_873)
        self.assertEqual(convert(1_234, 3, 2, Fraction("19.01")), 2_346)
        # CNY 598.73 into yen, which has no smaller unit: 12344.948…
        self.assertEqual(convert(59_873, 2, 0, 1 / Fraction("0.0485")), 12_345)

    def test_halves_are_rounded_away_from_zero_once(self):
        # 0.05 × 0.5 = 0.025
        self.assertEqual(convert(5, 2, 2, Fraction(1, 2)), 3)
        self.assertEqual(convert(-5, 2, 2, Fraction(1, 2)), -3)
        # 1/3 is no decimal: 0.03 × 1/3 = 0.01 exactly
        self.assertEqual(convert(3, 2, 2, Fraction(1, 3)), 1)

    def test_sums_leave_out_what_has_no_rate_and_say_so(self):
        usd, xau = (1, 20), (1, 30)
        total = revalue_all(
            [
                (usd, Position(10_000, 75_000, 2, 2)),
                (usd, Position(-4_000, -30_500, 2, 2)),
                (xau, Position(500, 99_999, 2, 2)),
            ],
            {usd: rate("0.125")},
        )
        # USD 60.00 at 8.00 = 480.00, booked 445.00
        self.assertEqual(
            (total.booked, total.value, total.result), (44_500, 48_000, 3_500)
        )
        self.assertEqual(total.missing, (xau,))

    def test_the_rate_of_a_day_is_the_last_one_up_to_it(self):
        history = [
            rate("1", day=date(2026, 5, 1)),
            rate("2", day=date(2026, 6, 1)),
            rate("3", day=date(2026, 7, 1)),
        ]
        self.assertEqual(rate_on(history, JUNE, "USD").foreign, 2)
        self.assertEqual(rate_on(history, date(2026, 6, 1), "USD").foreign, 2)
        with self.assertRaises(RateError) as caught:
            rate_on(history, date(2026, 4, 30), "USD")
        self.assertEqual(caught.exception.code, "rate_missing")
        self.assertEqual(
            caught.exception.params, {"currency": "USD", "day": "2026-04-30"}
        )

    def test_age_of_rates(self):
        self.assertEqual(rate_state(None, JUNE, 7), "missing")
        self.assertEqual(rate_state(date(2026, 6, 23), JUNE, 7), "ok")
        self.assertEqual(rate_state(date(2026, 6, 22), JUNE, 7), "stale")
        self.assertEqual(rate_state(date(2001, 1, 1), JUNE, 0), "ok")

    def test_large_amounts(self):
        self.assertEqual(
            [is_large(a, 100) for a in (99, 100, -100, -99)], [False, True, True, False]
        )
        self.assertFalse(is_large(10**12, 0))

    @examples(100)
    @given(
        st.integers(-(10**12), 10**12),
        st.sampled_from((0, 2, 3, 4)),
        st.sampled_from((0, 2, 3)),
        st.integers(1, 10**7),
        st.integers(1, 10**7),
    )
    def test_as_decimals_round(self, amount, digits, company_digits, company, foreign):
        found = convert(amount, digits, company_digits, Fraction(company, foreign))
        with localcontext() as context:
            context.prec = 60
            exact = Decimal(amount).scaleb(-digits) * company / foreign
            wanted = exact.scaleb(company_digits).quantize(Decimal(1), ROUND_HALF_UP)
        self.assertEqual(found, int(wanted))
