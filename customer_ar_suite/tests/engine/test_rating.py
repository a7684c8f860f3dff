"""Scorecards: sums that are exact, points that move one way, grades that can be explained."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import RatingError
from ...engine.external_score import Scale, Weighted, blend, normalise
from ...engine.rating.base import FACTORS, Inputs, Step
from ...engine.rating.policy import Figures, LimitRule, limit_for
from ...engine.rating.scorecard import Band, Card, CardFactor, check, lift, rate
from .case import EngineCase, examples
from .rating_histories import AS_OF, Paid, Window, figures, histories

BANDS = tuple(Band(n, start) for n, start in enumerate((90, 80, 65, 50, 35, 0), 1))
STANDARD = Card(
    tuple(CardFactor(f.code, f.weight, f.steps) for f in FACTORS if f.weight), BANDS
)
DAY = timedelta(days=1)


@st.composite
def cards(draw):
    """Any scorecard a credit manager may activate."""
    chosen = draw(st.lists(st.sampled_from([f.code for f in FACTORS]), unique=True,
                           min_size=1, max_size=8))  # fmt: skip
    factors = []
    for code in chosen:
        bounds = sorted(draw(st.sets(st.integers(-500, 900), min_size=1, max_size=5)))
        points = sorted(draw(st.lists(st.integers(0, 100), min_size=len(bounds),
                                      max_size=len(bounds))))  # fmt: skip
        if FACTORS.get(code).low_is_good:
            points.reverse()
        steps = tuple(map(Step, bounds, points))
        factors.append(CardFactor(code, draw(st.integers(1, 40)), steps))
    return Card(tuple(factors), BANDS)


def fields():
    amounts = st.none() | st.integers(0, 10**9)
    return st.builds(Inputs, **dict.fromkeys(Inputs._fields, amounts))


class TestRating(EngineCase):
    def test_by_hand(self):
        # given 1,000 due, 600 paid 10 days late, 400 not paid for 20 days
        inputs = figures(
            [Paid(AS_OF - 50 * DAY, AS_OF - 20 * DAY, 1000, ((AS_OF - 10 * DAY, 600),))]
        )
        # then on average (600 x 10 + 400 x 20) / 1000 = 14 days late, worst 20
        values = {f.code: f.value(inputs) for f in FACTORS}
        self.assertEqual(values["average_days_late"], 140)
        self.assertEqual(values["recent_days_late"], 140)
        self.assertEqual(values["worst_delay"], 200)
        self.assertEqual(values["on_time_share"], 0)
        self.assertEqual(values["overdue_share"], 4000)
        self.assertEqual(values["tenure"], 1)
        # nothing has come back
        self.assertEqual(values["returned_payments"], 0)
        for code in ("utilisation", "disputes", "broken_promises", "purchase_trend",
                     "external_score", "equity_share"):  # fmt: skip
            self.assertIsNone(values[code], code)

    def test_weights_without_data_are_spread(self):
        card = Card(
            (
                CardFactor("tenure", 30, (Step(12, 90),)),
                CardFactor("disputes", 50, (Step(0, 100),)),
                CardFactor("returned_payments", 20, (Step(0, 100), Step(1, 40))),
            ),
            BANDS,
        )
        found = rate(card, Inputs(tenure_months=12, returned_count=1))
        # (30 x 90 + 20 x 40) / 50 = 70: as if disputes were not on the card
        self.assertEqual(
            (found.score, found.grade_id, found.data_percent), (7000, 3, 50)
        )
        self.assertEqual([line.contribution for line in found.lines], [5400, 0, 1600])
        self.assertEqual(found.lines[1].value, None)
        too_little = rate(card._replace(least_percent=51), Inputs(tenure_months=12))
        self.assertEqual((too_little.score, too_little.grade_id), (None, None))

    def test_of_whom_nothing_is_known_there_is_no_score(self):
        for inputs in (Inputs(), figures([])):
            found = rate(STANDARD, inputs)
            self.assertEqual((found.score, found.grade_id), (None, None))

    @examples(25)
    @given(cards(), fields())
    def test_points_add_up_and_come_out_the_same_again(self, card, inputs):
        check(card)
        found = rate(card, inputs)
        self.assertEqual(found, rate(card, Inputs(**inputs._asdict())))
        if found.score is None:
            return
        self.assertTrue(0 <= found.score <= 10_000)
        self.assertEqual(sum(line.contribution for line in found.lines), found.score)
        for line in found.lines:
            self.assertTrue(line.contribution >= 0 or line.value is None)
        # no line is more than a hundredth away from its exact share
        known = sum(line.weight for line in found.lines if line.value is not None)
        for line in found.lines:
            if line.value is not None:
                exact = 100 * line.weight * line.points / known
                self.assertLess(abs(line.contribution - exact), 1)

    @examples(40)
    @given(cards() | st.just(STANDARD), histories(), st.data())
    def test_paying_later_never_raises_a_score(self, card, history, data):
        window = data.draw(
            st.builds(Window, st.integers(1, 24), st.integers(1, 6), st.integers(0, 10))
        )
        limit = data.draw(st.none() | st.integers(1, 10**6))
        at = data.draw(st.integers(0, len(history) - 1))
        # given one invoice paid later, in full or in part, or not at all
        paid = [
            (day + data.draw(st.integers(0, 500)) * DAY, amount)
            for day, amount in history[at].paid
            if data.draw(st.booleans())
        ]
        worse = [*history]
        worse[at] = history[at]._replace(paid=tuple(paid))
        more = {"limit_amount": limit, "company_invoiced_amount": 10**6}
        before = rate(card, figures(history, window=window, **more))
        after = rate(card, figures(worse, window=window, **more))
        self.assertEqual(before.score is None, after.score is None)
        if before.score is not None:
            self.assertLessEqual(after.score, before.score)
            self.assertEqual(before.data_percent, after.data_percent)

    @examples(25)
    @given(histories(), histories())
    def test_what_happens_later_changes_no_earlier_score(self, history, later):
        shifted = [
            one._replace(
                invoiced_on=one.invoiced_on + 921 * DAY,
                due=one.due + 921 * DAY,
                paid=tuple((day + 921 * DAY, amount) for day, amount in one.paid),
            )
            for one in later
        ]
        self.assertEqual(figures(history), figures([*history, *shifted]))

    @examples(25)
    @given(cards() | st.just(STANDARD), fields())
    def test_what_is_said_to_lift_the_grade_does(self, card, inputs):
        found = rate(card, inputs)
        for one in lift(card, found):
            lines = {line.code: line for line in found.lines}
            card_by = {factor.code: factor for factor in card.factors}
            total = known = 0
            changed = {change.code: change for change in one.changes}
            for code, line in lines.items():
                if line.value is None:
                    continue
                value = changed[code].bound if code in changed else line.value
                points = FACTORS.get(code).points(value, card_by[code].steps)
                total += line.weight * points
                known += line.weight
            self.assertAlmostEqual(one.score, 100 * total / known, delta=0.51)
            self.assertGreater(one.score, found.score)
            self.assertLess(one.grade_id, found.grade_id)

    def test_nothing_lifts_the_best(self):
        card = Card((CardFactor("tenure", 1, (Step(12, 100),)),), BANDS)
        self.assertEqual(lift(card, rate(card, Inputs(tenure_months=12))), [])
        self.assertEqual(lift(card, rate(card, Inputs())), [])

    def test_two_changes_where_one_is_not_enough(self):
        card = Card(
            (
                CardFactor("tenure", 1, (Step(12, 100),)),
                CardFactor("disputes", 1, (Step(0, 100),)),
            ),
            (Band(1, 90), Band(2, 0)),
        )
        found = lift(card, rate(card, Inputs(tenure_months=3, dispute_count=2)))
        self.assertEqual(len(found), 1)
        self.assertEqual({c.code for c in found[0].changes}, {"tenure", "disputes"})
        self.assertEqual((found[0].score, found[0].grade_id), (10_000, 1))

    def test_scorecards_that_contradict_themselves_are_refused(self):
        good = CardFactor("tenure", 5, (Step(12, 100), Step(6, 50)))
        for code, card in {
            "scorecard_no_weight": Card((good._replace(weight=0),), BANDS),
            "scorecard_factor_twice": Card((good, good), BANDS),
            "scorecard_no_steps": Card((good._replace(steps=()),), BANDS),
            "scorecard_steps_order": Card(
                (good._replace(steps=(Step(12, 50), Step(6, 60))),), BANDS
            ),
            "scorecard_points_range": Card(
                (good._replace(steps=(Step(1, 101),)),), BANDS
            ),
            "scorecard_bands": Card((good,), (Band(1, 50),)),
        }.items():
            with self.subTest(code), self.assertRaises(RatingError) as caught:
                check(card)
            self.assertEqual(caught.exception.code, code)
        check(STANDARD)

    def test_steps_of_new_scorecards_are_sound(self):
        for factor in FACTORS:
            check(Card((CardFactor(factor.code, 1, factor.steps),), BANDS))

    def test_limits_by_formula(self):
        turnover = LimitRule("turnover", months=3, percent=50, round_to=500)
        self.assertEqual(limit_for(turnover, Figures(120_000, 12)), 15_000)
        self.assertEqual(limit_for(turnover, Figures(123_456, 12)), 15_000)
        self.assertEqual(
            limit_for(turnover._replace(least=20_000), Figures(120_000, 12)), 20_000
        )
        self.assertEqual(
            limit_for(turnover._replace(most=9_000), Figures(120_000, 12)), 9_000
        )
        self.assertIsNone(limit_for(turnover, Figures(0, 12)))
        self.assertEqual(limit_for(LimitRule("none"), Figures(1, 1)), 0)
        self.assertEqual(limit_for(LimitRule("fixed", amount=7), Figures(1, 1)), 7)

    def test_foreign_scales(self):
        creditor = Scale(best=100, worst=600)
        self.assertEqual(normalise("100", creditor), 10_000)
        self.assertEqual(normalise("600", creditor), 0)
        self.assertEqual(normalise("225", creditor), 7_500)
        for text in ("99", "601", "", "abc", "1e2", "²", "nan"):
            self.assertIsNone(normalise(text, creditor), text)
        self.assertEqual(normalise("x", creditor, Decimal("350.0")), 5_000)
        words = Scale(words=(("AAA", 100), ("BB+", 55)))
        self.assertEqual(normalise(" bb+ ", words), 5_500)
        self.assertIsNone(normalise("BB", words))
        self.assertIsNone(blend([Weighted(5000, 0)]))
        self.assertEqual(blend([Weighted(9000, 1), Weighted(5001, 1)]), 7001)
