"""Customers by the keys a file may name them with."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine.customer_file.plan import KeyIndex, key_of
from .case import EngineCase, examples


class TestKeyIndex(EngineCase):
    def test_customers_of_a_key_whatever_field_it_stands_in(self):
        # given: one customer without, two with the same number, one with it as registry
        index = KeyIndex()
        index.add("vat", (1, 2, 3), ["NL 12-34", None, "nl1234"])
        index.add("company_registry", (1, 2, 3), ["", "NL1234", "77"])
        # when, then
        self.assertEqual(sorted(index.ids("NL1234")), [1, 2, 3])
        self.assertEqual(list(index.ids("77")), [3])
        self.assertEqual(list(index.ids("")), [])

    @examples(100)
    @given(
        st.sampled_from(["ref", "email", "name"]),
        st.lists(st.none() | st.text("aA1 -é", max_size=3)),
    )
    def test_finds_what_comparing_one_by_one_finds_property(self, field, values):
        # given
        ids = list(range(1, len(values) + 1))
        index = KeyIndex()
        index.add(field, ids, values)
        # then
        for key in {key_of(field, value) for value in values} - {""}:
            expected = [
                i for i, v in zip(ids, values, strict=True) if key_of(field, v) == key
            ]
            self.assertEqual(sorted(index.ids(key)), expected)
