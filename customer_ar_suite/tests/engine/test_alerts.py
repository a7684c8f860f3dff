"""Bursts, odd hours, accounts changed before money goes out."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.alerts import (
    Change,
    Payment,
    Tick,
    before_payments,
    bursts,
    continues,
    is_odd,
    threshold,
    usual_day,
)
from .case import EngineCase, examples

START = datetime(2026, 6, 1, 9, 0)


def ticks(*pairs, user=7):
    """Ticks of (minute, records); the entry's number is the place."""
    return [
        Tick(user, START + timedelta(minutes=m), count, n, n)
        for n, (m, count) in enumerate(pairs)
    ]


class TestBursts(EngineCase):
    def test_threshold_within_the_window(self):
        # 3 × 10 within an hour, then nothing for an hour
        given_ = ticks((0, 10), (30, 10), (59, 10), (120, 10))
        (burst,) = bursts(given_, 30, 60)
        self.assertEqual((burst.records, burst.threshold), (30, 30))
        self.assertEqual(
            (burst.first_at, burst.last_at), (START, START + timedelta(minutes=59))
        )
        # the first and the third lie 60 minutes apart: not within one window
        self.assertFalse(bursts(ticks((0, 10), (30, 10), (60, 10)), 30, 60))

    def test_lasts_as_long_as_it_goes_on(self):
        given_ = ticks(*((m, 5) for m in range(0, 600, 30)))
        (burst,) = bursts(given_, 10, 60)
        self.assertEqual(burst.records, 5 * 20)
        self.assertEqual((burst.first_entry, burst.last_entry), (0, 19))

    def test_users_are_told_apart(self):
        self.assertFalse(bursts([*ticks((0, 6)), *ticks((1, 6), user=8)], 10, 60))
        found = bursts([*ticks((0, 16)), *ticks((1, 16), user=8)], 10, 60, {8: 20})
        self.assertEqual([one.user for one in found], [7])

    def test_one_export_of_many(self):
        (burst,) = bursts(ticks((0, 20_000)), 1000, 60)
        self.assertEqual((burst.records, burst.first_entry), (20_000, 0))

    @examples(50)
    @given(
        st.lists(
            st.tuples(st.integers(0, 300), st.integers(1, 9)), min_size=1, max_size=30
        ),
        st.integers(1, 40),
        st.integers(1, 90),
    )
    def test_against_every_window(self, pairs, least, minutes):
        """A burst is found exactly where some window of that length holds enough."""
        given_ = [
            Tick(7, START + timedelta(minutes=m), count, n, n)
            for n, (m, count) in enumerate(sorted(pairs))
        ]
        window = timedelta(minutes=minutes)
        full = any(
            sum(t.records for t in given_ if s.at <= t.at < s.at + window) >= least
            for s in given_
        )
        found = bursts(given_, least, minutes)
        self.assertEqual(bool(found), full)
        covered = [
            t for t in given_ if any(b.first_at <= t.at <= b.last_at for b in found)
        ]
        self.assertEqual(sum(b.records for b in found), sum(t.records for t in covered))
        for one, other in zip(found, found[1:], strict=False):
            self.assertLess(one.last_at, other.first_at)
            self.assertLess(one.last_entry, other.first_entry)
        # then what is left outside the bursts is quiet
        quiet = [t for t in given_ if t not in covered]
        for burst, after in zip([None, *found], [*found, None], strict=True):
            part = [
                t
                for t in quiet
                if (not burst or t.at > burst.last_at)
                and (not after or t.at < after.first_at)
            ]
            self.assertFalse(bursts(part, least, minutes))


class TestOwnThreshold(EngineCase):
    def test_usual_day_needs_a_history(self):
        self.assertEqual(usual_day([400] * 4), 0)
        self.assertEqual(usual_day([1, 2, 400, 500, 600]), 400)

    def test_never_below_the_least(self):
        self.assertEqual(threshold(100, 2.5, 0), 100)
        self.assertEqual(threshold(100, 2.5, 41), 103)

    def test_goes_on(self):
        (burst,) = bursts(ticks((0, 10)), 5, 60)
        self.assertTrue(continues(burst, START - timedelta(minutes=59), 60))
        self.assertFalse(continues(burst, START - timedelta(minutes=60), 60))


class TestOddHours(EngineCase):
    def test_borders(self):
        monday = datetime(2026, 6, 1)
        for hour, minute, odd in (
            (6, 59, True), (7, 0, False), (19, 29, False), (19, 30, True), (0, 0, True),
        ):  # fmt: skip
            at = monday.replace(hour=hour, minute=minute)
            self.assertEqual(is_odd(at, 7, 19.5, False), odd, at)

    def test_night_shift(self):
        monday = datetime(2026, 6, 1)
        for hour, odd in ((21, True), (22, False), (3, False), (6, True), (12, True)):
            self.assertEqual(is_odd(monday.replace(hour=hour), 22, 6, False), odd, hour)

    def test_weekend(self):
        friday = datetime(2026, 6, 5, 12)
        days = [friday + timedelta(days=n) for n in range(4)]
        self.assertEqual(
            [is_odd(day, 7, 20, True) for day in days], [False, True, True, False]
        )


class TestAccountsBeforePayments(EngineCase):
    def test_first_payment_within_reach(self):
        changes = [Change(1, 7, 50, START), Change(2, 7, 51, START)]
        paid = [
            Payment(10, 50, START + timedelta(days=7)),
            Payment(11, 50, START + timedelta(days=3)),
            Payment(12, 51, START + timedelta(days=8)),
            Payment(13, 51, START - timedelta(minutes=1)),
            Payment(14, 52, START),
        ]
        found = before_payments(changes, paid, 7)
        self.assertEqual([(c.entry, p.id) for c, p in found], [(1, 11)])

    def test_at_the_same_moment(self):
        found = before_payments([Change(1, 7, 50, START)], [Payment(9, 50, START)], 1)
        self.assertEqual(len(found), 1)
