"""Merge and unmerge: values, colliding rows, what can be taken back."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine.merge.conflict import KEEP_A, KEEP_B, SAME, Pair, settle
from ...engine.merge.plan import ADD, KEEP, OWN, FieldRow, merge_plan
from ...engine.merge.unmerge import TOGETHER, Row, kept
from .case import EngineCase, examples

texts = st.sampled_from(["", "x", "y", "z"])


class TestMergePlan(EngineCase):
    def winners(self, rows, survivor=1, others=(2, 3), chosen=None):
        plan = merge_plan(rows, survivor, others, chosen)
        return {one.name: (one.winner, one.is_different) for one in plan}

    def test_survivor_keeps_its_value_and_gaps_are_filled_in_order(self):
        rows = [
            FieldRow("both", KEEP, {1: "a", 2: "b", 3: ""}),
            FieldRow("gap", KEEP, {1: "", 2: "", 3: "c"}),
            FieldRow("two", KEEP, {1: "", 2: "b", 3: "c"}),
            FieldRow("same", KEEP, {1: "a", 2: "a", 3: "a"}),
            FieldRow("count", ADD, {1: "1", 2: "2", 3: "3"}),
            FieldRow("flag", OWN, {1: "", 2: "1", 3: ""}),
        ]
        self.assertEqual(
            self.winners(rows),
            {
                "both": (1, True),
                "gap": (3, False),
                "two": (2, True),
                "flag": (1, True),
            },
        )

    def test_a_person_decides_also_for_an_empty_value(self):
        rows = [FieldRow("fax", KEEP, {1: "a", 2: "", 3: ""})]
        self.assertEqual(self.winners(rows), {"fax": (1, False)})
        self.assertEqual(self.winners(rows, chosen={"fax": 2}), {"fax": (2, True)})

    def test_a_choice_of_somebody_else_does_not_count(self):
        rows = [FieldRow("fax", KEEP, {1: "a", 2: "b"})]
        self.assertEqual(self.winners(rows, 1, (2,), {"fax": 9})["fax"], (1, True))

    @given(st.dictionaries(st.integers(1, 4), texts), st.sampled_from([KEEP, OWN]))
    @examples()
    def test_no_value_is_lost_without_being_told(self, values, rule):
        """Whoever is not the winner says the same, nothing, or the field is marked."""
        for one in merge_plan([FieldRow("f", rule, values)], 1, [2, 3, 4]):
            lost = {values.get(h, "") for h in (1, 2, 3, 4)} - {
                values.get(one.winner, ""),
                "",
            }
            self.assertEqual(one.is_different, bool(lost))
            if rule == KEEP and any(values.values()):
                self.assertTrue(values.get(one.winner))


class TestMergeConflicts(EngineCase):
    def test_nothing_is_decided_by_itself_but_equal_rows(self):
        pairs = [Pair(1, "a", "b", ""), Pair(2, "c", "d", SAME)]
        found = settle(pairs)
        self.assertEqual((found.losing, found.undecided), (frozenset("d"), (1,)))

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 6), st.integers(7, 12), st.sampled_from([KEEP_A, KEEP_B])
            ),
            max_size=12,
        )
    )
    @examples()
    def test_winners_never_meet(self, raw):
        pairs = [Pair(n, a, b, verdict) for n, (a, b, verdict) in enumerate(raw)]
        found = settle(pairs)
        self.assertFalse(found.undecided)
        for pair in pairs:
            self.assertTrue({pair.a, pair.b} & found.losing)


class TestUnmerge(EngineCase):
    def test_a_document_comes_back_whole_or_not_at_all(self):
        rows = [
            Row(1, "invoice", ""),
            Row(2, "invoice", ""),
            Row(3, "payment", "edited"),
            Row(4, "note", ""),
        ]
        self.assertEqual(kept(rows, []), {3: "edited"})
        self.assertEqual(
            kept(rows, [("invoice", "m"), ("m", "payment")]),
            {1: TOGETHER, 2: TOGETHER, 3: "edited"},
        )

    @given(
        st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=15),
        st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=8),
    )
    @examples()
    def test_against_reachability(self, raw, links):
        rows = [
            Row(n, unit, "x" if touched else "")
            for n, (unit, touched) in enumerate(raw)
        ]
        # oracle: what can be reached from a touched unit, step by step
        reached = {unit for unit, touched in raw if touched}
        for _step in range(9):
            for left, right in links:
                if {left, right} & reached:
                    reached |= {left, right}
        self.assertEqual(
            set(kept(rows, links)), {row.number for row in rows if row.unit in reached}
        )
