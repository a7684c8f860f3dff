"""What an undo gives back: property tests against a second way of thinking."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine.customer_file.undo import (
    ARCHIVE,
    KEEP,
    REMOVE,
    Image,
    end_of,
    give_back,
    is_same,
    touched_since,
)
from .case import EngineCase, examples

NAMES = ("name", "city", "limit", "tags")
VALUES = st.one_of(
    st.sampled_from(["", "a", "b", False, 0, 1.5, 1.5000001]),
    st.lists(st.integers(1, 3), unique=True),
)


class TestUndo(EngineCase):
    @examples(200)
    @given(st.data())
    def test_untouched_fields_return_and_touched_ones_stay(self, data):
        # given a record changed by several rows of one import, then edited at some fields
        first = {name: data.draw(VALUES) for name in NAMES}
        state, images = dict(first), []
        for _row in range(data.draw(st.integers(0, 3))):
            changed = {
                n: data.draw(VALUES) for n in data.draw(st.sets(st.sampled_from(NAMES)))
            }
            changed = {n: v for n, v in changed.items() if not is_same(v, state[n])}
            images.insert(0, Image({n: state[n] for n in changed}, dict(changed)))
            state |= changed
        edits = {
            n: data.draw(VALUES) for n in data.draw(st.sets(st.sampled_from(NAMES)))
        }
        now = {**state, **edits}
        found = give_back(images, now)
        result = {**now, **found.restore}
        for name in NAMES:
            imported = any(name in image.before for image in images)
            if is_same(now[name], state[name]):
                # nobody touched it: as before the import
                self.assertTrue(is_same(result[name], first[name]), name)
                self.assertNotIn(name, found.touched)
            elif not imported:
                self.assertEqual(result[name], now[name])
        for name in found.touched:
            self.assertNotIn(name, found.restore)

    def test_what_was_edited_back_is_nothing_to_do(self):
        found = give_back([Image({"city": "A"}, {"city": "B"})], {"city": "A"})
        self.assertEqual((dict(found.restore), found.touched), ({}, ()))

    def test_records_the_import_made(self):
        after = {"name": "A", "tags": [2, 1], "limit": 10.0}
        now = {"name": "A", "tags": [1, 2], "limit": 10.000000001, "city": False}
        self.assertEqual(touched_since(after, now, (*NAMES, "phone")), ())
        now["city"] = "Wien"
        self.assertEqual(touched_since(after, now, NAMES), ("city",))
        self.assertEqual(end_of((), ()), REMOVE)
        self.assertEqual(end_of((), ("account.move",)), ARCHIVE)
        self.assertEqual(end_of(("city",), ("account.move",)), KEEP)
