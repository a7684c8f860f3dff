import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.text import (
    clean,
    compact,
    compact_all,
    cut,
    display_width,
    fold,
    fold_all,
    tokens,
)
from .case import EngineCase

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)


class TestText(EngineCase):
    def test_full_width_and_half_width_are_the_same_reference(self):
        self.assertEqual(
            compact("ＩＮＶ／２０２６／００１７"), compact("INV/2026/0017")
        )

    def test_invisible_characters_do_not_hide_in_names(self):
        # given a right-to-left override and a zero-width space pasted from a mail
        self.assertEqual(clean("ACME\u202e \u200bLtd"), "ACME Ltd")

    def test_accents_and_case_do_not_count_in_headings(self):
        self.assertEqual(fold("Numéro  de TVA"), fold("numero de tva"))

    def test_tokens_keep_order_and_drop_punctuation(self):
        self.assertEqual(tokens("付款 INV-12; 谢谢"), ["付款", "INV", "12", "谢谢"])

    @QUICK
    @given(st.text(max_size=40))
    def test_normalising_twice_changes_nothing(self, text):
        for normalise in (clean, compact):
            once = normalise(text)
            self.assertEqual(normalise(once), once)

    @QUICK
    @given(
        st.lists(
            st.text("aB1 _-/\t\n\v\x1c\0éß中Ａ\u200b\u3000", max_size=6)
            | st.text(max_size=9)
        )
    )
    def test_many_texts_say_what_each_says_alone(self, texts):
        self.assertEqual(fold_all(texts), [fold(text) for text in texts])
        self.assertEqual(compact_all(texts), [compact(text) for text in texts])

    @QUICK
    @given(st.text(st.characters(max_codepoint=127), max_size=20))
    def test_plain_letters_take_no_other_way_than_all_letters(self, text):
        # the definition, written down once more for texts that are read the short way
        shown = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
        self.assertEqual(clean(text), shown)
        self.assertEqual(fold(text), unicodedata.normalize("NFKD", shown.casefold()))

    @QUICK
    @given(st.text(max_size=60), st.integers(1, 40))
    def test_cut_never_exceeds_the_width(self, text, width):
        found = cut(text, width)
        self.assertLessEqual(display_width(found), max(width, 1))
        if display_width(text) <= width:
            self.assertEqual(found, text)
