from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.aging import STANDARD, BucketSet
from .case import EngineCase, examples

AS_OF = date(2026, 6, 30)
LIMITS = st.lists(st.integers(-30, 400), min_size=1, max_size=8, unique=True)
SETS = LIMITS.map(lambda limits: BucketSet(tuple(sorted(limits))))
DAYS = st.integers(-400, 4000)
ROWS = st.lists(st.tuples(DAYS, st.integers(-(10**12), 10**12)), max_size=30)


class TestBucketSet(EngineCase):
    def test_borders_belong_to_the_bucket_that_names_them(self):
        labels = {0: 0, 1: 1, 30: 1, 31: 2, 60: 2, 90: 3, 91: 4, 120: 4, 121: 5}
        for days, bucket in labels.items():
            due = AS_OF - timedelta(days=days)
            self.assertEqual(STANDARD.index_on(due, AS_OF), bucket, days)

    def test_limits_that_do_not_rise_are_refused(self):
        for limits in ((), (30, 0), (0, 0), (0, 30, 30)):
            with self.assertRaises(ValueError):
                BucketSet(limits)

    @examples(200)
    @given(SETS, DAYS)
    def test_every_day_is_in_exactly_one_range(self, buckets, days):
        inside = [
            number
            for number, (first, last) in enumerate(buckets.ranges())
            if (first is None or first <= days) and (last is None or days <= last)
        ]
        self.assertEqual(inside, [buckets.index(days)])

    @examples(200)
    @given(SETS, DAYS)
    def test_a_day_moves_an_item_by_one_bucket_at_most(self, buckets, days):
        self.assertIn(buckets.index(days + 1) - buckets.index(days), (0, 1))

    @examples(200)
    @given(SETS, ROWS)
    def test_buckets_unapplied_and_overdue_by_their_definitions(self, buckets, rows):
        # given residuals of all ages, some of them credits
        dated = [(AS_OF - timedelta(days=days), amount) for days, amount in rows]
        # when
        aged = buckets.age(dated, AS_OF)
        # then nothing is lost, credits are in no bucket and reduce nothing
        owed = [(days, amount) for days, amount in rows if amount > 0]
        self.assertEqual(len(aged.buckets), len(buckets))
        self.assertEqual(
            sum(aged.buckets) + aged.unapplied, sum(amount for _days, amount in rows)
        )
        self.assertEqual(sum(aged.buckets), sum(amount for _days, amount in owed))
        self.assertEqual(aged.overdue, sum(amt for days, amt in owed if days > 0))
