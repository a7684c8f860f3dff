"""Effective-dated values, against a day-by-day oracle."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.history import Period, assign, merge, value_on
from .case import EngineCase

DAY_ZERO = date(2026, 1, 1)
HORIZON = 40
SETTINGS = settings(max_examples=25, derandomize=True, deadline=None, database=None)

days = st.integers(0, HORIZON).map(lambda n: DAY_ZERO + timedelta(days=n))
values = st.one_of(st.none(), st.integers(1, 4))
changes = st.lists(st.tuples(values, days), max_size=8)


def by_day(history):
    """What held on each day of the horizon and one day beyond it."""
    return [value_on(history, DAY_ZERO + timedelta(days=n)) for n in range(HORIZON + 2)]


def build(steps):
    history = []
    for value, start in steps:
        history = assign(history, value, start)
    return history


class TestHistory(EngineCase):
    def assertSound(self, history):
        for earlier, later in zip(history, history[1:], strict=False):
            self.assertIsNotNone(earlier.end)
            self.assertLess(earlier.end, later.start)
        for period in history:
            self.assertTrue(period.end is None or period.start <= period.end)

    def test_change_ends_what_held(self):
        # given a customer in category 1 since New Year
        history = assign([], 1, date(2026, 1, 1))
        # when he is in category 2 from the tenth on
        history = assign(history, 2, date(2026, 1, 10))
        # then category 1 ended on the ninth
        self.assertEqual(
            history,
            [
                Period(1, date(2026, 1, 1), date(2026, 1, 9)),
                Period(2, date(2026, 1, 10)),
            ],
        )

    def test_correction_of_the_same_day_replaces(self):
        history = assign(assign([], 1, date(2026, 1, 1)), 2, date(2026, 1, 1))
        self.assertEqual(history, [Period(2, date(2026, 1, 1))])

    def test_back_dated_change_lasts_until_the_next_on_record(self):
        history = assign([], 1, date(2026, 2, 1))
        history = assign(history, 2, date(2026, 1, 1))
        self.assertEqual(
            history,
            [
                Period(2, date(2026, 1, 1), date(2026, 1, 31)),
                Period(1, date(2026, 2, 1)),
            ],
        )

    def test_none_ends(self):
        history = assign(assign([], 1, date(2026, 1, 1)), None, date(2026, 1, 5))
        self.assertEqual(history, [Period(1, date(2026, 1, 1), date(2026, 1, 4))])

    @SETTINGS
    @given(changes)
    def test_last_word_counts_on_its_day_and_other_days_before_it_stay(self, steps):
        history = build(steps)
        self.assertSound(history)
        if steps:
            value, start = steps[-1]
            before = build(steps[:-1])
            self.assertEqual(value_on(history, start), value)
            earlier = (start - DAY_ZERO).days
            self.assertEqual(by_day(history)[:earlier], by_day(before)[:earlier])

    @SETTINGS
    @given(changes, changes)
    def test_merge_is_the_target_where_it_speaks_else_the_source(self, first, second):
        target, source = build(first), build(second)
        merged = merge(target, source)
        self.assertSound(merged)
        self.assertEqual(
            by_day(merged),
            [
                t if t is not None else s
                for t, s in zip(by_day(target), by_day(source), strict=True)
            ],
        )
