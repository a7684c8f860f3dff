"""Simulations: looks found again exactly, drafts by hand, days, limits, the past rebuilt."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.credit_hold import HoldRule, Standing, hits, verdict
from ...engine.rating.base import Inputs, Step
from ...engine.rating.policy import LimitRule
from ...engine.rating.scorecard import Band, Card, CardFactor, rate
from ...engine.simulation.compare import results, tally
from ...engine.simulation.grades import Rated, Timeline, grade_again
from ...engine.simulation.past import Applied, Limits, PastDocument, PastItem, rebuild
from ...engine.simulation.record import Recorded, dump, load
from ...engine.simulation.replay import Draft, DraftRule, is_exact, replay
from .case import EngineCase, examples

START = date(2026, 3, 2)
DAY = timedelta(days=1)
OVER = HoldRule(1, "over_limit", "approve")
LATE = HoldRule(2, "overdue", "block", days=30)
CARD = Card(
    (CardFactor("tenure", 1, (Step(24, 100), Step(12, 60))),),
    (Band(1, 80), Band(2, 50), Band(3, 0)),
)
STRICT = CARD._replace(
    factors=(CardFactor("tenure", 1, (Step(36, 100), Step(24, 60))),)
)


def look(key=1, document=None, days=0, amount=100, rules=(OVER,), passed=True, **known):
    """A look recorded under its rules, as the check of that day found it."""
    standing = Standing(**known)
    found = hits(standing, rules, amount, START + days * DAY)
    return Recorded(
        key,
        document or key,
        7,
        START + days * DAY,
        "invoice",
        amount,
        standing,
        rules=tuple(rules),
        hits=tuple(found),
        verdict=verdict(found, amount, None),
        has_passed=passed,
    )


def compare(looks, draft):
    return results([replay(one, draft) for one in looks], draft)


def tried(*rules, stays=None):
    return Draft(tuple(DraftRule(rule, ("invoice",), stays) for rule in rules))


@st.composite
def looks(draw):
    """Any look of any rules, with or without a release."""
    amounts = st.integers(-500, 2000)
    days = st.none() | st.integers(-90, 90).map(lambda n: START + n * DAY)
    limit = draw(st.none() | st.integers(0, 1500))
    standing = Standing(
        draw(amounts), draw(st.integers(0, 300)), limit, draw(amounts), 0,
        draw(st.none() | st.integers(0, 1500)), draw(days), draw(days), draw(days),
        draw(st.integers(0, 900)), draw(st.booleans()), draw(st.none() | st.integers(1, 5)),
        draw(st.integers(0, 5)), limit, draw(st.booleans()),
    )  # fmt: skip
    rules = tuple(
        HoldRule(n, trigger, action, days=draw(st.integers(0, 40)), grade_rank=3,
                 threshold_percent=draw(st.integers(50, 150)))
        for n, (trigger, action) in enumerate(draw(st.lists(st.tuples(
            st.sampled_from(("over_limit", "overdue", "limit_expired", "grade")),
            st.sampled_from(("warn", "approve", "block"))), max_size=4)))
    )  # fmt: skip
    amount, day = draw(st.integers(1, 900)), START + draw(st.integers(0, 60)) * DAY
    found = hits(standing, rules, amount, day)
    released = draw(st.none() | st.integers(0, 900))
    known = draw(st.lists(st.sampled_from(("over_limit", "overdue", "grade"))))
    held = {one.code for one in found if one.action != "warn"}
    return Recorded(
        draw(st.integers(1, 99)), 1, draw(st.integers(1, 3)), day, "invoice", amount, standing,
        released=released, known=tuple(known), rules=rules, hits=tuple(found),
        verdict=verdict(found, amount, released if held <= set(known) else None),
    )  # fmt: skip


class TestRecord(EngineCase):
    @examples()
    @given(looks())
    def test_what_is_stored_gives_the_look_and_its_verdict_again(self, one):
        bare = one._replace(
            standing=Standing(), rules=(), hits=(), known=(), released=None
        )
        again = load(bare, dump(one))
        self.assertEqual(again, one)
        self.assertTrue(is_exact(again))

    @examples()
    @given(looks())
    def test_an_empty_draft_changes_nothing(self, one):
        found = replay(one, Draft())
        self.assertEqual((found.hits, found.verdict), (one.hits, one.verdict))
        self.assertEqual(compare([one], Draft())[0].change, "same")

    @examples()
    @given(looks(), st.integers(0, 99))
    def test_lower_limits_never_hold_less(self, one, percent):
        levels = ("free", "warn", "released", "approve", "block")
        lower = replay(one, Draft(limit_percent=percent)).verdict
        self.assertGreaterEqual(levels.index(lower), levels.index(one.verdict))

    def test_what_was_tampered_with_is_not_found_again(self):
        one = look(exposure=950, allowed=1000, limit=1000)
        self.assertEqual(one.verdict, "approve")
        self.assertTrue(is_exact(one))
        self.assertFalse(is_exact(one._replace(verdict="free")))
        self.assertFalse(
            is_exact(one._replace(standing=one.standing._replace(exposure=0)))
        )


class TestDrafts(EngineCase):
    def test_a_quarter_by_hand(self):
        """Limit 1,000: held then is what goes over it; the draft blocks 30 days overdue."""
        known = {"allowed": 1000, "limit": 1000}
        due = START - 20 * DAY
        history = [
            look(1, exposure=300, **known),  # free, free
            look(2, days=5, exposure=950, passed=False, **known),  # held, free
            look(3, document=2, days=9, exposure=700, **known),  # the same, passed
            look(
                4, days=15, exposure=400, overdue=80, oldest_due=due, **known
            ),  # free, held
            look(5, days=40, exposure=400, **known),  # free, free
        ]
        compared = compare(history, tried(LATE))
        self.assertEqual(
            [(one.document, one.then, one.now, one.change) for one in compared],
            [
                (1, "free", "free", "same"),
                (2, "approve", "free", "freed"),
                (4, "free", "block", "held"),
                (5, "free", "free", "same"),
            ],
        )
        self.assertEqual([one.days_then for one in compared], [None, 4, None, None])
        self.assertEqual([one.days_now for one in compared], [None, None, 25, None])
        draft = tried(LATE)
        sums = tally([replay(one, draft) for one in history], compared)
        self.assertEqual(
            (sums.judged, sums.looks, sums.exact, sums.held_then, sums.held_now),
            (4, 5, 5, 1, 1),
        )
        self.assertEqual(
            (sums.new_held, sums.new_amount, sums.freed, sums.freed_amount),
            (1, 100, 1, 100),
        )
        self.assertEqual((sums.days_then, sums.days_now), (4, 25))

    def test_a_rule_looks_only_at_who_was_in_its_scope_that_day(self):
        one = look(exposure=950, allowed=1000, limit=1000)
        for stays, expected in (
            ({7: [(START - 9 * DAY, None)]}, "approve"),
            ({7: [(START - 9 * DAY, START - DAY)]}, "free"),
            ({7: [(START + DAY, None)]}, "free"),
            ({8: [(START, None)]}, "free"),
        ):
            self.assertEqual(replay(one, tried(OVER, stays=stays)).verdict, expected)

    def test_orders_are_left_to_rules_on_orders(self):
        one = look(exposure=950, allowed=1000, limit=1000)._replace(stage="order")
        self.assertEqual(replay(one, tried(OVER)).verdict, "free")

    def test_cover_stays_on_top_of_a_lower_limit(self):
        one = look(amount=50, exposure=850, allowed=1200, limit=1000)
        found = replay(one, Draft(limit_percent=60))
        self.assertEqual((found.standing.limit, found.standing.allowed), (600, 800))
        self.assertEqual(found.hits[0].amount, 100)

    def test_a_customer_without_a_limit_keeps_none(self):
        one = look(exposure=9000)
        self.assertIsNone(replay(one, Draft(limit_percent=10)).standing.allowed)

    def test_limits_by_grade_and_turnover(self):
        rated = Rated(1, 7, START - DAY, 5, Inputs(tenure_months=30, invoiced_amount=2400),
                      rate(CARD, Inputs(tenure_months=30)))  # fmt: skip
        timeline = Timeline(grade_again([rated], {5: CARD}))
        draft = Draft(
            limits={1: LimitRule("turnover", months=2), 2: LimitRule("none")},
            timeline=timeline,
        )
        known = {"exposure": 350, "allowed": 1000, "limit": 1000}
        good = replay(look(grade_id=1, **known), draft)
        self.assertEqual((good.standing.limit, good.verdict), (400, "approve"))
        poor = replay(look(grade_id=2, **known), draft)
        self.assertEqual(poor.standing.limit, 0)
        other = replay(look(grade_id=3, **known), draft)
        self.assertEqual(other.standing.limit, 1000)

    def test_other_grades_but_not_those_set_by_hand(self):
        rated = Rated(1, 7, START - DAY, 5, Inputs(tenure_months=30),
                      rate(CARD, Inputs(tenure_months=30)))  # fmt: skip
        timeline = Timeline(grade_again([rated], {5: CARD}, STRICT))
        rule = HoldRule(4, "grade", "block", grade_rank=2)
        draft = Draft(
            (DraftRule(rule, ("invoice",)),),
            has_grades=True,
            ranks={1: 1, 2: 2, 3: 3},
            timeline=timeline,
        )
        one = look(grade_id=1, grade_rank=1)
        self.assertEqual(replay(one, draft).verdict, "block")
        by_hand = look(grade_id=1, grade_rank=1, is_grade_set=True)
        self.assertEqual(replay(by_hand, draft).verdict, "free")


class TestGradesAgain(EngineCase):
    def test_scores_then_and_by_the_draft_by_hand(self):
        inputs = Inputs(tenure_months=26)
        rows = [
            Rated(2, 7, START, 5, inputs, rate(CARD, inputs)),
            Rated(1, 7, START - 30 * DAY, 5, Inputs(), rate(CARD, Inputs())),
        ]
        first, second = grade_again(rows, {5: CARD}, STRICT)
        self.assertEqual((first.grade_then, first.grade_now), (None, None))
        self.assertEqual((second.score_then, second.score_now), (10_000, 6_000))
        self.assertEqual((second.grade_then, second.grade_now), (1, 2))
        self.assertTrue(first.is_exact and second.is_exact)
        wrong = rows[0]._replace(rating=rate(STRICT, inputs))
        self.assertFalse(grade_again([wrong], {5: CARD})[0].is_exact)

    def test_the_last_rating_of_a_day_counts(self):
        rows = [
            Rated(n, 7, START + n * DAY, 5, Inputs(), rate(CARD, Inputs()))
            for n in (0, 4)
        ]
        timeline = Timeline(grade_again(rows, {5: CARD}))
        self.assertIsNone(timeline.on(7, START - DAY))
        self.assertIsNone(timeline.on(8, START))
        found = [timeline.on(7, START + n * DAY).key for n in (0, 3, 4, 9)]
        self.assertEqual(found, [0, 0, 4, 4])


class TestPast(EngineCase):
    @examples()
    @given(
        st.lists(
            st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(1, 500),
                      st.none() | st.integers(0, 50)),
            max_size=8,
        ),
        st.integers(0, 60),
    )  # fmt: skip
    def test_day_by_day_it_is_the_same(self, invoices, day):
        """Against a ledger that is walked through day by day."""
        items, applied = [], []
        owed = {}
        for n, (booked, terms, amount, paid) in enumerate(invoices, 1):
            due = START + (booked + terms) * DAY
            items.append(PastItem(7, n, n, START + booked * DAY, due, amount))
            if paid is not None and paid >= booked:
                when = START + paid * DAY
                items.append(PastItem(7, 100 + n, 100 + n, when, when, -amount))
                applied.append(Applied(n, when, amount))
            for at in range(61):
                is_open = booked <= at and not (
                    paid is not None and booked <= paid <= at
                )
                owed.setdefault(at, []).extend([(due, amount)] if is_open else [])
        document = PastDocument(1000, 7, START + day * DAY, 50)
        found = rebuild([document], items, applied, {})[1000]
        rows = owed.get(day, [])
        self.assertEqual(found.exposure, sum(amount for _due, amount in rows))
        self.assertEqual(found.oldest_due, min((due for due, _a in rows), default=None))
        late = [amount for due, amount in rows if due < document.day]
        self.assertEqual(found.overdue, sum(late))

    def test_limits_of_the_day(self):
        limits = Limits(900, ((START, 500), (START + 9 * DAY, 700)))
        days = (-1, 0, 8, 9)
        self.assertEqual(
            [limits.on(START + n * DAY) for n in days], [500, 700, 700, 900]
        )
        self.assertIsNone(Limits(0).on(START))
        self.assertEqual(Limits(900, ((START, 0),)).on(START - DAY), 900)
