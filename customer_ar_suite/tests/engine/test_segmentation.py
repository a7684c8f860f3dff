"""Rules of categories: an evaluator written a second way agrees on random data."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import UnknownCode
from ...engine.segmentation import (
    Condition,
    Held,
    Move,
    Rule,
    Wanted,
    borders,
    diff,
    evaluate,
    findings,
    holds,
)
from .case import EngineCase, examples

CUSTOMERS = range(1, 13)
OPERATORS = (
    "at_least", "more_than", "at_most", "less_than", "top", "bottom", "known", "unknown",
)  # fmt: skip

values = st.dictionaries(st.sampled_from(CUSTOMERS), st.integers(-3, 5))
conditions = st.builds(
    Condition,
    st.sampled_from(["a", "b"]),
    st.sampled_from(OPERATORS),
    st.one_of(st.integers(-3, 5), st.sampled_from([1, 1000, 2000, 5000, 10_000])),
    st.sampled_from([None, 0]),
)


@st.composite
def rule_lists(draw):
    found = []
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.one_of(st.none(), st.frozensets(st.sampled_from(CUSTOMERS))))
        found.append(
            Rule(
                number + 1,
                100 + number,
                members,
                tuple(draw(st.lists(conditions, max_size=2))),
            )
        )
    return found


def plain(rules, customers, figures):
    """Customer by customer, rule by rule, straight from the definition."""
    result = {}
    for customer in customers:
        for rule in rules:
            if all(
                _meets(one, rule, customer, customers, figures)
                for one in rule.conditions
            ) and (rule.members is None or customer in rule.members):
                result[customer] = rule.category_id
                break
    return result


def _meets(condition, rule, customer, customers, figures):
    known = figures[condition.figure]
    if condition.operator == "known":
        return customer in known
    if condition.operator == "unknown":
        return customer not in known
    if condition.operator in ("top", "bottom"):
        if customer not in known:
            return False
        crowd = [
            known[other]
            for other in customers
            if other in known and (rule.members is None or other in rule.members)
        ]
        sign = 1 if condition.operator == "top" else -1
        better = sum(1 for value in crowd if sign * value > sign * known[customer])
        return better * 10_000 < max(condition.bound, 0) * len(crowd)
    value = known.get(customer, condition.missing)
    if value is None:
        return False
    return {
        "at_least": value >= condition.bound,
        "more_than": value > condition.bound,
        "at_most": value <= condition.bound,
        "less_than": value < condition.bound,
    }[condition.operator]


class TestSegmentation(EngineCase):
    @examples()
    @given(rules=rule_lists(), a=values, b=values)
    def test_a_second_evaluator_agrees(self, rules, a, b):
        shares = [
            one
            for rule in rules
            for one in rule.conditions
            if one.operator in ("top", "bottom")
        ]
        if any(one.bound < 0 for one in shares):
            return
        # customers without rights to be classified do not count for shares
        customers = set(CUSTOMERS) - {12}
        figures = {"a": a, "b": b}
        found = evaluate(rules, customers, figures)
        self.assertEqual(
            {customer: one.category_id for customer, one in found.items()},
            plain(rules, customers, figures),
        )
        # and the evidence of each says why
        by_id = {rule.id: rule for rule in rules}
        for customer, one in found.items():
            rule = by_id[one.rule_id]
            members = rule.members
            self.assertTrue(members is None or customer in members)
            limits = borders(rule, customers, figures)
            for finding in findings(rule, limits, customer, figures):
                self.assertTrue(finding.holds)

    def test_best_fifth_of_ten_with_ties(self):
        rule = Rule(1, 7, None, (Condition("a", "top", 2000),))
        sold = dict(enumerate([90, 80, 80, 80, 50, 40, 30, 20, 10, 5], start=1))
        # two of ten are the best fifth; the second place is shared by three
        self.assertEqual(sorted(evaluate([rule], sold, {"a": sold})), [1, 2, 3, 4])
        self.assertEqual(borders(rule, sold, {"a": sold}), [80])
        # customers without the figure neither count nor win
        crowd = [*sold, 11, 12, 13, 14, 15]
        self.assertEqual(sorted(evaluate([rule], crowd, {"a": sold})), [1, 2, 3, 4])

    def test_deciles_are_rules_one_after_the_other(self):
        sold = {customer: customer for customer in range(1, 101)}
        rules = [
            Rule(n, n, None, (Condition("a", "top", n * 1000),)) for n in range(1, 11)
        ]
        found = evaluate(rules, sold, {"a": sold})
        for decile in range(1, 11):
            inside = [c for c, one in found.items() if one.category_id == decile]
            self.assertEqual(len(inside), 10)
        self.assertEqual(found[91].category_id, 1)
        self.assertEqual(found[90].category_id, 2)

    def test_who_moves(self):
        wanted = {
            1: Wanted(10, 5),
            2: Wanted(10, 5),
            3: Wanted(10, 5),
            4: Wanted(10, 5),
        }
        current = {
            2: Held(10, "rule", False),
            3: Held(11, "rule", False),
            4: Held(11, "manual", True),
            5: Held(11, "rule", False),
            6: Held(11, "manual", True),
            7: Held(11, "mirror", False),
        }
        crowd = range(1, 8)
        ruled = [
            Move(1, None, 10, 5),
            Move(3, 11, 10, 5),
            Move(5, 11, None, None),
        ]
        self.assertEqual(diff(current, wanted, crowd, people_win=True), ruled)
        # where rules alone decide, a choice by hand gives way to a rule that says otherwise
        taken = Move(4, 11, 10, 5)
        self.assertEqual(
            diff(current, wanted, crowd, people_win=False),
            sorted([*ruled, taken], key=lambda move: move.partner_id),
        )

    def test_unknown_operator_is_an_error(self):
        with self.assertRaises(UnknownCode):
            holds(Condition("a", "near"), 1, 1)
