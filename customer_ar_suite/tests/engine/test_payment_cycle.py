"""Due dates of cycles against a calendar counted day by day; rhythms against known payers."""

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import TermError
from ...engine.payment_cycle.due_date import (
    PERIODS,
    SHIFTS,
    Cycle,
    WorkCalendar,
    in_month,
)
from ...engine.payment_cycle.rhythm import (
    Limits,
    Paid,
    decide,
    expected_payment,
    median,
    read_rhythm,
)
from .case import EngineCase, examples

DAY = timedelta(days=1)
DAYS = st.dates(date(1999, 1, 1), date(2101, 12, 31))
FEASTS = frozenset(
    date(y, m, d) for y in range(1999, 2106) for m, d in ((1, 1), (5, 1))
)


@st.composite
def cycles(draw):
    """Any cycle that does not contradict itself."""
    months = draw(st.integers(0, 4))
    day = draw(st.integers(0, 31)) if months else 0
    return Cycle(
        draw(st.sampled_from(sorted(PERIODS))),
        cut_off=draw(st.sampled_from((0, 1, 15, 20, 25, 28, 29, 30, 31))),
        months=months,
        day=day,
        days=0 if day else draw(st.sampled_from((0, 1, 15, 30, 45, 60, 90))),
        shift=draw(st.sampled_from(SHIFTS)),
    )


class CountedCalendar:
    """The same answers without arithmetic on dates: walks from day to day."""

    def __init__(self, cycle, calendar=None):
        self.cycle, self.calendar = cycle, calendar

    def last_of_month(self, day):
        while (day + DAY).month == day.month:
            day += DAY
        return day

    def end_of_month(self, day, later):
        """Last day of the month ``later`` months on, a month at a time."""
        day = self.last_of_month(day)
        for _ in range(later):
            day = self.last_of_month(day + DAY)
        return day

    def closes(self, day):
        """Is the month of ``day`` the last one of its period?"""
        return day.month % PERIODS[self.cycle.period] == 0

    def base(self, invoiced):
        cycle = self.cycle
        if cycle.period == "one_off":
            if cycle.day:
                return self.last_of_month(invoiced)
            end = self.end_of_month(invoiced, cycle.months)
            while end.day > invoiced.day:
                end -= DAY
            return end
        end = self.last_of_month(invoiced)
        if cycle.cut_off and invoiced.day > cycle.cut_off:
            end = self.last_of_month(end + DAY)
        while not self.closes(end):
            end = self.last_of_month(end + DAY)
        return end

    def due(self, invoiced):
        cycle, day = self.cycle, self.base(invoiced)
        if cycle.day:
            day = self.end_of_month(day, cycle.months)
            while day.day > cycle.day:
                day -= DAY
        else:
            if cycle.period != "one_off":
                day = self.end_of_month(day, cycle.months)
            for _ in range(cycle.days):
                day += DAY
        return self.shifted(day, invoiced)

    def shifted(self, due, invoiced):
        calendar, shift = self.calendar, self.cycle.shift
        if not calendar or shift == "none" or self.works(due):
            return due
        later = due
        while not self.works(later):
            later += DAY
        earlier = due
        while not self.works(earlier):
            earlier -= DAY
        if shift == "next" or (shift == "month" and later.month == due.month):
            return later
        return earlier if earlier >= invoiced else later

    def works(self, day):
        return day.weekday() in self.calendar.weekdays and day not in (
            self.calendar.holidays
        )


class TestDueDate(EngineCase):
    def check(self, cycle, *pairs, calendar=None):
        for invoiced, due in pairs:
            with self.subTest(cycle=cycle, invoiced=invoiced):
                self.assertEqual(cycle.due_date(invoiced, calendar), due)

    def test_month_end_plus_thirty(self):
        self.check(
            Cycle("monthly", days=30),
            (date(2026, 1, 1), date(2026, 3, 2)),
            (date(2026, 1, 31), date(2026, 3, 2)),
            (date(2026, 2, 1), date(2026, 3, 30)),
            (date(2028, 2, 29), date(2028, 3, 30)),  # leap year
            (date(2026, 12, 5), date(2027, 1, 30)),
        )

    def test_quarter_end_plus_sixty(self):
        self.check(
            Cycle("quarterly", days=60),
            (date(2026, 1, 1), date(2026, 5, 30)),
            (date(2026, 3, 31), date(2026, 5, 30)),
            (date(2026, 4, 1), date(2026, 8, 29)),
            (date(2026, 11, 11), date(2027, 3, 1)),
            (date(2027, 11, 11), date(2028, 2, 29)),
        )

    def test_twenty_fifth_of_the_following_month(self):
        self.check(
            Cycle("monthly", months=1, day=25),
            (date(2026, 1, 1), date(2026, 2, 25)),
            (date(2026, 1, 31), date(2026, 2, 25)),
            (date(2026, 12, 26), date(2027, 1, 25)),
        )

    def test_cut_off_day_moves_late_invoices_into_the_next_month(self):
        self.check(
            Cycle("monthly", cut_off=25, months=1, day=31),
            (date(2026, 1, 25), date(2026, 2, 28)),
            (date(2026, 1, 26), date(2026, 3, 31)),
            (date(2025, 12, 26), date(2026, 2, 28)),
        )
        # only in the last month of a quarter does it matter
        self.check(
            Cycle("quarterly", cut_off=20),
            (date(2026, 2, 25), date(2026, 3, 31)),
            (date(2026, 3, 20), date(2026, 3, 31)),
            (date(2026, 3, 21), date(2026, 6, 30)),
        )

    def test_year_end_and_half_year(self):
        self.check(
            Cycle("yearly", days=30),
            (date(2026, 1, 1), date(2027, 1, 30)),
            (date(2026, 12, 31), date(2027, 1, 30)),
        )
        self.check(
            Cycle("half_yearly"),
            (date(2026, 6, 30), date(2026, 6, 30)),
            (date(2026, 7, 1), date(2026, 12, 31)),
        )

    def test_one_off_counts_from_the_invoice(self):
        self.check(Cycle("one_off", days=45), (date(2026, 1, 31), date(2026, 3, 17)))
        self.check(
            Cycle("one_off", months=1),
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2028, 1, 31), date(2028, 2, 29)),
        )

    def test_days_off(self):
        # given the first of May 2026, a Friday, and the weekend after it
        calendar = WorkCalendar(holidays=frozenset([date(2026, 5, 1)]))
        days = {
            "none": date(2026, 5, 1),
            "next": date(2026, 5, 4),
            "previous": date(2026, 4, 30),
            "month": date(2026, 5, 4),
        }
        for shift, due in days.items():
            cycle = Cycle("one_off", days=1, shift=shift)
            self.check(cycle, (date(2026, 4, 30), due), calendar=calendar)
        # the last day of May 2026 is a Sunday: the next working day is in June
        self.check(
            Cycle("monthly", shift="month"),
            (date(2026, 5, 4), date(2026, 5, 29)),
            calendar=calendar,
        )

    def test_nothing_is_due_before_it_was_invoiced(self):
        # given an invoice of a Sunday, due at once, on the working day before
        cycle = Cycle("one_off", shift="previous")
        self.check(cycle, (date(2026, 5, 3), date(2026, 5, 4)), calendar=WorkCalendar())

    def test_a_calendar_without_working_days_moves_nothing(self):
        cycle = Cycle("one_off", days=1, shift="next")
        nobody = WorkCalendar(weekdays=frozenset())
        self.check(cycle, (date(2026, 5, 1), date(2026, 5, 2)), calendar=nobody)

    def test_contradictions_are_refused(self):
        for values, code in (
            ({"period": "weekly"}, "cycle_not_known"),
            ({"period": "monthly", "shift": "back"}, "cycle_not_known"),
            ({"period": "monthly", "days": -1}, "cycle_out_of_range"),
            ({"period": "monthly", "days": 367}, "cycle_out_of_range"),
            ({"period": "monthly", "cut_off": 32}, "cycle_out_of_range"),
            ({"period": "monthly", "day": 25}, "cycle_day_needs_month"),
            (
                {"period": "monthly", "months": 1, "day": 5, "days": 5},
                "cycle_day_or_days",
            ),
        ):
            with self.assertRaises(TermError) as caught:
                Cycle(**values)
            self.assertEqual(caught.exception.code, code)

    def test_next_due_date(self):
        cycle = Cycle("monthly", months=1, day=25)
        self.assertEqual(cycle.next_due_date(date(2026, 3, 25)), date(2026, 3, 25))
        self.assertEqual(cycle.next_due_date(date(2026, 3, 26)), date(2026, 4, 25))
        self.assertIsNone(Cycle("one_off", days=30).next_due_date(date(2026, 3, 1)))

    @examples(200)
    @given(cycles(), DAYS)
    def test_as_counted_day_by_day(self, cycle, invoiced):
        calendar = WorkCalendar(holidays=FEASTS)
        for one in (None, calendar):
            expected = CountedCalendar(cycle, one).due(invoiced)
            self.assertEqual(cycle.due_date(invoiced, one), expected)
            self.assertGreaterEqual(expected, invoiced)

    @examples(60)
    @given(cycles(), DAYS, st.integers(1, 40))
    def test_later_invoices_are_not_due_earlier(self, cycle, invoiced, later):
        calendar = WorkCalendar(holidays=FEASTS)
        after = invoiced + timedelta(days=later)
        for one in (None, calendar):
            self.assertLessEqual(
                cycle.due_date(invoiced, one), cycle.due_date(after, one)
            )

    @examples(60)
    @given(cycles(), st.dates(date(2020, 1, 1), date(2060, 1, 1)))
    def test_next_due_date_is_the_first_of_all_that_come(self, cycle, after):
        calendar = WorkCalendar(holidays=FEASTS)
        found = cycle.next_due_date(after, calendar)
        if cycle.period == "one_off":
            self.assertIsNone(found)
            return
        start = after - timedelta(days=1200)
        every = {
            cycle.due_date(start + timedelta(days=n), calendar) for n in range(1600)
        }
        self.assertEqual(found, min(day for day in every if day >= after))

    def test_in_month(self):
        self.assertEqual(in_month(date(2026, 11, 30), 3, 30), date(2027, 2, 28))


class TestRhythm(EngineCase):
    CYCLES = {
        1: Cycle("one_off", days=30),
        2: Cycle("monthly", days=30),
        3: Cycle("monthly", months=1, day=25),
        4: Cycle("quarterly", days=60),
    }

    def history(self, cycle, agreed, count=12, noise=0, seed=1):
        """A customer who pays by ``cycle`` what was agreed as ``agreed``."""
        draw = random.Random(seed)
        rows = []
        for number in range(count):
            invoiced = date(2025, 1, 8) + timedelta(days=23 * number)
            off = draw.randint(-noise, noise) if noise else 0
            rows.append(
                Paid(
                    invoiced,
                    agreed.due_date(invoiced),
                    cycle.due_date(invoiced) + timedelta(days=off),
                    100_00 + number,
                )
            )
        return rows

    def decide(self, paid, current=1, **options):
        return decide(paid, read_rhythm(paid), self.CYCLES, current, **options)

    def test_each_cycle_is_recognised_behind_other_terms(self):
        for cycle_id, cycle in self.CYCLES.items():
            for agreed_id, agreed in self.CYCLES.items():
                if cycle_id == agreed_id:
                    continue
                paid = self.history(cycle, agreed, count=24, noise=2)
                found = self.decide(paid, agreed_id)
                with self.subTest(cycle=cycle_id, agreed=agreed_id):
                    self.assertEqual(
                        (found.finding, found.cycle_id), ("proposal", cycle_id)
                    )
                    self.assertEqual(found.share, 100)

    def test_who_keeps_what_is_agreed_is_left_alone(self):
        for cycle_id, cycle in self.CYCLES.items():
            found = self.decide(self.history(cycle, cycle, 24, 2), cycle_id)
            self.assertEqual((found.finding, found.current_share), ("fits", 100))

    def test_too_few_payments_say_nothing(self):
        paid = self.history(self.CYCLES[3], self.CYCLES[1], count=4)
        self.assertEqual(self.decide(paid).finding, "too_few")
        self.assertEqual(self.decide([]).finding, "too_few")

    def test_refused_cycles_are_not_proposed_again(self):
        paid = self.history(self.CYCLES[3], self.CYCLES[1])
        found = self.decide(paid, refused=frozenset([3]))
        self.assertEqual((found.finding, found.cycle_id), ("fits", 0))

    def test_no_rhythm_and_no_cycle_for_a_rhythm(self):
        draw = random.Random(7)
        at_random, on_the_tenth = [], []
        for month in range(1, 13):
            invoiced = date(2025, month, 3)
            due = invoiced + timedelta(days=30)
            at_random.append(
                Paid(invoiced, due, due + timedelta(days=draw.randint(10, 200)), 5)
            )
            on_the_tenth.append(Paid(invoiced, due, in_month(invoiced, 3, 10), 5))
        self.assertEqual(self.decide(at_random).finding, "irregular")
        self.assertEqual(self.decide(on_the_tenth).finding, "no_cycle")

    def test_reading_of_a_rhythm(self):
        # given payments at month ends 62, 59, 62 and 61 days after the invoice
        paid = [
            Paid(date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 4), 1),
            Paid(date(2026, 1, 31), date(2026, 3, 2), date(2026, 3, 31), 1),
            Paid(date(2026, 2, 27), date(2026, 3, 29), date(2026, 4, 30), 1),
            Paid(date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), 1),
        ]
        rhythm = read_rhythm(paid)
        self.assertEqual((rhythm.payments, rhythm.invoices), (4, 4))
        self.assertEqual(
            (rhythm.cadence, rhythm.day, rhythm.day_share), ("monthly", 31, 75)
        )
        self.assertEqual((rhythm.delay, rhythm.lateness), (61, 31))

    @examples(50)
    @given(st.lists(st.integers(0, 400), min_size=5, max_size=30), st.integers(0, 3))
    def test_shares_are_what_counting_gives(self, offs, tolerance):
        paid = [
            Paid(
                date(2025, 1, 1) + timedelta(days=7 * n),
                date(2025, 1, 31) + timedelta(days=7 * n),
                date(2025, 1, 1) + timedelta(days=7 * n + off),
                1,
            )
            for n, off in enumerate(offs)
        ]
        limits = Limits(min_payments=1, tolerance=tolerance, min_share=0, min_gain=0)
        found = self.decide(paid, 0, limits=limits)
        kept = sum(30 - tolerance <= off <= 30 + tolerance for off in offs)
        self.assertEqual(found.current_share, 100 * kept // len(offs))
        for cycle in self.CYCLES.values():
            hits = sum(
                abs((one.paid - cycle.due_date(one.invoiced)).days) <= tolerance
                for one in paid
            )
            self.assertGreaterEqual(found.share, 100 * hits // len(offs))

    def test_expected_payment_is_never_in_the_past(self):
        as_of = date(2026, 6, 10)
        cycle = Cycle("monthly", months=1, day=25)
        for due in (date(2026, 1, 31), date(2026, 6, 9), date(2026, 9, 1)):
            for lateness in (-10, 0, 20):
                for one in (None, cycle):
                    found = expected_payment(due, lateness, as_of, one)
                    self.assertGreaterEqual(found, as_of)
        self.assertEqual(
            expected_payment(date(2026, 6, 1), 12, as_of), date(2026, 6, 13)
        )

    def test_median(self):
        self.assertEqual(
            [median(v) for v in ([], [3], [1, 9, 5], [4, 1])], [0, 3, 5, 1]
        )
