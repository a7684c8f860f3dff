"""Scores that explain themselves, findings that are settled, fields out of date."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.quality import (
    ACCEPTED,
    ACCURACY,
    CLOSED,
    COMPLETENESS,
    CORRECTED,
    IN_WORK,
    LIVE,
    OPEN,
    TIMELINESS,
    UNIQUENESS,
    VERIFIED,
    Check,
    Fault,
    Known,
    months_before,
    out_of_date,
    rate,
    sample,
    score,
    settle,
)
from .case import EngineCase, examples

TODAY = date(2026, 7, 1)
CHECKS = (
    Check("rule_broken", ACCURACY, 15, 30),
    Check("address", COMPLETENESS, 10, 10),
    Check("not_confirmed", TIMELINESS, 3, 9),
    Check("duplicate", UNIQUENESS, 10, 20),
)
CODES = [check.code for check in CHECKS]


class TestQualityScore(EngineCase):
    def test_nothing_found_is_full_score(self):
        found = score([], CHECKS)
        self.assertEqual((found.points, found.deductions), (100, ()))

    def test_calculated_by_hand(self):
        # given two broken rules (30), an address that lacks 3 of 5 parts (6), and four
        # fields out of date, of which three cost anything (9)
        faults = [
            Fault("rule_broken", "vat", "1"),
            Fault("rule_broken", "email", "2"),
            Fault("address", "street", share=60),
            *(Fault("not_confirmed", name) for name in ("a", "b", "c", "d")),
        ]
        found = score(faults, CHECKS)
        self.assertEqual(found.points, 100 - 30 - 6 - 9)
        self.assertEqual(
            found.by_dimension,
            {ACCURACY: 70, COMPLETENESS: 94, TIMELINESS: 91, UNIQUENESS: 100},
        )
        # then the most expensive stands first, with how many there were
        self.assertEqual(
            [(one.check, one.points, one.times) for one in found.deductions],
            [("rule_broken", 30, 2), ("not_confirmed", 9, 4), ("address", 6, 1)],
        )

    def test_a_fault_beyond_the_limit_costs_nothing(self):
        faults = [Fault("rule_broken", "vat", str(n)) for n in range(9)]
        self.assertEqual(score(faults, CHECKS).points, 70)

    def test_checks_that_are_switched_off_cost_nothing(self):
        self.assertEqual(score([Fault("bounced", "email")], CHECKS).points, 100)

    @examples()
    @given(
        st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 100)), max_size=40),
        st.lists(st.integers(0, 60), min_size=4, max_size=4),
    )
    def test_within_bounds_and_more_faults_never_help(self, found, weights):
        checks = [
            Check(c.code, c.dimension, w, 2 * w)
            for c, w in zip(CHECKS, weights, strict=True)
        ]
        faults = [
            Fault(code, "f", str(n), share) for n, (code, share) in enumerate(found)
        ]
        whole = score(faults, checks)
        self.assertTrue(0 <= whole.points <= 100)
        self.assertLessEqual(whole.points, score(faults[:-1], checks).points)
        lost = sum(one.points for one in whole.deductions)
        self.assertEqual(whole.points, max(0, 100 - lost))


class TestSettling(EngineCase):
    def known(self, id_, state, until=None, code="address"):
        return Known(id_, 7, (code, "street", ""), state, until)

    def test_each_state_found_again_and_not(self):
        there = {7: [Fault("address", "street")]}
        for state, again in (
            (OPEN, "seen"),
            (IN_WORK, "seen"),
            (CORRECTED, "reopened"),
            (VERIFIED, "reopened"),
            (ACCEPTED, "seen"),
        ):
            with self.subTest(state):
                found = settle([self.known(1, state)], there, CODES, TODAY)
                self.assertEqual(getattr(found, again), (1,))
                self.assertEqual((found.new, found.gone), ((), ()))
                gone = settle([self.known(1, state)], {7: []}, CODES, TODAY)
                self.assertEqual(gone.gone, (1,))

    def test_acceptance_ends(self):
        there = {7: [Fault("address", "street")]}
        for until, again in ((TODAY, "seen"), (date(2026, 6, 30), "reopened")):
            known = [self.known(1, ACCEPTED, until)]
            found = settle(known, there, CODES, TODAY)
            self.assertEqual(getattr(found, again), (1,), until)

    def test_what_was_not_looked_at_stays(self):
        known = [self.known(1, CORRECTED), self.known(2, OPEN, code="bounced")]
        self.assertEqual(settle(known, {8: []}, CODES, TODAY).gone, ())
        self.assertEqual(settle(known, {7: []}, CODES, TODAY).gone, (1,))

    def test_another_key_is_another_finding(self):
        known = [Known(1, 7, ("duplicate", "", "55"), OPEN)]
        found = settle(known, {7: [Fault("duplicate", "", "56")]}, CODES, TODAY)
        self.assertEqual(found.gone, (1,))
        self.assertEqual(found.new, ((7, Fault("duplicate", "", "56")),))

    @examples()
    @given(
        st.lists(
            st.tuples(st.integers(1, 4), st.sampled_from(CODES), st.sampled_from(LIVE)),
            max_size=15,
            unique_by=lambda one: one[:2],
        ),
        st.dictionaries(
            st.integers(1, 4),
            st.lists(st.sampled_from(CODES), unique=True),
            max_size=4,
        ),
        st.sets(st.sampled_from(CODES)),
    )
    def test_everything_has_one_fate(self, before, after, asked):
        known = [
            Known(n, customer, (code, "", ""), state)
            for n, (customer, code, state) in enumerate(before)
        ]
        faults = {
            customer: [Fault(code) for code in codes if code in asked]
            for customer, codes in after.items()
        }
        found = settle(known, faults, asked, TODAY)
        fates = [*found.seen, *found.reopened, *found.gone]
        self.assertEqual(len(fates), len(set(fates)))
        judged = {
            n for n, (c, code, _s) in enumerate(before) if c in after and code in asked
        }
        self.assertEqual(set(fates), judged)
        # then looking again at the same changes nothing more
        again = [
            one._replace(state=OPEN) if one.id in found.reopened else one
            for one in known
            if one.id not in found.gone and one.state != CLOSED
        ] + [
            Known(100 + n, customer, fault[:3], OPEN)
            for n, (customer, fault) in enumerate(found.new)
        ]
        second = settle(again, faults, asked, TODAY)
        self.assertEqual((second.new, second.reopened, second.gone), ((), (), ()))


class TestTimeAndSamples(EngineCase):
    def test_months(self):
        for day, months, wanted in (
            (date(2024, 3, 31), 1, date(2024, 2, 29)),
            (date(2026, 1, 1), 1, date(2025, 12, 1)),
            (date(2026, 12, 31), 6, date(2026, 6, 30)),
            (date(2026, 5, 5), 24, date(2024, 5, 5)),
        ):
            self.assertEqual(months_before(day, months), wanted)

    def test_the_day_itself_is_in_time(self):
        days = {"a": date(2026, 1, 1), "b": date(2025, 12, 31), "c": None}
        self.assertEqual(out_of_date(days, TODAY, 6), ("b", "c"))

    def test_sample(self):
        ids = range(1, 2001)
        first = sample(ids, 200, "A")
        self.assertEqual(first, sample(list(reversed(ids)), 200, "A"))
        self.assertNotEqual(first, sample(ids, 200, "B"))
        self.assertEqual(len(set(first)), 200)
        # then it is drawn from all of them: half from each half, give or take
        low = sum(id_ <= 1000 for id_ in first)
        self.assertTrue(70 <= low <= 130, low)

    def test_rate(self):
        self.assertEqual([rate(0, 10), rate(7, 8), rate(5, 5)], [0.0, 87.5, 100.0])
