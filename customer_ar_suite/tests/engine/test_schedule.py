"""On which day something comes back: against a day-by-day search, which knows no rules."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine import schedule
from ...engine.schedule import Rhythm, last_day, next_day, period
from .case import EngineCase, examples

DAY = timedelta(days=1)
START = date(2026, 1, 1)
DATES = st.integers(0, 900).map(lambda n: START + n * DAY)
#: days off in weeks of every shape, never a whole month
OFF = st.frozensets(DATES, max_size=12)
MONTHLY = st.builds(
    Rhythm,
    st.sampled_from(["monthly", "quarterly"]),
    st.sampled_from(["day", "working_day"]),
    st.integers(1, 31) | st.integers(-31, -1),
    st.sampled_from(["after", "before", "stay"]),
)
WEEKLY = st.builds(
    Rhythm,
    st.just("weekly"),
    st.just("day"),
    st.integers(1, 7),
    st.sampled_from(["after", "before", "stay"]),
)


def weekdays(day):
    return day.weekday() < 5


def searched(rhythm, day, works):
    """The days of the turn ``day`` belongs to, found by looking at each day alone."""
    if rhythm.cadence == "weekly":
        monday = day - day.weekday() * DAY
        plain = monday + (rhythm.number - 1) * DAY
    else:
        months = 3 if rhythm.cadence == "quarterly" else 1
        turn = (day.year, (day.month - 1) // months)
        around = (day + n * DAY for n in range(-95, 95))
        days = [d for d in around if (d.year, (d.month - 1) // months) == turn]
        if rhythm.kind == "working_day":
            days = [d for d in days if works(d)]
        count = min(abs(rhythm.number), len(days))
        plain = days[count - 1] if rhythm.number > 0 else days[-count]
    if rhythm.kind == "working_day":
        return plain
    return moved(rhythm, plain, works)


def moved(rhythm, plain, works):
    while rhythm.shift != "stay" and not works(plain):
        plain += DAY if rhythm.shift == "after" else -DAY
    return plain


class TestSchedule(EngineCase):
    def test_days_people_name(self):
        second = Rhythm("monthly", "working_day", 2)
        # May 2026 begins on a Friday: the second working day is Monday the 4th
        self.assertEqual(next_day(second, date(2026, 5, 1), weekdays), date(2026, 5, 4))
        # with Labour Day off, it is Tuesday the 5th
        holiday = date(2026, 5, 1)
        self.assertEqual(
            next_day(second, holiday, lambda d: weekdays(d) and d != holiday),
            date(2026, 5, 5),
        )
        # a day that has passed waits for the next month
        self.assertEqual(next_day(second, date(2026, 5, 5), weekdays), date(2026, 6, 2))
        self.assertEqual(last_day(second, date(2026, 5, 5), weekdays), date(2026, 5, 4))
        last = Rhythm("quarterly", "working_day", -1)
        self.assertEqual(next_day(last, date(2026, 2, 1), weekdays), date(2026, 3, 31))
        # the 31st of a short month is its last day; a Sunday goes to Monday or Friday
        end = Rhythm("monthly", "day", 31)
        self.assertEqual(next_day(end, date(2026, 2, 1), weekdays), date(2026, 2, 2))
        self.assertEqual(next_day(end, date(2026, 2, 3), weekdays), date(2026, 3, 2))
        early = end._replace(shift="before")
        self.assertEqual(next_day(early, date(2026, 2, 2), weekdays), date(2026, 2, 27))
        monday = Rhythm("weekly", "day", 1)
        self.assertEqual(
            next_day(monday, date(2026, 6, 30), weekdays), date(2026, 7, 6)
        )

    @examples(150)
    @given(MONTHLY | WEEKLY, DATES, OFF)
    def test_next_and_last_agree_with_a_search_day_by_day(self, rhythm, start, off):
        def works(day):
            return weekdays(day) and day not in off

        due = next_day(rhythm, start, works)
        self.assertGreaterEqual(due, start)
        found = set()
        for back in range(-200, 200, 3):
            found.add(searched(rhythm, start + back * DAY, works))
        self.assertEqual(due, min(day for day in found if day >= start))
        before = last_day(rhythm, start - DAY, works)
        self.assertEqual(before, max(day for day in found if day < start))

    def test_a_calendar_without_working_days_does_not_hang(self):
        def never(_day):
            return False

        for kind in ("day", "working_day"):
            due = next_day(Rhythm("monthly", kind, 5), date(2026, 5, 1), never)
            self.assertEqual(due, date(2026, 5, 5))

    def test_periods(self):
        day = date(2026, 3, 15)
        for preset, first, last in (
            ("today", date(2026, 3, 1), day),
            ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
            ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
            ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
            ("this_quarter", date(2026, 1, 1), day),
            ("this_year", date(2026, 1, 1), day),
        ):
            self.assertEqual(period(preset, day), (first, last), preset)
        self.assertEqual(
            period("last_month", date(2028, 3, 1))[1], date(2028, 2, 29), "leap year"
        )

    @examples(50)
    @given(DATES)
    def test_every_preset_makes_a_period_that_is_over_or_ends_today(self, today):
        for preset in schedule.PERIODS:
            first, last = period(preset, today)
            self.assertLessEqual(first, last)
            self.assertLessEqual(last, today)
            self.assertEqual(first.day, 1)
            if preset.startswith("last_"):
                self.assertEqual((last + DAY).day, 1)
