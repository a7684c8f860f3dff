"""Roles, toxic pairs and settings, against plain second formulations."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.segregation import RULES, Pair, holdings, in_one_hand, judge
from .case import EngineCase

SETTINGS = settings(max_examples=25, derandomize=True, deadline=None, database=None)
GROUPS = range(1, 6)

some = st.frozensets(st.sampled_from(GROUPS))
users = st.dictionaries(st.integers(10, 13), some)
graphs = st.fixed_dictionaries(
    {group: some.map(lambda found, group=group: found | {group}) for group in GROUPS}
)
pairs = st.lists(
    st.builds(Pair, st.integers(1, 9), *[st.sampled_from(GROUPS)] * 2), max_size=4
)


class TestAccess(EngineCase):
    @SETTINGS
    @given(users, graphs, some)
    def test_holdings(self, given_groups, implied, roles):
        found = holdings(given_groups, implied, roles)
        keys = [(holding.user, holding.role) for holding in found]
        self.assertEqual(len(keys), len(set(keys)))
        for user, groups in given_groups.items():
            reached = {role for group in groups for role in implied[group]} & set(roles)
            mine = [holding for holding in found if holding.user == user]
            self.assertEqual({holding.role for holding in mine}, reached)
            for holding in mine:
                self.assertEqual(holding.direct, holding.role in groups)
                self.assertTrue(holding.direct or holding.through)
                for group in holding.through:
                    self.assertIn(holding.role, implied[group])

    @SETTINGS
    @given(users, pairs)
    def test_in_one_hand(self, held, rules):
        expected = sorted(
            (user, rule.rule)
            for user, groups in held.items()
            for rule in rules
            if {rule.one, rule.other} <= set(groups)
        )
        self.assertEqual(sorted(in_one_hand(held, rules)), expected)

    def test_settings(self):
        # (setting, in order, to be looked at, to be changed now); None: no such state
        table = [
            ("password_length", 12, 8, 7),
            ("default_passwords", [], None, ["admin"]),
            ("second_factor_policy", "all_required", None, ""),
            ("second_factor_missing", 0, 3, None),
            ("session_hours", 12, 24, 168),
            ("endless_keys", 0, 1, None),
            ("signup", "b2b", None, "b2c"),
            ("outsiders_with_role", 0, None, 1),
            ("idle_users", 0, 1, None),
            ("administrators", 2, 1, 0),
            ("administrators", 4, 5, None),
            ("demo_data", False, None, True),
            ("database_list", False, None, True),
            ("master_password", False, None, True),
            ("https", True, None, False),
            ("proxy_mode", True, False, None),
            ("workers", 4, 0, None),
            ("developer_mode", "", None, "reload"),
        ]
        self.assertEqual({row[0] for row in table}, set(RULES))
        for code, *values in table:
            for state, value in zip(("good", "watch", "act"), values, strict=True):
                if value is not None:
                    (finding,) = judge({code: value})
                    self.assertEqual(
                        (finding.code, finding.state, finding.value),
                        (code, state, value),
                    )

    def test_what_is_not_known_is_not_judged(self):
        self.assertEqual(judge({"colour": 1}), [])
