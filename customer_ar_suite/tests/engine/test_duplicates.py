"""Duplicates: what makes two records one customer, whatever the order they come in."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ...engine.duplicates.bound import Bound
from ...engine.duplicates.chinese import likeness, parse
from ...engine.duplicates.cluster import clusters
from ...engine.duplicates.identity import Customer, identity
from ...engine.duplicates.keys import (
    COMMON,
    is_strong,
    keys,
    pairs_that_share,
    tax_keys,
)
from ...engine.duplicates.packed import packed, unpacked
from ...engine.duplicates.score import (
    LEVELS,
    REACH_LIMIT,
    THRESHOLD,
    compare,
    default_points,
    may_be_exact,
)
from ...engine.similar import counter, own_slips
from .case import EngineCase, examples

POINTS = default_points()

NAMES = st.sampled_from(
    [
        "Acme Trading Ltd", "ACME Trading Limited", "Acme Tradng", "Müller GmbH & Co. KG",
        "Mueller KG", "上海华信科技有限公司", "上海市華信科技有限公司", "北京华信科技有限公司",
        "Fund 1 LP", "Fund 2 LP", "John Smith", "Smith, John", "", "   ", "有限公司", "???",
    ]
)  # fmt: skip
CUSTOMERS = st.builds(
    Customer,
    key=st.integers(1, 10**6),
    name=NAMES | st.text(max_size=25),
    tax_ids=st.lists(
        st.sampled_from(["NL123456789B01", "123456789B01", "91310000MA1FL0000X"]),
        max_size=2,
    ).map(tuple),
    code=st.sampled_from(["", "C-001", "c001", "C002"]),
    accounts=st.sampled_from([(), ("NL91ABNA0417164300",), ("1234567",)]),
    phones=st.sampled_from([(), ("+31 20 555 1234",), ("020-5551234",), ("5551235",)]),
    emails=st.sampled_from([(), ("a@acme.com",), ("b@acme.com",), ("a@gmail.com",)]),
    street=st.sampled_from(
        ["", "12 Main Street", "12 Main St.", "14 Main St", "中山路1号"]
    ),
    city=st.sampled_from(["", "Delft", "Deltf", "上海"]),
    zip=st.sampled_from(["", "2600 AA", "2600AA", "2600 AB"]),
    state=st.sampled_from(["", "ZH", "SH"]),
    country=st.sampled_from(["", "NL", "CN"]),
    born=st.sampled_from(["", "1990-01-02", "1990-02-01"]),
)

NUMBERED = CUSTOMERS | st.builds(
    lambda customer, words: customer._replace(name=" ".join(words)),
    CUSTOMERS,
    st.lists(
        st.sampled_from(
            [
                "Fund",
                "1",
                "2",
                "12",
                "21",
                "Kestrel",
                "Kestrl",
                "K",
                "2nd",
                "Bank",
                "Ltd",
            ]
        ),
        min_size=1,
        max_size=5,
    ),
)
#: points as a company may set them
OTHER_POINTS = st.fixed_dictionaries(
    {code: st.floats(-25, 25).map(lambda points: round(points, 1)) for code in LEVELS}
)


def score(one, other):
    return compare(
        identity(one._replace(key=1)), identity(other._replace(key=2)), POINTS
    )


class TestScore(EngineCase):
    def same(self, one, other):
        found = score(Customer(1, one), Customer(2, other)).score
        self.assertGreaterEqual(found, THRESHOLD, (one, other))

    def different(self, one, other):
        found = score(Customer(1, one), Customer(2, other)).score
        self.assertLess(found, THRESHOLD, (one, other))

    def test_names_that_are_one(self):
        for one, other in (
            ("Royal Dutch Dairy B.V.", "royal dutch dairy bv"),
            ("Kestrel Optics Ltd", "Kestrel Optics Limited"),
            ("Open Joint Stock Company Severny", "OAO Severny"),
            ("Kristensen & Sønner AS", "Kristensen Sonner"),
            ("Brightwater Logistics", "Brigthwater Logistics"),
            ("PolarStern Shipping", "Polar Stern Shipping"),
            ("上海明远贸易有限公司", "上海市明遠貿易有限責任公司"),
            ("明远贸易（上海）有限公司", "上海明远贸易有限公司"),
            ("中国交通银行南京分行", "中国交通银行股份有限公司南京分行"),
        ):
            self.same(one, other)

    def test_names_that_are_two(self):
        for one, other in (
            ("Riverside Fund 1", "Riverside Fund 2"),
            ("Amber Steel 104 Ltd", "Amber Steel 105 Ltd"),
            ("Saxon Bank AG", "Saxon Bank GmbH"),
            ("Northern Oil Company", "Northern Gas Company"),
            ("上海明远贸易有限公司", "上海远明贸易有限公司"),
            ("上海明远贸易有限公司", "北京明远贸易有限公司"),
            ("上海明远贸易有限公司", "上海明远科技有限公司"),
            ("江苏银行股份有限公司", "南京银行股份有限公司"),
        ):
            self.different(one, other)

    def test_a_tax_id_outweighs_every_name(self):
        found = score(
            Customer(1, "Alpha", ("NL 123456789 B01",), country="NL"),
            Customer(2, "Omega", ("123456789B01",), country="NL"),
        )
        self.assertGreaterEqual(found.score, THRESHOLD)
        self.assertTrue(found.is_exact)

    def test_sharing_a_house_does_not_make_one_customer(self):
        shared = {
            "phones": ("020 555 1234",),
            "emails": ("info@plaza.com",),
            "street": "12 Main Street",
            "zip": "2600",
            "city": "Delft",
        }
        found = score(
            Customer(1, "Baker Dental", **shared), Customer(2, "Ocean Travel", **shared)
        )
        reach = sum(r.points for r in found.reasons if LEVELS[r.code].field != "name")
        # by hand: 8 + 10 + 7 + 2.5 + 1.5 = 29 points, of which 13 count
        self.assertEqual(reach, 29)
        self.assertEqual(REACH_LIMIT, 13)

    def test_score_by_hand(self):
        # 10 (name) + 8 (telephone) - 4.5 (even) = 13.5; 100 / (1 + 2 ** -6.75) = 99.1
        found = score(
            Customer(1, "Kestrel Optics", phones=("020-5551234",)),
            Customer(2, "Kestrel Optics", phones=("+31 20 5551234",)),
        )
        self.assertEqual([r.code for r in found.reasons], ["name_same", "phone_same"])
        self.assertEqual(found.score, 99.1)

    def test_what_is_hidden_does_not_count(self):
        one = Customer(1, "Kestrel Optics", phones=("020-5551234",))
        other = Customer(2, "Kestrel Optics", phones=("020-5551234",))
        pair = identity(one), identity(other)
        self.assertEqual(
            compare(*pair, POINTS, frozenset({"phone"})),
            score(Customer(1, "Kestrel Optics"), Customer(2, "Kestrel Optics")),
        )

    def test_reason_shows_each_side_its_value(self):
        one, other = Customer(7, "Kestrel Optic"), Customer(3, "Kestrel Optics")
        (reason,) = compare(identity(one), identity(other), POINTS).reasons
        self.assertEqual(
            (reason.one, reason.other), ("kestrel optic", "kestrel optics")
        )

    @examples(100)
    @given(CUSTOMERS, CUSTOMERS)
    def test_symmetric_property(self, one, other):
        first, second = identity(one._replace(key=1)), identity(other._replace(key=2))
        found, turned = compare(first, second, POINTS), compare(second, first, POINTS)
        self.assertEqual(found.score, turned.score)
        self.assertEqual(
            [(r.code, r.points, r.one, r.other) for r in found.reasons],
            [(r.code, r.points, r.other, r.one) for r in turned.reasons],
        )
        # the keys of the records decide nothing
        swapped = compare(first._replace(key=9), second, POINTS)
        self.assertEqual(found.score, swapped.score)

    @examples(50)
    @given(CUSTOMERS)
    def test_packed_and_back_property(self, one):
        form = identity(one)
        self.assertEqual(unpacked(packed(form)), form)

    @examples(50)
    @given(CUSTOMERS)
    def test_itself_is_never_against_it_property(self, one):
        found = score(one, one)
        self.assertFalse([r for r in found.reasons if r.points < 0])


class TestBound(EngineCase):
    @examples(300)
    @given(
        NUMBERED,
        NUMBERED,
        st.just(POINTS) | OTHER_POINTS,
        st.floats(0.1, 99.9).map(lambda threshold: round(threshold, 1)),
        st.sets(st.sampled_from(sorted({level.field for level in LEVELS.values()}))),
    )
    def test_what_is_left_out_is_below_the_threshold_property(
        self, one, other, points, threshold, hidden
    ):
        pair = identity(one._replace(key=1)), identity(other._replace(key=2))
        hidden = frozenset(hidden)
        bound = Bound(points, threshold, hidden)
        found = compare(*pair, points, hidden)
        if not bound.may_reach(*pair):
            self.assertLess(found.score, threshold)
            self.assertFalse(found.is_exact)
            self.assertFalse(bound.may_reach(*pair[::-1]))
        if found.is_exact:
            self.assertTrue(may_be_exact(*pair, hidden))

    def test_most_of_a_series_is_not_worth_a_comparison(self):
        # given: customers of one town told apart by their number alone
        series = [
            identity(
                Customer(
                    number,
                    f"Kestrel Optics {number} Ltd",
                    phones=(f"+31 20 555 {number:04d}",),
                    emails=(f"shop{number}@kestrel.example",),
                    street=f"{number} Main Street",
                    city="Delft",
                )
            )
            for number in range(10, 30)
        ]
        bound = Bound(POINTS, THRESHOLD)
        # when, then
        worth = [
            (one.key, other.key)
            for one, other in combinations(series, 2)
            if bound.may_reach(one, other)
        ]
        self.assertEqual(worth, [])
        self.assertTrue(bound.may_reach(series[0], series[0]))

    def test_thresholds_at_the_ends(self):
        # given: nothing in common
        pair = identity(Customer(1, "Kestrel")), identity(Customer(2, "Harbour"))
        # then: who asks for all gets all
        self.assertTrue(Bound(POINTS, 0.0).may_reach(*pair))
        self.assertFalse(Bound(POINTS, 100.0).may_reach(*pair))


class TestKeys(EngineCase):
    @examples(50)
    @given(CUSTOMERS, st.binary(max_size=64))
    def test_equal_customers_share_keys_property(self, one, secret):
        made = keys(identity(one), secret)
        self.assertEqual(made, keys(identity(one._replace(key=5)), secret))
        self.assertTrue(all(-(2**31) <= key < 2**31 for key in made))
        self.assertTrue(tax_keys(identity(one), secret) <= made)

    def test_slips_leave_enough_keys(self):
        for one, other in (
            ("Brightwater Logistics", "Brigthwater Logistics"),
            ("Kestrel Optics Holland", "Kestrl Optics Holland"),
            ("上海明远贸易有限公司", "上海市明遠貿易有限責任公司"),
        ):
            common = keys(identity(Customer(1, one))) & keys(
                identity(Customer(2, other))
            )
            self.assertTrue(
                any(map(is_strong, common)) or len(common) > 1, (one, other)
            )

    def test_keys_that_are_too_common_bring_nobody_together(self):
        for rows, expected in ((COMMON, COMMON * (COMMON - 1) // 2), (COMMON + 1, 0)):
            keyed = dict.fromkeys(range(rows), frozenset((5,)))
            self.assertEqual(len(list(pairs_that_share(keyed))), expected)

    @examples(200)
    @given(
        st.dictionaries(
            st.integers(1, 40), st.frozensets(st.integers(-6, 6), max_size=5)
        )
    )
    def test_pairs_that_share_property(self, keyed):
        """One odd key in common, or two of any kind."""
        expected = {
            (one, other)
            for one, other in combinations(sorted(keyed), 2)
            if len(shared := keyed[one] & keyed[other]) > 1
            or any(key % 2 for key in shared)
        }
        found = list(pairs_that_share(keyed))
        self.assertEqual(set(found), expected)
        self.assertEqual(len(found), len(expected))

    def test_another_secret_makes_other_keys(self):
        one = identity(Customer(1, "Kestrel Optics", ("NL123456789B01",)))
        self.assertFalse(keys(one, b"a") & keys(one, b"b"))


class TestClusters(EngineCase):
    @examples(50)
    @given(st.data())
    def test_order_does_not_matter_property(self, data):
        pair = st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(
            lambda p: p[0] != p[1]
        )
        pairs = data.draw(st.lists(pair, max_size=15))
        shuffled = data.draw(st.permutations(pairs))
        turned = [(b, a) for a, b in shuffled]
        self.assertEqual(clusters(pairs), clusters(turned))
        # second algorithm: sets merged until nothing changes
        groups = [{a, b} for a, b in pairs]
        changed = True
        while changed:
            changed = False
            for one in groups:
                for other in groups:
                    if one is not other and one & other:
                        groups.remove(other)
                        one |= other
                        changed = True
                        break
                if changed:
                    break
        self.assertEqual(clusters(pairs), sorted(tuple(sorted(g)) for g in groups))


class TestSlips(EngineCase):
    @examples(100)
    @given(st.text("abcd", max_size=9), st.text("abcd", max_size=9))
    def test_without_the_library_the_same_property(self, one, other):
        self.assertEqual(own_slips(one, other), counter()(one, other))
        self.assertEqual(own_slips(one, other), own_slips(other, one))


class TestChineseNames(EngineCase):
    def test_parts(self):
        name = parse("深圳市明远供应链管理有限公司广州分公司")
        self.assertIn("深圳", name.places)
        self.assertTrue(name.is_branch)
        name = parse("（北京）明远国际贸易股份有限公司")
        self.assertEqual((name.places, name.core), (frozenset({"北京"}), "明远"))
        self.assertEqual(name.trade, "国际贸易")

    def test_branches_of_one_house_are_two(self):
        first, second = "交通银行苏州分行", "交通银行无锡分行"
        self.assertLess(likeness(parse(first), parse(second)), 0.6)
        self.assertEqual(likeness(parse(first), parse(first)), 1.0)

    def test_a_group_and_its_members_are_several(self):
        names = ("明远重工集团有限公司", "明远重工有限公司", "明远集团重工有限公司")
        for one, other in combinations(map(parse, names), 2):
            self.assertLess(likeness(one, other), 0.85)
        # a short form says nothing about it
        self.assertGreater(likeness(parse("明远重工"), parse(names[0])), 0.9)
