"""Deadlines, retention and redaction, against hand calculation and random texts."""

import html
import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.privacy.deadline import answer_by
from ...engine.privacy.redact import pattern, redact
from ...engine.privacy.retention import Retention, kept_until, rule_for
from .case import EngineCase, examples

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
words = st.text("abcdeéß陈静李 '\"<&", min_size=2, max_size=12).filter(
    lambda text: len("".join(text.split())) > 1
)


class TestDeadline(EngineCase):
    def test_by_hand(self):
        cases = [
            # one month: same day, end of a short month, over a weekend
            (date(2026, 3, 10), 1, "months", date(2026, 4, 10)),
            (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
            (date(2026, 4, 16), 1, "months", date(2026, 5, 18)),  # 16 May is a Saturday
            (
                date(2026, 11, 30),
                3,
                "months",
                date(2027, 3, 1),
            ),  # 28 February is a Sunday
            # fifteen working days from a Friday and from a Sunday: three weeks later
            (date(2026, 6, 5), 15, "working_days", date(2026, 6, 26)),
            (date(2026, 6, 7), 15, "working_days", date(2026, 6, 26)),
            (date(2026, 6, 1), 30, "days", date(2026, 7, 1)),
        ]
        for received, number, unit, expected in cases:
            with self.subTest(received=received, unit=unit):
                self.assertEqual(answer_by(received, number, unit), expected)

    @examples()
    @given(
        days, st.integers(1, 24), st.sampled_from(["months", "days", "working_days"])
    )
    def test_always_later_and_never_on_a_weekend(self, day, number, unit):
        found = answer_by(day, number, unit)
        self.assertGreater(found, day)
        self.assertLess(found.weekday(), 5)

    @examples()
    @given(days, st.integers(1, 40))
    def test_working_days_are_counted_one_by_one(self, day, number):
        # oracle: look at every day
        found = answer_by(day, number, "working_days")
        between = (day + timedelta(days=n) for n in range(1, (found - day).days + 1))
        self.assertEqual(sum(one.weekday() < 5 for one in between), number)


class TestRetention(EngineCase):
    def test_by_hand(self):
        self.assertEqual(kept_until(date(2026, 1, 1), 10), date(2036, 12, 31))
        self.assertEqual(kept_until(date(2026, 12, 31), 30), date(2056, 12, 31))
        # fiscal year to the end of March; and to 29 February
        self.assertEqual(kept_until(date(2026, 3, 31), 7, (3, 31)), date(2033, 3, 31))
        self.assertEqual(kept_until(date(2026, 4, 1), 7, (3, 31)), date(2034, 3, 31))
        self.assertEqual(kept_until(date(2026, 1, 5), 2, (2, 29)), date(2028, 2, 29))

    def test_named_country_before_general_strictest_first(self):
        rules = [
            Retention(1, "accounting", 99, frozenset()),
            Retention(2, "accounting", 8, frozenset({"DE"})),
            Retention(3, "accounting", 10, frozenset({"DE", "AT"})),
            Retention(4, "bank", 5, frozenset({"DE"})),
        ]
        self.assertEqual(rule_for(rules, "accounting", "DE").key, 3)
        self.assertEqual(rule_for(rules, "accounting", "FR").key, 1)
        self.assertIsNone(rule_for(rules, "bank", "FR"))

    @examples()
    @given(days, st.integers(1, 40), st.integers(1, 12), st.integers(1, 31))
    def test_whole_years_after_the_document(self, day, years, month, number):
        until = kept_until(day, years, (month, number))
        self.assertGreaterEqual(
            until, day.replace(year=day.year + years, day=min(day.day, 28))
        )
        self.assertLess((until - day).days, (years + 1) * 366 + 1)


class TestRedact(EngineCase):
    def test_spacing_case_and_grouping_do_not_matter(self):
        found = pattern(
            ["Eva Roth", "eva@roth.example"], ["+49 30 123456", "DE89 3704 0044"]
        )
        text = "EVA\n roth <EVA@Roth.example>, +4930-123 456, DE8937040044"
        self.assertEqual(redact(text, found, "X"), "X <X>, +X, X")

    def test_others_stay(self):
        found = pattern(["Li Na", "Ada"], ["1234567"])
        text = "Li Nart, Adam, Ramada, 12345678"
        self.assertEqual(redact(text, found, "X"), text)

    def test_chinese_names_have_no_borders(self):
        found = pattern(["陈静"], [])
        self.assertEqual(redact("请陈静女士签收", found, "X"), "请X女士签收")

    def test_nothing_to_look_for(self):
        self.assertIsNone(pattern(["", "x"], ["12"]))

    @examples()
    @given(words, st.text(max_size=20), st.text(max_size=20))
    def test_nothing_is_left_in_texts_html_and_json(self, word, before, after):
        word = " ".join(word.split())
        found = pattern([word], [])
        for spelling in (word, word.upper(), html.escape(word), json.dumps(word)[1:-1]):
            text = f"{before} {spelling} {after}"
            clean = redact({"a": [text, 1, None]}, found, "#")
            self.assertIsNone(found.search(clean["a"][0]))
            self.assertEqual(clean["a"][1:], [1, None])
            self.assertEqual(redact(clean, found, "#"), clean)

    @examples()
    @given(st.dictionaries(st.text("xyz"), st.one_of(st.integers(), st.text("xyz "))))
    def test_what_does_not_name_the_person_is_the_same(self, value):
        self.assertEqual(redact(value, pattern(["Eva Roth"], ["5551234"]), "#"), value)
