"""Guarded changes, votes and outcomes, against plain second formulations."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.approval import (
    Change,
    Guard,
    Person,
    Question,
    check_decider,
    diff,
    outcome,
    payload_hash,
    request_state,
    same_person,
    strictest,
)
from ...engine.errors import ApprovalError
from .case import EngineCase

SETTINGS = settings(max_examples=25, derandomize=True, deadline=None, database=None)
DAY = date(2026, 5, 1)

values = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))
people = st.builds(
    Person,
    st.integers(1, 4),
    st.integers(11, 14),
    st.frozensets(st.sampled_from(["x@a", "y@a", "z"]), max_size=2),
)
guards = st.lists(
    st.builds(
        Guard,
        st.integers(1, 99),
        st.sampled_from(["limit", "vat"]),
        st.sampled_from([None, 1, 2]),
        st.one_of(st.none(), st.integers(0, 50)),
        st.one_of(st.none(), st.integers(51, 100)),
        st.integers(1, 3),
    ),
    max_size=5,
)


def person(number, *names):
    return Person(number, 100 + number, frozenset(names))


def question(**changes):
    return Question(
        **{
            "approvers": frozenset({2, 3}),
            "deputies": frozenset({4}),
            "deputies_from": DAY + timedelta(days=3),
            "expires_on": DAY + timedelta(days=14),
            "makers": (person(1, "maker@a"),),
            **changes,
        }
    )


class TestApproval(EngineCase):
    def refusal(self, who, on=DAY, **changes):
        try:
            check_decider(question(**changes), who, on)
        except ApprovalError as error:
            return error.code
        return None

    def test_approver_decides_and_others_do_not(self):
        self.assertIsNone(self.refusal(person(2)))
        self.assertEqual(self.refusal(person(9)), "approval_not_approver")

    def test_nobody_decides_on_his_own_change(self):
        # given the maker is on the list himself, by his own or a second account
        listed = frozenset({1, 2})
        for who in (person(1), Person(2, 101, frozenset()), person(2, "maker@a")):
            with self.subTest(who=who):
                self.assertEqual(
                    self.refusal(who, approvers=listed), "approval_own_change"
                )

    def test_deputy_waits_for_his_day(self):
        self.assertEqual(self.refusal(person(4)), "approval_deputy_too_early")
        self.assertIsNone(self.refusal(person(4), DAY + timedelta(days=3)))

    def test_time_runs_out(self):
        self.assertIsNone(self.refusal(person(2), DAY + timedelta(days=14)))
        self.assertEqual(
            self.refusal(person(2), DAY + timedelta(days=15)), "approval_expired"
        )

    def test_one_person_votes_once(self):
        voted = (person(2, "two@a"),)
        for who in (person(2), person(3, "two@a")):
            self.assertEqual(self.refusal(who, voters=voted), "approval_voted_already")

    def test_band_begins_with_its_lower_limit(self):
        one = Guard(1, "limit", None, 100, 200, 1)
        for amounts, guarded in (
            ((0, 99), False),
            ((0, 100), True),
            ((199, 0), True),
            ((0, 200), False),
            ((-150, 0), True),
        ):
            with self.subTest(amounts=amounts):
                self.assertEqual(
                    strictest([one], "limit", None, amounts) is not None, guarded
                )

    @SETTINGS
    @given(values, values)
    def test_diff_turns_before_into_after(self, before, after):
        changes = diff(before, after)
        patched = before | {change.field: change.new for change in changes}
        self.assertEqual(patched, before | after)
        for change in changes:
            self.assertIsInstance(change, Change)
            self.assertNotEqual(change.old, change.new)

    @SETTINGS
    @given(people, people)
    def test_same_person_is_mutual(self, one, other):
        self.assertTrue(same_person(one, one))
        self.assertEqual(same_person(one, other), same_person(other, one))

    @SETTINGS
    @given(guards, st.integers(0, 120), st.integers(0, 120))
    def test_no_guard_asks_for_more_than_the_strictest(self, rows, old, new):
        found = strictest(rows, "limit", [1], (old, new))
        fitting = []
        for row in rows:
            amount = new if new > old else old
            low = 0 if row.low is None else row.low
            high = 10**9 if row.high is None else row.high
            if row.field == "limit" and row.company_id != 2 and low <= amount < high:
                fitting.append(row.approvers)
        self.assertEqual(found.approvers if found else 0, max(fitting, default=0))

    @SETTINGS
    @given(
        st.integers(1, 3),
        st.lists(st.sampled_from(["approved", "rejected"]), max_size=4),
    )
    def test_outcome(self, needed, verdicts):
        expected = "pending"
        for count, verdict in enumerate(sorted(verdicts), 1):
            if verdict == "rejected":
                expected = "rejected"
            elif count >= needed:
                expected = "approved"
        self.assertEqual(outcome(needed, verdicts), expected)

    def test_state_of_a_request(self):
        for lines, state in (
            (["approved", "approved"], "approved"),
            (["approved", "pending"], "pending"),
            (["approved", "rejected"], "partly"),
            (["approved", "stale"], "partly"),
            (["rejected", "stale"], "rejected"),
            (["stale"], "stale"),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(request_state(lines), state)

    @SETTINGS
    @given(values, values)
    def test_fingerprint_tells_payloads_apart(self, one, other):
        reordered = dict(reversed(one.items()))
        self.assertEqual(payload_hash(one), payload_hash(reordered))
        self.assertEqual(payload_hash(one) == payload_hash(other), one == other)
