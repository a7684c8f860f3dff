"""A part of a receipt comes back: which of its payments, against trying all selections."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from ...engine.matching.returns import taken_back
from .case import EngineCase, examples

#: small enough that every selection can be tried
PAID = st.lists(st.integers(1, 12), min_size=1, max_size=7)


class TestTakenBack(EngineCase):
    @given(PAID, st.integers(1, 90))
    @examples()
    def test_as_much_as_goes_back_and_no_more_than_was_paid(self, paid, amount):
        back = taken_back(amount, paid)
        self.assertEqual(sum(back), min(amount, sum(paid)))
        for one, most in zip(back, paid, strict=True):
            self.assertTrue(0 <= one <= most)

    @given(PAID, st.integers(1, 90))
    @examples()
    def test_the_only_selection_that_makes_the_amount_is_taken(self, paid, amount):
        places = range(len(paid))
        selections = chain.from_iterable(
            combinations(places, size) for size in range(1, len(paid) + 1)
        )
        exact = [
            chosen for chosen in selections if sum(paid[i] for i in chosen) == amount
        ]
        back = taken_back(amount, paid)
        if len(exact) == 1 and amount < sum(paid):
            self.assertEqual(
                back, [one if i in exact[0] else 0 for i, one in enumerate(paid)]
            )
        elif amount < sum(paid):
            # else the end of the receipt lacks it: before a part nothing is touched
            first = next(i for i, one in enumerate(back) if one)
            self.assertEqual(back[first + 1 :], paid[first + 1 :])
