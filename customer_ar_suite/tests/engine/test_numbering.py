"""Patterns of customer numbers: what they make, and what is refused with a reason."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import NumberingError
from ...engine.numbering import day_values, number_key, parse
from .case import EngineCase, examples


class TestPattern(EngineCase):
    def test_numbers(self):
        values = {"category_code": "RET", "country": "CN"} | day_values(
            date(2026, 11, 2)
        )
        for pattern, number, expected in (
            ("K{seq:05d}", 17, "K00017"),
            ("{seq}", 17, "17"),
            ("{category_code}{yy}{seq:05d}", 3, "RET2600003"),
            ("{country}-{yyyy}{mm}-{seq:3d}", 1234, "CN-202611-1234"),
        ):
            with self.subTest(pattern):
                self.assertEqual(parse(pattern).render(number, values), expected)

    def test_what_is_refused(self):
        for pattern, code in (
            ("", "numbering_no_sequence"),
            ("K", "numbering_no_sequence"),
            ("{seq}{seq}", "numbering_no_sequence"),
            ("{name}{seq}", "numbering_placeholder"),
            ("{seq.__class__}", "numbering_placeholder"),
            ("{0}{seq}", "numbering_placeholder"),
            ("{seq", "numbering_placeholder"),
            ("{yy:05d}{seq}", "numbering_placeholder"),
            (" K{seq}", "numbering_placeholder"),
            ("=cmd|{seq}", "numbering_character"),
            ("K{seq:99d}", "numbering_too_long"),
        ):
            with self.subTest(pattern), self.assertRaises(NumberingError) as caught:
                parse(pattern)
            self.assertEqual(caught.exception.code, code, pattern)

    def test_counters_begin_anew_by_what_the_pattern_names(self):
        pattern = parse("{category_code}{yy}{seq}")
        scopes = {
            pattern.scope({"category_code": code, "yy": year, "mm": "01"})
            for code in "AB"
            for year in ("25", "26")
        }
        self.assertEqual(len(scopes), 4)
        self.assertEqual(parse("K{seq}").scope({"yy": "26"}), "")

    def test_a_missing_value_is_no_number(self):
        pattern = parse("{category_code}{seq}")
        self.assertFalse(pattern.fits({"category_code": ""}))
        with self.assertRaises(NumberingError):
            pattern.render(1, {})

    @examples(25)
    @given(st.lists(st.integers(1, 10**6), unique=True, min_size=2, max_size=20))
    def test_different_numbers_are_different_texts(self, numbers):
        pattern = parse("K{seq:04d}")
        shown = {number_key(pattern.render(number, {})) for number in numbers}
        self.assertEqual(len(shown), len(numbers))
