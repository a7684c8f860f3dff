"""By which way a statement goes, and what stops it."""

import dataclasses
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.statement import dispatch as engine
from ...engine.statement.dispatch import Facts, Wish, dispatch
from ...engine.statement.matrix import Header, Party, Row, Section, StatementMatrix
from .case import EngineCase, examples

ADDRESSES = ("ap@a.example", "b@b.example")
FACTS = st.builds(
    Facts,
    emails=st.sampled_from([(), ADDRESSES[:1], ADDRESSES]),
    opted_out=st.frozensets(st.sampled_from(ADDRESSES)),
    shared=st.frozensets(st.sampled_from(ADDRESSES)),
    has_email_text=st.booleans(),
    has_address=st.booleans(),
    is_archived=st.booleans(),
    is_restricted=st.booleans(),
    has_bounced=st.booleans(),
    has_own_language=st.booleans(),
    issued_before=st.booleans(),
    is_credit=st.booleans(),
    is_cancelled=st.booleans(),
)
WISHES = st.builds(Wish, st.sampled_from(engine.CHANNELS), st.booleans())
GOOD = Facts(emails=ADDRESSES[:1], has_email_text=True, has_address=True)


class TestDispatch(EngineCase):
    def test_one_reason_after_another(self):
        for facts, wish, problem in (
            (GOOD, Wish("email"), None),
            (GOOD._replace(is_archived=True), Wish("email"), "customer_archived"),
            (GOOD._replace(is_restricted=True), Wish("post"), "customer_restricted"),
            (GOOD._replace(is_cancelled=True), Wish("email"), "is_cancelled"),
            (GOOD._replace(emails=()), Wish("email"), "email_invalid"),
            (Facts(has_address=True), Wish("email"), "email_missing"),
            (Facts(), Wish("post"), "address_missing"),
            (Facts(), Wish("email", True), "address_missing"),
            (
                GOOD._replace(opted_out=frozenset(ADDRESSES)),
                Wish("email"),
                "email_opted_out",
            ),
            (Facts(), Wish("file"), None),
            (Facts(), Wish("issue"), None),
        ):
            with self.subTest(facts=facts, wish=wish):
                found = dispatch(wish, facts).problem
                self.assertEqual(found, problem and f"statement_{problem}")

    @examples(300)
    @given(WISHES, FACTS)
    def test_what_must_never_happen(self, wish, facts):
        found = dispatch(wish, facts)
        # nobody is written to who may not, and nobody without an address
        if not found.problem:
            self.assertFalse(
                facts.is_archived or facts.is_restricted or facts.is_cancelled
            )
            if found.channel == "email":
                self.assertTrue(found.emails)
            if found.channel == "post":
                self.assertTrue(facts.has_address)
        self.assertTrue(set(found.emails) <= set(facts.emails) - facts.opted_out)
        # paper stands in for e-mail alone, and only where that was allowed
        if found.channel != wish.channel:
            self.assertEqual((wish.channel, found.channel), ("email", "post"))
            self.assertTrue(wish.or_post)
            self.assertFalse(set(facts.emails) - facts.opted_out)
        self.assertIn(found.problem, (None, *engine.PROBLEMS))
        self.assertTrue(set(found.warnings) <= set(engine.WARNINGS))

    def test_the_key_follows_the_figures_and_nothing_else(self):
        def matrix(value=100, name="A"):
            header = Header(
                "open_item", Party("Us"), Party(name), date(2026, 6, 30), "en_US", (30,)
            )
            row = Row(1, 1, value, (date(2026, 6, 1), value))
            section = Section("USD", 2, (row,), closing=value, aging=(value,))
            return StatementMatrix(header, (), (section,))

        key = engine.figures_key(matrix())
        self.assertEqual(key, engine.figures_key(matrix(name="B")))
        self.assertNotEqual(key, engine.figures_key(matrix(101)))
        later = dataclasses.replace(matrix(), sections=())
        self.assertNotEqual(key, engine.figures_key(later))
