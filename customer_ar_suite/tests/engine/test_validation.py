"""Rules on values: conditions, scope, formats that cannot hang, invoices."""

import re
import time
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.identifiers import tax_id, uscc
from ...engine.validation.base import Rule, Subject
from ...engine.validation.evaluate import judge
from ...engine.validation.invoice import INVOICE_CONDITIONS, Invoice, deviations
from ...engine.validation.pattern import PatternError, automaton, fits
from .case import EngineCase

#: pieces of patterns that mean the same to Python's own engine
PIECES = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^a]", "\\d", "[0-9a-c]", ".", "\\."]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda p: f"({'|'.join(p)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
    ),
    max_leaves=6,
)


def codes(rule, value, **scope):
    """What one rule says about one value."""
    (found,) = judge([Subject({rule.field: value}, **scope)], [rule])
    return [finding.code for finding in found]


class TestConditions(EngineCase):
    def test_each_condition(self):
        cases = [
            ({"condition": "required"}, "x", []),
            ({"condition": "required"}, "  ", ["rule_required"]),
            ({"condition": "required"}, None, ["rule_required"]),
            ({"condition": "format", "pattern": r"[A-Z]{2}-\d+"}, "HZ-7", []),
            (
                {"condition": "format", "pattern": r"[A-Z]{2}-\d+"},
                "hz-7",
                ["rule_format"],
            ),
            ({"condition": "length", "low": 3, "high": 5}, "ab", ["rule_too_short"]),
            ({"condition": "length", "low": 3, "high": 5}, " abc ", []),
            ({"condition": "length", "low": 3, "high": 5}, "abcdef", ["rule_too_long"]),
            ({"condition": "range", "low": 0.0}, -0.01, ["rule_too_low"]),
            ({"condition": "range", "low": 0.0}, 0.0, []),
            ({"condition": "range", "high": 9.0}, 9.5, ["rule_too_high"]),
            (
                {"condition": "allowed", "allowed": frozenset("AB")},
                "C",
                ["rule_not_allowed"],
            ),
            (
                {"condition": "checksum", "checksum": "iban"},
                "DE89370400440532013000",
                [],
            ),
            (
                {"condition": "checksum", "checksum": "iban"},
                "DE89370400440532013001",
                ["rule_account"],
            ),
            (
                {"condition": "checksum", "checksum": "email"},
                "a@b.com;c@d.com",
                ["rule_email"],
            ),
            ({"condition": "checksum", "checksum": "uscc"}, "91310116052958608G", []),
        ]
        for parameters, value, expected in cases:
            with self.subTest(parameters, value=value):
                self.assertEqual(codes(Rule(1, "x", **parameters), value), expected)

    def test_empty_is_judged_by_required_alone(self):
        for parameters in (
            {"condition": "format", "pattern": "a"},
            {"condition": "length", "low": 3},
            {"condition": "checksum", "checksum": "vat"},
        ):
            self.assertEqual(codes(Rule(1, "x", **parameters), ""), [], parameters)

    def test_tax_id_by_country_and_person(self):
        rule = Rule(1, "vat", "checksum", checksum="vat")
        self.assertEqual(
            codes(rule, "91310116052958608H", country="CN"), ["rule_tax_id"]
        )
        self.assertEqual(
            codes(rule, "9131O116052958608G", country="CN"), ["rule_tax_id_meant"]
        )
        # no country, no scheme, "none": doubt is no fault
        for value, country in (("1234", ""), ("1234", "AF"), ("/", "CN")):
            self.assertEqual(codes(rule, value, country=country), [])
        # the identity number of a person
        person = "11010519491231002X"
        self.assertEqual(codes(rule, person, country="CN", is_company=False), [])
        self.assertEqual(codes(rule, person, country="CN"), ["rule_tax_id"])

    def test_phone_by_country(self):
        rule = Rule(1, "phone", "checksum", checksum="phone")
        self.assertEqual(codes(rule, "010-62345678", country="CN"), [])
        self.assertEqual(codes(rule, "12", country="CN"), ["rule_phone"])

    def test_scope(self):
        rule = Rule(
            1, "x", "required", party="company", countries=frozenset(("CN",)),
            categories=frozenset((7,)),
        )  # fmt: skip
        inside = {"country": "CN", "is_company": True, "categories": frozenset((3, 7))}
        self.assertEqual(codes(rule, "", **inside), ["rule_required"])
        for outside in (
            {"country": "DE"},
            {"is_company": False},
            {"categories": frozenset((3,))},
        ):
            self.assertEqual(codes(rule, "", **inside | outside), [], outside)

    def test_only_the_fields_asked_for(self):
        rules = [Rule(1, "a", "required"), Rule(2, "b", "required")]
        (found,) = judge([Subject({})], rules, {"b"})
        self.assertEqual([finding.rule_id for finding in found], [2])


class TestPatterns(EngineCase):
    @given(PIECES, st.text("ab1c.x", max_size=8))
    @settings(max_examples=25, derandomize=True, deadline=None)
    def test_same_answer_as_python_property(self, pattern, text):
        try:
            found = fits(pattern, text)
        except PatternError as error:
            self.assertEqual(error.code, "pattern_too_big")
            return
        self.assertEqual(found, bool(re.fullmatch(pattern, text)), pattern)

    def test_nothing_hangs(self):
        start = time.monotonic()
        for pattern in (
            "(a+)+b",
            "(a|a)*b",
            "(a|aa)+b",
            r"(\w*)*x",
            ".*.*.*.*.*.*=",
            "(a?){30}a{30}b",
        ):
            self.assertFalse(fits(pattern, "a" * 500), pattern)
        self.assertLess(time.monotonic() - start, 3)

    def test_refused_by_name(self):
        for pattern, code in (
            (r"(a)\1", "pattern_refused"),
            ("(?=a)a", "pattern_refused"),
            ("(?P<x>a)", "pattern_refused"),
            ("a$b", "pattern_refused"),
            ("(a{500}){500}", "pattern_too_big"),
            ("a{9999}", "pattern_wrong"),
            ("(" * 200, "pattern_too_big"),
            ("a" * 301, "pattern_too_big"),
            ("(a", "pattern_wrong"),
            ("a)", "pattern_wrong"),
            ("[a", "pattern_wrong"),
            ("*a", "pattern_wrong"),
            ("a**", "pattern_wrong"),
            ("a{2", "pattern_wrong"),
            ("a{3,2}", "pattern_wrong"),
            ("[b-a]", "pattern_wrong"),
            ("a\\", "pattern_wrong"),
        ):
            with self.subTest(pattern), self.assertRaises(PatternError) as caught:
                automaton(pattern)
            self.assertEqual(caught.exception.code, code, pattern)

    @given(st.text(max_size=40))
    @settings(max_examples=25, derandomize=True)
    def test_any_text_is_a_pattern_or_refused_property(self, pattern):
        try:
            fits(pattern, "some text")
        except PatternError:
            pass

    def test_signs_of_the_whole_value_may_be_written(self):
        self.assertTrue(fits(r"^\d{6}$", "200030"))
        self.assertFalse(fits(r"^\d{6}$", "2000301"))
        self.assertTrue(fits(r"US\$", "US$"))


class TestInvoices(EngineCase):
    def fault(self, code, invoice, limit=5.0):
        found = INVOICE_CONDITIONS.get(code).fault(invoice, limit)
        return found and found[0]

    def test_due_date(self):
        day = date(2026, 5, 4)
        defaults = frozenset((day,))
        for invoice, expected in (
            (Invoice(default_dates=defaults, due_date=day), "invoice_no_due_date"),
            (Invoice(default_dates=defaults), "invoice_no_due_date"),
            (Invoice(default_dates=defaults, due_date=date(2026, 6, 4)), None),
            (Invoice(default_dates=defaults, due_date=day, has_term=True), None),
        ):
            self.assertEqual(self.fault("due_date", invoice), expected)

    def test_amount_beside_the_others(self):
        usual = [100_00, 110_00, 95_00, 105_00, 102_00, 98_00, 104_00, 101_00]
        # median 101.50; the floor of a tenth, 10.15, is above 1.4826 × MAD 3.50 = 5.19
        self.assertAlmostEqual(deviations(152_25, usual), 5.0)
        self.assertIsNone(self.fault("amount", Invoice(152_25, history=usual)))
        self.assertEqual(
            self.fault("amount", Invoice(153_00, history=usual)),
            "invoice_amount_unusual",
        )
        # one wild invoice of the past changes next to nothing
        self.assertLess(deviations(120_00, [*usual, 99_999_00]), 5)
        # too few to say
        self.assertIsNone(self.fault("amount", Invoice(9_999_00, history=usual[:7])))


class TestSlips(EngineCase):
    CODE = "91310116052958608G"

    def brute(self, wrong):
        """All strings of the alphabet at one edit, tried one by one."""
        found = set()
        for i in range(18):
            for char in uscc.ALPHABET:
                found.add(wrong[:i] + char + wrong[i + 1 :])
            if i < 17:
                found.add(wrong[:i] + wrong[i + 1] + wrong[i] + wrong[i + 2 :])
        found.discard(wrong)
        return {c for c in found if uscc.is_valid(c) and not uscc.doubt(c)}

    @given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYOISZV"))
    @settings(max_examples=25, derandomize=True, deadline=None)
    def test_every_substitution_lists_the_code_property(self, position, char):
        wrong = self.CODE[:position] + char + self.CODE[position + 1 :]
        if wrong == self.CODE:
            return
        found = uscc.slips(wrong)
        self.assertEqual(set(found), self.brute(wrong))
        self.assertIn(self.CODE, found)
        self.assertIn(uscc.one_slip(wrong), ("", self.CODE))

    def test_transpositions(self):
        for i in range(17):
            swapped = list(self.CODE)
            swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
            wrong = "".join(swapped)
            if wrong != self.CODE:
                self.assertIn(self.CODE, uscc.slips(wrong), wrong)

    def test_nothing_to_propose(self):
        for text in ("", "1234", self.CODE, "X" * 18):
            self.assertEqual(uscc.slips(text), ())

    def test_parts(self):
        self.assertEqual(
            uscc.describe("91340600MA2PBM9HXD")[:4], ("9", "1", "安徽省", "淮北市")
        )
        self.assertEqual(uscc.doubt("91310116052958608G"), "")

    def test_normal_form(self):
        self.assertEqual(tax_id.normal("de 136.695.976", "DE"), "DE136695976")
        self.assertEqual(tax_id.normal("BE 456.973.433", "BE"), "BE0456973433")
