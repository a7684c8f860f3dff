"""Exposure and hold rules as the engine decides them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.credit_hold import ACTIONS, HoldRule, Standing, hits, verdict
from ...engine.exposure import Ceiling, Parts, position, together
from .case import EngineCase, examples

TODAY = date(2026, 6, 30)
amounts = st.integers(-(10**12), 10**12)
parts = st.builds(Parts, *[amounts] * 5)


class TestExposure(EngineCase):
    @examples(25)
    @given(st.lists(parts, max_size=5))
    def test_a_family_is_the_sum_of_its_members(self, members):
        self.assertEqual(together(members).total, sum(p.total for p in members))

    @examples(25)
    @given(parts, st.integers(1, 10**12), st.integers(0, 10**9), st.integers(0, 10**9))
    def test_headroom_and_exposure_make_what_is_allowed(
        self, some, limit, extra, cover
    ):
        where = position(some, Ceiling(limit, extra, cover))
        self.assertEqual(where.headroom + where.exposure, limit + extra + cover)
        self.assertEqual(where.is_breached, where.exposure > limit + extra + cover)
        self.assertEqual(where.used_percent > 100, where.is_breached)

    def test_without_a_limit_nothing_is_exceeded(self):
        where = position(Parts(10**9), Ceiling(None, 5, 5))
        self.assertEqual((where.headroom, where.is_breached), (None, False))


class TestHoldRules(EngineCase):
    def codes(self, standing, rule, amount=100, **more):
        return [hit.code for hit in hits(standing, [rule], amount, TODAY, **more)]

    def test_the_limit_itself_may_be_used_to_the_last_cent(self):
        rule = HoldRule(1, "over_limit", "block")
        self.assertEqual(self.codes(Standing(exposure=900, allowed=1000), rule), [])
        self.assertEqual(
            self.codes(Standing(exposure=901, allowed=1000), rule), ["over_limit"]
        )
        self.assertEqual(self.codes(Standing(exposure=10**9), rule), [])

    def test_early_warning_and_tolerance(self):
        standing = Standing(exposure=750, allowed=1000)
        early = HoldRule(1, "over_limit", "warn", threshold_percent=80)
        self.assertEqual(self.codes(standing, early), ["over_limit"])
        tolerant = HoldRule(1, "over_limit", "warn", threshold_percent=110)
        self.assertEqual(self.codes(standing, tolerant, 350), [])
        self.assertEqual(self.codes(standing, tolerant, 351), ["over_limit"])

    def test_drafts_count_or_what_was_posted_before_in_the_same_go(self):
        standing = Standing(exposure=600, drafts=200, allowed=1000)
        with_drafts = HoldRule(1, "over_limit", "block")
        without = with_drafts._replace(counts_drafts=False)
        self.assertEqual(self.codes(standing, with_drafts, 401), ["over_limit"])
        self.assertEqual(self.codes(standing, without, 600), [])
        self.assertEqual(self.codes(standing, without, 601), ["over_limit"])
        # drafts are in the exposure already: posted ones are not added twice
        self.assertEqual(self.codes(standing, with_drafts, 400, posted=200), [])
        self.assertEqual(self.codes(standing, without, 401, posted=200), ["over_limit"])

    def test_the_family_has_a_limit_of_its_own(self):
        standing = Standing(
            exposure=0, allowed=1000, family_exposure=950, family_allowed=1000
        )
        rule = HoldRule(1, "over_limit", "block")
        self.assertEqual(self.codes(standing, rule), ["over_family_limit"])

    def test_overdue_by_days_grace_and_amount(self):
        late = Standing(oldest_due=TODAY - timedelta(days=31), overdue=500)
        for rule, expected in (
            (HoldRule(1, "overdue", "warn", days=30), ["overdue"]),
            (HoldRule(1, "overdue", "warn", days=31), []),
            (HoldRule(1, "overdue", "warn", days=30, grace_days=1), []),
            (HoldRule(1, "overdue", "warn", days=0, minimum=501), []),
            (HoldRule(1, "overdue", "warn", days=0, minimum=500), ["overdue"]),
        ):
            self.assertEqual(self.codes(late, rule), expected, rule)
        due_today = Standing(oldest_due=TODAY, overdue=0)
        self.assertEqual(self.codes(due_today, HoldRule(1, "overdue", "warn")), [])

    def test_expired_and_not_yet_valid_limits(self):
        rule = HoldRule(1, "limit_expired", "warn", grace_days=5)
        for valid_to, expected in ((25, []), (24, ["limit_expired"])):
            standing = Standing(allowed=1, valid_to=TODAY.replace(day=valid_to))
            self.assertEqual(self.codes(standing, rule), expected)
        early = Standing(allowed=1, valid_from=TODAY + timedelta(days=1))
        self.assertEqual(self.codes(early, rule), ["limit_not_yet"])
        self.assertEqual(self.codes(early._replace(allowed=None), rule), [])

    def test_figures_nobody_keeps_yet_find_nothing(self):
        for trigger in ("dispute", "dunning_level"):
            rule = HoldRule(1, trigger, "block")
            self.assertEqual(self.codes(Standing(exposure=10**9, allowed=1), rule), [])

    def test_a_grade_or_a_worse_one_holds_and_no_grade_does_not(self):
        rule = HoldRule(1, "grade", "block", grade_rank=8)
        for rank, expected in ((None, []), (7, []), (8, ["grade"]), (10, ["grade"])):
            standing = Standing(grade_rank=rank, grade_id=3)
            self.assertEqual(self.codes(standing, rule), expected, rank)
        no_grade_named = HoldRule(1, "grade", "block")
        self.assertEqual(self.codes(Standing(grade_rank=10), no_grade_named), [])

    @examples(25)
    @given(
        st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4),
        st.integers(1, 1000),
        st.none() | st.integers(0, 1000),
    )
    def test_a_release_lets_pass_what_needs_one_and_nothing_else(
        self, actions, amount, released
    ):
        found = [
            hits(
                Standing(exposure=10, allowed=1),
                [HoldRule(n, "over_limit", action)],
                amount,
                TODAY,
            )[0]
            for n, action in enumerate(actions)
        ]
        result = verdict(found, amount, released)
        if "block" in actions:
            self.assertEqual(result, "block")
        elif "approve" in actions:
            enough = released is not None and released >= amount
            self.assertEqual(result, "released" if enough else "approve")
        else:
            self.assertEqual(result, "warn")
