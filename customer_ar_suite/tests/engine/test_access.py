"""What a set of grants opens, against an oracle that asks customer by customer (INV15)."""

from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from ...engine.access import RIGHTS, Grant, explain, scope
from .case import EngineCase, examples

#: China (East (Shanghai), South), Europe — and sizes: big, small
REGIONS = {1: None, 2: 1, 3: 2, 4: 1, 5: None}
SIZES = {11: None, 12: None}
TREES = {1: REGIONS, 2: SIZES}
DAY = date(2026, 6, 30)
EVERYBODY = [
    {1: region, 2: size} for region, size in product([*REGIONS, None], [*SIZES, None])
]

days = st.sampled_from([None, date(2026, 6, 29), DAY, date(2026, 7, 1)])
rights = st.sets(st.sampled_from(RIGHTS[1:])).map(
    lambda found: frozenset({"see", *found})
)


@st.composite
def grant(draw):
    dimension_id = draw(st.sampled_from([1, 2]))
    return Grant(
        draw(st.integers(1, 99)),
        dimension_id,
        draw(st.sampled_from([None, *TREES[dimension_id]])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(rights),
        draw(st.sampled_from([None, 1, 2])),
        draw(days),
        draw(days),
    )


grants = st.lists(grant(), max_size=6)


def ancestors(category_id, tree):
    """The category and all above it, by walking up: the engine walks down."""
    while category_id is not None:
        yield category_id
        category_id = tree[category_id]


def opens(one, customer, right, day):
    """Does this grant alone open the customer for the right?"""
    category_id = customer[one.dimension_id]
    if right not in one.rights:
        return False
    if one.valid_from and day < one.valid_from or one.valid_to and day > one.valid_to:
        return False
    if category_id is None:
        return one.uncategorized
    if one.category_id is None or one.category_id == category_id:
        return True
    tree = TREES[one.dimension_id]
    return one.below and one.category_id in ancestors(category_id, tree)


def allowed(all_grants, customer, right, company_id, day):
    """The rule in plain words: in each dimension that restricts, one grant must open."""
    here = [one for one in all_grants if one.company_id in (None, company_id)]
    return all(
        any(opens(one, customer, right, day) for one in here if one.dimension_id == d)
        for d in {one.dimension_id for one in here}
    )


def within(found, customer):
    return all(
        one.uncategorized
        if customer[one.dimension_id] is None
        else customer[one.dimension_id] in one.category_ids
        for one in found
    )


class TestAccess(EngineCase):
    def seen(self, *given, right="see", company_id=None, day=DAY):
        """Regions of the customers who are open."""
        found = scope(given, TREES, (right,), company_id, day)
        return {c[1] for c in EVERYBODY if c[2] is None and within(found, c)}

    def test_without_a_grant_nothing_is_restricted(self):
        self.assertEqual(scope([], TREES, ("see",)), ())
        self.assertEqual(self.seen(), {1, 2, 3, 4, 5, None})

    def test_a_subtree_opens_with_what_is_below(self):
        self.assertEqual(self.seen(Grant(1, 1, 2)), {2, 3})
        self.assertEqual(self.seen(Grant(1, 1, 2, below=False)), {2})
        self.assertEqual(self.seen(Grant(1, 1)), {1, 2, 3, 4, 5})

    def test_grants_of_a_dimension_add_up(self):
        self.assertEqual(self.seen(Grant(1, 1, 2), Grant(2, 1, 5)), {2, 3, 5})

    def test_unclassified_customers_are_closed_unless_granted(self):
        self.assertNotIn(None, self.seen(Grant(1, 1, 1)))
        self.assertIn(None, self.seen(Grant(1, 1, 1, uncategorized=True)))

    def test_dimensions_restrict_together(self):
        found = scope([Grant(1, 1, 2), Grant(2, 2, 11)], TREES, ("see",), None, DAY)
        self.assertTrue(within(found, {1: 3, 2: 11}))
        self.assertFalse(within(found, {1: 3, 2: 12}))
        self.assertFalse(within(found, {1: 5, 2: 11}))

    def test_a_grant_that_has_run_out_still_restricts(self):
        run_out = Grant(1, 1, 2, valid_to=date(2026, 6, 29))
        self.assertEqual(self.seen(run_out), set())
        self.assertEqual(self.seen(run_out, day=None), set())

    def test_a_right_not_granted_is_closed_everywhere(self):
        see_only = Grant(1, 1, 1, rights=frozenset({"see"}))
        self.assertEqual(self.seen(see_only, right="edit"), set())
        self.assertEqual(self.seen(see_only), {1, 2, 3, 4})

    def test_grants_of_another_company_say_nothing(self):
        elsewhere = Grant(1, 1, 2, company_id=7)
        self.assertEqual(len(self.seen(elsewhere, company_id=8)), 6)
        self.assertEqual(self.seen(elsewhere, company_id=7), {2, 3})

    def test_reasons_name_what_is_missing(self):
        day_before = date(2026, 6, 29)
        cases = [
            (Grant(1, 1, 2), 3, "see", "granted"),
            (Grant(1, 1, 2), 5, "see", "elsewhere"),
            (Grant(1, 1, 2), None, "see", "uncategorized"),
            (Grant(1, 1, 2, rights=frozenset({"see"})), 2, "edit", "right"),
            (Grant(1, 1, 2, valid_to=day_before), 2, "see", "period"),
        ]
        for one, category_id, right, code in cases:
            with self.subTest(code):
                (reason,) = explain([one], TREES, {1: category_id}, right, None, DAY)
                self.assertEqual((reason.code, reason.grant_ids), (code, (1,)))

    @examples()
    @given(grants, st.sampled_from(RIGHTS), st.sampled_from([1, 2, 3]))
    def test_scope_explanation_and_oracle_agree(self, given, right, company_id):
        found = scope(given, TREES, (right,), company_id, DAY)
        for customer in EVERYBODY:
            expected = allowed(given, customer, right, company_id, DAY)
            self.assertEqual(within(found, customer), expected)
            reasons = explain(given, TREES, customer, right, company_id, DAY)
            self.assertEqual(all(reason.is_open for reason in reasons), expected)

    @examples()
    @given(grants, st.sampled_from(RIGHTS), st.sampled_from(RIGHTS))
    def test_two_rights_at_once_are_both_needed(self, given, one, other):
        both = scope(given, TREES, (one, other), 1, DAY)
        for customer in EVERYBODY:
            expected = all(allowed(given, customer, r, 1, DAY) for r in (one, other))
            self.assertEqual(within(both, customer), expected)

    @examples()
    @given(grants, grant())
    def test_no_right_goes_beyond_seeing(self, given, one):
        for right in RIGHTS:
            found = scope([*given, one], TREES, (right,), 1, DAY)
            seen = scope([*given, one], TREES, ("see",), 1, DAY)
            for customer in EVERYBODY:
                if within(found, customer):
                    self.assertTrue(within(seen, customer))
