"""Stages by rules: the first that applies, what may follow, when to call."""

from datetime import date

from ...engine.lifecycle import (
    Condition,
    LifecycleError,
    Rule,
    decide,
    next_contact,
)
from .case import EngineCase

NEW, GROWS, STEADY, LESS = 1, 2, 3, 4
IDLE = Rule(
    10, frozenset({GROWS, STEADY}), LESS, (Condition("idle_days", ">=", 180.0),)
)
MORE = Rule(11, frozenset(), GROWS, (Condition("growth", ">", 20.0),))


class TestLifecycle(EngineCase):
    def test_first_rule_that_applies_wins(self):
        # given a customer who grew, and has not bought for half a year
        facts = {"idle_days": 200.0, "growth": 30.0}
        # then the rule that stands first decides, and says which fact it read
        move = decide(STEADY, facts, [IDLE, MORE], {})
        self.assertEqual((move.to_stage, move.rule_id), (LESS, 10))
        self.assertEqual(move.proofs, (("idle_days", ">=", 180.0, 200.0),))
        self.assertEqual(decide(STEADY, facts, [MORE, IDLE], {}).to_stage, GROWS)

    def test_bounds_and_unknown_facts(self):
        for idle, moved in ((179.0, False), (180.0, True), (None, False)):
            with self.subTest(idle=idle):
                move = decide(GROWS, {"idle_days": idle}, [IDLE], {})
                self.assertEqual(bool(move), moved)
        self.assertIsNone(decide(GROWS, {}, [IDLE], {}))

    def test_a_rule_that_says_stay_ends_the_search(self):
        stay = Rule(12, frozenset(), GROWS, (Condition("growth", ">", 0.0),))
        facts = {"growth": 5.0, "idle_days": 500.0}
        self.assertIsNone(decide(GROWS, facts, [stay, IDLE], {}))

    def test_only_from_named_stages_and_to_allowed_ones(self):
        idle = {"idle_days": 500.0}
        self.assertIsNone(decide(NEW, idle, [IDLE], {}))
        self.assertIsNone(decide(None, idle, [IDLE], {}))
        self.assertIsNone(decide(GROWS, idle, [IDLE], {GROWS: frozenset({STEADY})}))
        self.assertIsNotNone(decide(GROWS, idle, [IDLE], {GROWS: frozenset({LESS})}))

    def test_all_conditions_must_hold(self):
        both = Rule(
            13,
            frozenset(),
            STEADY,
            (Condition("a", "<", 5.0), Condition("b", "<=", 5.0)),
        )
        self.assertIsNotNone(decide(None, {"a": 4.0, "b": 5.0}, [both], {}))
        self.assertIsNone(decide(None, {"a": 5.0, "b": 5.0}, [both], {}))

    def test_unknown_comparison_is_told(self):
        odd = Rule(14, frozenset(), STEADY, (Condition("a", "~", 5.0),))
        with self.assertRaises(LifecycleError) as caught:
            decide(None, {"a": 1.0}, [odd], {})
        self.assertEqual(caught.exception.code, "lifecycle_operator")

    def test_next_contact(self):
        june = date(2026, 6, 1)
        cases = (
            (None, None, 30, None),
            (june, None, 0, None),
            (None, june, 30, date(2026, 7, 1)),
            # a talk in the stage counts, one before it does not
            (date(2026, 6, 11), june, 30, date(2026, 7, 11)),
            (date(2026, 5, 11), june, 30, date(2026, 7, 1)),
        )
        for last, since, interval, due in cases:
            with self.subTest(last=last, since=since):
                self.assertEqual(next_contact(last, since, interval), due)
