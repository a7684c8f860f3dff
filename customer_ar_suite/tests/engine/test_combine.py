"""Combination search: equal to brute force, honest about what it did not try."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from ...engine.matching.combine import MOST_FOUND, MOST_TRIED, combine
from .case import EngineCase, examples

#: small amounts, so that different selections often make the same total
AMOUNTS = st.lists(
    st.integers(-9, 30).filter(bool), max_size=12
)  # each example tries all selections by brute force


def brute_force(amounts, total):
    """All selections of two or more, one after the other."""
    places = range(len(amounts))
    sizes = (combinations(places, size) for size in range(2, len(amounts) + 1))
    return {
        chosen
        for chosen in chain.from_iterable(sizes)
        if sum(amounts[i] for i in chosen) == total
    }


class TestCombine(EngineCase):
    @examples(50)
    @given(AMOUNTS, st.integers(1, 60))
    def test_finds_what_brute_force_finds(self, amounts, total):
        found = combine(amounts, total)
        wanted = brute_force(amounts, total)
        self.assertTrue(found.is_complete)
        self.assertEqual(len(found.found), min(len(wanted), MOST_FOUND))
        self.assertLessEqual(set(found.found), wanted)

    def test_eighteen_items_like_brute_force(self):
        # given invoices and three credit notes whose amounts come from no formula of ours
        amounts = [
            119_900, 4_500, 73_125, 250_000, 18_333, 91_007, -12_000, 66_650, 5_999,
            310_040, 2_075, 48_888, -7_450, 133_700, 27_630, 89_415, -30_005, 9_990,
        ]  # fmt: skip
        for chosen in ((0, 6, 9), (1, 2, 5, 12, 16), (3, 4, 7, 8, 10, 11, 13, 14)):
            total = sum(amounts[i] for i in chosen)
            found = combine(amounts, total)
            self.assertIn(chosen, found.found)
            if len(found.found) < MOST_FOUND:
                self.assertEqual(set(found.found), brute_force(amounts, total))

    def test_many_items_are_paid_in_the_usual_ways_only(self):
        # given 60 open items of amounts that no two or three of them share
        amounts = [10_000 + 97 * n * n for n in range(1, 61)]
        everything = tuple(range(60))
        for name, wanted in {
            "everything": everything,
            "the oldest": everything[:25],
            "three": (3, 30, 59),
            "all but two": tuple(i for i in everything if i not in (7, 50)),
        }.items():
            with self.subTest(name):
                found = combine(amounts, sum(amounts[i] for i in wanted))
                self.assertIn(wanted, found.found)
                self.assertFalse(found.is_complete)

    def test_what_was_not_tried_is_not_complete(self):
        amounts = [1_000 + n for n in range(MOST_TRIED + 1)]
        self.assertFalse(combine(amounts, sum(amounts)).is_complete)
        # then items too large to be part of it do not count
        self.assertTrue(combine([*amounts[:10], *[10**9] * 50], 3_003).is_complete)

    def test_round_amounts_meet_by_chance(self):
        round_ones = combine([n * 10_000 for n in range(1, 11)], 550_000)
        odd_ones = combine([n * 10_007 + n * n for n in range(1, 11)], 550_000)
        self.assertGreater(round_ones.coincidences, 10)
        self.assertLess(odd_ones.coincidences, 0.01)
