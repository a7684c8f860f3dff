"""What stands in the way of closing or deleting a customer."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine import closing
from .case import EngineCase

CODES = [check.code for check in closing.CHECKS]
COUNTS = st.dictionaries(st.sampled_from(CODES), st.integers(0, 5))
KINDS = st.sampled_from(("close", "delete", "reopen"))


class TestClosing(EngineCase):
    def test_an_empty_account_may_do_everything(self):
        for kind in ("close", "delete", "reopen"):
            self.assertEqual(closing.stops(closing.judge(kind, {})), [])
            self.assertIsNone(closing.instead(kind, {}))

    def test_what_is_open_stops_both(self):
        for code in (
            "open_items",
            "unapplied",
            "draft_entries",
            "draft_payments",
            "bills",
            "bank_lines",
            "staged_lines",
            "proposals",
            "change_requests",
            "users",
        ):
            with self.subTest(code):
                for kind in ("close", "delete"):
                    found = closing.stops(closing.judge(kind, {code: 1}))
                    self.assertEqual([one.code for one in found], [code])
                self.assertIsNone(closing.instead("delete", {code: 1}))

    def test_what_must_be_kept_stops_only_the_deletion(self):
        for code in ("documents", "hashed", "references", "subsidiaries"):
            with self.subTest(code):
                self.assertTrue(closing.stops(closing.judge("delete", {code: 1})))
                self.assertFalse(closing.stops(closing.judge("close", {code: 1})))
                self.assertEqual(closing.instead("delete", {code: 1}), "close")

    def test_contacts_go_along(self):
        (found,) = [
            one for one in closing.judge("delete", {"contacts": 3}) if one.level != "ok"
        ]
        self.assertEqual(found, ("contacts", 3, "note"))

    @given(KINDS, COUNTS)
    def test_every_check_is_answered_once_in_order(self, kind, counts):
        found = closing.judge(kind, counts)
        self.assertEqual([one.code for one in found], CODES)
        self.assertTrue(
            all((one.level == "ok") == (not one.found) for one in found), found
        )

    @given(COUNTS)
    def test_whatever_stops_closing_stops_deleting(self, counts):
        close = {one.code for one in closing.stops(closing.judge("close", counts))}
        delete = {one.code for one in closing.stops(closing.judge("delete", counts))}
        self.assertLessEqual(close, delete)
        self.assertEqual(
            closing.instead("delete", counts) == "close", bool(delete) and not close
        )

    @given(COUNTS, COUNTS)
    def test_what_either_look_found_counts(self, one, other):
        both = closing.worst(one, other)
        for counts in (one, other):
            for code, count in counts.items():
                self.assertGreaterEqual(both[code], count)
        self.assertEqual(closing.worst(one, other), closing.worst(other, one))
        for kind in ("close", "delete"):
            if closing.stops(closing.judge(kind, one)):
                self.assertTrue(closing.stops(closing.judge(kind, both)))
