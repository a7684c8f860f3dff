"""Late payments: nothing is known too early, and paying late never looks better."""

import math
import random
from datetime import date, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from ...engine.prediction.base import Invoice
from ...engine.prediction.features import FEATURES, Clock, walk
from ...engine.prediction.habits import Days, Habit, Slot
from ...engine.prediction.logistic import Logistic, fit
from ...engine.prediction.model import forecast, forecasts, learn
from ...engine.prediction.quality import (
    Quality,
    auc,
    back_test,
    calibration_error,
    trials,
)
from .case import EngineCase

DAY = date(2025, 1, 1)


@cache
def company(seed=7, months=15, customers=10):
    """Customers with habits of their own: some pay early, some late, on certain weekdays."""
    dice = random.Random(seed)
    habits = {
        c: (dice.choice((-4, -1, 3, 9, 20)), dice.randint(0, 4))
        for c in range(customers)
    }
    found = []
    for key in range(months * 60):
        customer = dice.randrange(customers)
        issued = DAY + timedelta(days=dice.randrange(months * 30))
        due = issued + timedelta(days=30)
        delay, weekday = habits[customer]
        paid = due + timedelta(days=delay + dice.randint(-2, 2))
        paid += timedelta(days=(weekday - paid.weekday()) % 7)
        found.append(
            Invoice(key, customer, issued, due, dice.randint(1, 900) * 1000, paid)
        )
    return found


@cache
def walked():
    """The same as each invoice looked on its day."""
    return list(walk(company()))


def plain(*weights):
    """A model that only looks at what is named."""
    zeros = tuple(0.0 for _name in FEATURES)
    return Logistic(-0.5, weights or zeros, zeros, tuple(1.0 for _name in FEATURES))


class TestNoLookAhead(EngineCase):
    def test_later_payments_change_nothing_earlier(self):
        invoices = company()
        moment = DAY + timedelta(days=300)
        before = {
            s.invoice.key: s for s in walk(invoices) if s.invoice.invoiced <= moment
        }
        # whatever is paid from that day on is paid much later instead
        changed = [
            one._replace(cleared=None)
            if one.cleared >= moment and one.due >= moment
            else one
            for one in invoices
        ]
        after = {
            s.invoice.key: s for s in walk(changed) if s.invoice.invoiced <= moment
        }
        self.assertEqual(len(before), len(after))
        for key, seen in before.items():
            self.assertEqual(seen.features, after[key].features)
            self.assertEqual(seen.days, after[key].days)
            self.assertEqual(seen.facts, after[key].facts)

    def test_a_payment_counts_from_the_next_day_on(self):
        first = Invoice(1, 1, DAY, DAY + timedelta(20), 100_00, DAY + timedelta(9))
        for days, weight in ((9, 0), (10, 1)):
            book = Clock([first]).book_of(DAY + timedelta(days))
            other = Invoice(
                2, 1, DAY + timedelta(days), DAY + timedelta(days + 20), 100_00
            )
            self.assertEqual(sum(book.see(other).days.weights) > 0, bool(weight))

    def test_an_invoice_is_late_from_the_day_after_it_was_due(self):
        first = Invoice(1, 1, DAY, DAY + timedelta(10), 100_00)
        for days, counted in ((10, 0), (11, 1)):
            facts = (
                Clock([first])
                .book_of(DAY + timedelta(days))
                .see(Invoice(2, 1, DAY + timedelta(days), DAY + timedelta(40), 100_00))
                .facts
            )
            self.assertEqual((facts.counted, facts.late), (counted, counted))
            self.assertEqual(facts.overdue_count, counted)

    def test_paid_before_it_was_issued_is_not_open_for_ever(self):
        first = Invoice(1, 1, DAY + timedelta(5), DAY + timedelta(35), 100_00, DAY)
        day = DAY + timedelta(60)
        book = Clock([first]).book_of(day)
        self.assertEqual(book.see(Invoice(2, 1, day, day, 1)).facts.open_count, 0)

    def test_the_back_test_learns_only_from_the_past(self):
        invoices = company()
        first = DAY + timedelta(days=365)
        found = {one.invoice.key: one for one in trials(walked(), first)}
        month = min(one.invoice.invoiced for one in found.values()).replace(day=1)
        known = [one for one in invoices if one.invoiced < month + timedelta(days=28)]
        again = {one.invoice.key: one for one in trials(list(walk(known)), first)}
        for key, one in again.items():
            if one.invoice.invoiced < month + timedelta(days=28):
                self.assertEqual(one, found[key])


class TestForecast(EngineCase):
    def setUp(self):
        self.days = Days((-3, 1, 10), (5.0, 3.0, 2.0))
        self.invoice = Invoice(1, 1, DAY, DAY + timedelta(30), 100_00)

    def seen(self):
        (seen,) = walk([self.invoice])
        return seen._replace(days=self.days, features=tuple(0.0 for _name in FEATURES))

    def test_before_the_due_date(self):
        # log-odds -0.5: 37.75 % late; half were: 56 % of the weight is three days early,
        # the middle fifth from there to one day late: (-3 - 3 + 1) / 3
        found = forecast(self.seen(), plain(), DAY)
        self.assertAlmostEqual(found.probability, 1 / (1 + math.exp(0.5)), places=9)
        self.assertEqual(found.expected, self.invoice.due - timedelta(2))
        self.assertEqual(found.late, self.invoice.due + timedelta(10))

    def test_days_that_passed_raise_it(self):
        # two days before it is due the early ones have not paid: nobody on time is left
        found = forecast(self.seen(), plain(), self.invoice.due - timedelta(2))
        self.assertEqual(found.probability, 1.0)
        self.assertEqual(found.expected, self.invoice.due + timedelta(1))

    def test_what_is_overdue_is_late_and_expected_in_the_future(self):
        for passed in (1, 5, 12, 400):
            today = self.invoice.due + timedelta(passed)
            found = forecast(self.seen(), plain(), today)
            self.assertEqual(found.probability, 1.0)
            self.assertGreaterEqual(found.expected, today)
            self.assertEqual([one.code for one in found.reasons], ["already_late"])
            self.assertEqual(found.reasons[0].params, {"days": passed})

    def test_reasons_are_facts_of_the_customer(self):
        invoices = company(customers=3)
        day = DAY + timedelta(days=500)
        known = [one for one in invoices if one.invoiced < day]
        model = learn(list(walk(known)), day)
        opened = [
            Invoice(9_000 + c, c, day, day + timedelta(30), 500_000) for c in range(3)
        ]
        for found, one in zip(
            forecasts(known, opened, model, day), opened, strict=True
        ):
            due = [i for i in known if i.customer == one.customer and i.due < day]
            due.sort(key=lambda i: (i.due, i.key))
            late = sum(i.cleared > i.due for i in due[-12:])
            told = {reason.code: reason.params for reason in found.reasons}
            self.assertTrue(told)
            if "latest" in told:
                self.assertEqual(told["latest"], {"late": late, "count": 12})

    def test_bounds_are_in_order(self):
        invoices = company()
        day = DAY + timedelta(days=400)
        known = [one for one in invoices if one.invoiced < day]
        model = learn(list(walk(known)), day)
        opened = [one._replace(cleared=None) for one in known if one.cleared >= day]
        history = [one for one in known if one.cleared < day]
        found = list(forecasts(history, opened, model, day))
        self.assertEqual([one.key for one in found], [one.key for one in opened])
        for one in found:
            self.assertTrue(one.early <= one.expected <= one.late)
            self.assertTrue(0 <= one.probability <= 1)
            self.assertGreaterEqual(one.early, day - timedelta(1))


class TestLearning(EngineCase):
    def test_paying_later_never_lowers_the_probability(self):
        model = learn(walked(), DAY + timedelta(days=560))
        for name, weight, rising in zip(
            FEATURES, model.weights, FEATURES.values(), strict=True
        ):
            if rising:
                self.assertGreaterEqual(weight, 0.0, name)

    def test_too_little_or_all_alike_teaches_nothing(self):
        seen = walked()
        self.assertIsNone(learn(seen[:50], DAY + timedelta(days=900)))
        alike = [one._replace(cleared=one.due) for one in company()]
        self.assertIsNone(learn(list(walk(alike)), DAY + timedelta(days=900)))

    def test_newton_reaches_the_optimum(self):
        # at the optimum the gradient of the penalised likelihood is zero
        dice = random.Random(3)
        rows = [(dice.gauss(0, 1), dice.gauss(5, 3)) for _ in range(300)]
        labels = [dice.random() < 1 / (1 + math.exp(-a + 0.2 * b)) for a, b in rows]
        model = fit(rows, labels)
        for place in range(2):
            pull = sum(
                (label - model.probability(row))
                * (row[place] - model.means[place])
                / model.spreads[place]
                for row, label in zip(rows, labels, strict=True)
            )
            self.assertAlmostEqual(pull, model.weights[place], places=3)

    def test_a_figure_of_the_wrong_sign_is_left_out(self):
        rows = [(float(n % 7), float(n % 3)) for n in range(200)]
        labels = [n % 7 < 3 for n in range(200)]
        self.assertLess(fit(rows, labels).weights[0], 0)
        self.assertEqual(fit(rows, labels, rising=(True, False)).weights[0], 0.0)

    def test_a_figure_that_is_the_same_for_all(self):
        model = fit([(3.0, n / 9) for n in range(10)], [n > 4 for n in range(10)])
        self.assertAlmostEqual(model.weights[0], 0.0)

    @given(st.lists(st.tuples(st.integers(-30, 60), st.integers(0, 6)), min_size=1))
    def test_habits_lie_within_what_was_seen(self, payments):
        habit = Habit(90.0)
        for number, (days, weekday) in enumerate(payments):
            habit.count(Slot(weekday, 30), days, 738_000 + number)
        found = habit.days(Slot(payments[0][1], 30), 738_000 + len(payments))
        self.assertTrue(min(found.days) <= found.median() <= max(found.days))
        self.assertTrue(found.quantile(0.4) <= found.middle() <= found.quantile(0.6))
        self.assertEqual(set(found.days), {days for days, _weekday in payments})


class TestQuality(EngineCase):
    @given(
        st.lists(
            st.tuples(st.sampled_from((0.1, 0.4, 0.4, 0.8)), st.booleans()), min_size=2
        )
    )
    def test_auc_counts_pairs(self, pairs):
        late = [chance for chance, label in pairs if label]
        fine = [chance for chance, label in pairs if not label]
        expected = (
            sum((a > b) + (a == b) / 2 for a in late for b in fine)
            / (len(late) * len(fine))
            if late and fine
            else 0.5
        )
        self.assertAlmostEqual(auc(*zip(*pairs, strict=True)), expected)

    def test_calibration_by_hand(self):
        # 0.2 twice, one late: 0.5 - 0.2 = 0.3 off; 0.9 twice, both late: 0.1 off
        found = calibration_error([0.2, 0.2, 0.9, 0.9], [True, False, True, True])
        self.assertAlmostEqual(found, 0.2)

    def test_habits_are_found_and_used(self):
        found = back_test(company(), DAY + timedelta(days=365))
        self.assertTrue(found.is_better)
        self.assertLess(found.days, found.due_days)

    def test_dice_are_not_foretold(self):
        dice = random.Random(5)
        invoices = [
            one._replace(cleared=one.due + timedelta(days=dice.randint(-15, 15)))
            for one in company()
        ]
        found = back_test(invoices, DAY + timedelta(days=365))
        self.assertGreater(found.count, 100)
        self.assertLess(found.auc, 0.6)

    def test_nothing_to_judge(self):
        self.assertEqual(back_test([], DAY), Quality())
        self.assertFalse(Quality().is_better)
