"""What the draft holds happens later: by hand, by another way, and nothing without a draft."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.credit_hold import HoldRule
from ...engine.simulation.compare import results, tally
from ...engine.simulation.course import Books, course
from ...engine.simulation.past import Applied, PastItem
from ...engine.simulation.replay import Draft, DraftRule, replay
from .case import EngineCase, examples
from .test_simulation import look, looks, tried

START = date(2026, 3, 2)
OVER = HoldRule(1, "over_limit", "approve")


def day(number):
    return START + timedelta(days=number)


def booked(*rows):
    """Books of documents (number, day, days to pay, amount, day of the payment or None)."""
    items = [PastItem(7, n, n, day(on), day(on + terms), amount)
             for n, on, terms, amount, _paid in rows]  # fmt: skip
    applied = [Applied(n, day(paid), amount)
               for n, _on, _terms, amount, paid in rows if paid is not None]  # fmt: skip
    return Books(items, applied, {n: n for n, *_rest in rows})


class TestCourse(EngineCase):
    def test_a_hold_by_hand(self):
        """Limit 1,000 then, 500 by the draft; 200 from before are paid on day 10.

        1 (400) is held, waits until day 12 and is owed until day 47 instead of 35. It takes
        the room of 3 (50) and 4 (10), which pass when it has been paid.
        """
        known = {"allowed": 1000, "limit": 1000}
        history = [
            look(1, amount=400, exposure=200, **known),
            look(2, days=5, amount=100, exposure=600, **known),
            look(3, days=12, amount=50, exposure=500, **known),
            look(4, days=40, amount=10, exposure=150, **known),
            look(5, days=50, amount=5, exposure=160, **known),
        ]
        books = booked((1, 0, 30, 400, 35), (2, 5, 90, 100, None), (3, 12, 90, 50, None),
                       (4, 40, 90, 10, None), (5, 50, 90, 5, None))  # fmt: skip
        draft = Draft(limit_percent=50)
        found = course(history, draft, books)
        self.assertEqual(
            [one.standing.exposure for one in found.outcomes], [200, 200, 500, 500, 160]
        )
        self.assertEqual(
            [one.verdict for one in found.outcomes],
            ["approve", "free", "approve", "approve", "free"],
        )
        self.assertEqual(found.held, {1: 12, 3: 38, 4: 10})
        compared = results(found.outcomes, draft, found.held)
        self.assertEqual([one.days_now for one in compared], [12, None, 38, 10, None])
        sums = tally(found.outcomes, compared)
        self.assertEqual((sums.new_amount, sums.days_now, sums.unsold), (460, 60, 0))
        alone = [replay(one, draft).verdict for one in history]
        self.assertEqual(alone, ["approve", "approve", "approve", "free", "free"])

    def test_what_is_never_free_is_not_sold_and_not_late(self):
        """1 goes over the limit for good: it never falls due, and 2 is not held for it."""
        known = {"allowed": 1000, "limit": 1000}
        late = HoldRule(2, "overdue", "block")
        rules = OVER, late
        history = [
            look(1, amount=600, rules=rules, **known),
            look(2, days=40, amount=50, rules=(OVER,), exposure=600, overdue=600,
                 oldest_due=day(30), **known),
        ]  # fmt: skip
        books = booked((1, 0, 30, 600, None), (2, 40, 30, 50, None))
        draft = Draft(tried(*rules).rules, limit_percent=50)
        found = course(history, draft, books)
        second = found.outcomes[1]
        self.assertEqual(
            (second.standing.overdue, second.standing.oldest_due), (0, None)
        )
        self.assertEqual((second.verdict, found.held), ("free", {1: None}))
        sums = tally(found.outcomes, results(found.outcomes, draft, found.held))
        self.assertEqual((sums.unsold, sums.unsold_amount), (1, 600))

    def test_what_passes_sooner_is_owed_and_paid_sooner(self):
        """Held then from day 0 to 6, paid on day 20; a draft without rules: day 14."""
        known = {"allowed": 1000, "limit": 1000}
        history = [
            look(1, amount=300, passed=False, exposure=900, **known),
            look(2, days=3, amount=9, exposure=300, drafts=300, **known),
            look(3, document=1, days=6, amount=300, exposure=0, **known),
            look(4, days=16, amount=9, exposure=300, **known),
        ]
        books = booked((1, 6, 30, 300, 20), (2, 3, 30, 9, 3), (4, 16, 30, 9, 16))
        found = course(history, Draft(()), books)
        standings = [one.standing for one in found.outcomes]
        self.assertEqual(
            [(one.exposure, one.drafts) for one in standings],
            [(900, 0), (300, 0), (0, 0), (0, 0)],
        )

    def test_the_next_oldest_item_counts_when_one_is_gone(self):
        known = {"allowed": 1000, "limit": 1000}
        history = [
            look(1, amount=600, **known),
            look(2, days=60, amount=5, exposure=640, overdue=640, oldest_due=day(30),
                 **known),
        ]  # fmt: skip
        books = booked(
            (1, 0, 30, 600, None), (9, 10, 25, 40, None), (2, 60, 30, 5, None)
        )
        found = course(history, Draft(limit_percent=50), books)
        standing = found.outcomes[1].standing
        self.assertEqual((standing.overdue, standing.oldest_due), (40, day(35)))

    def test_orders_go_on_as_they_did(self):
        known = {"allowed": 1000, "limit": 1000}
        history = [
            look(1, amount=600, **known)._replace(stage="order"),
            look(2, days=5, amount=10, exposure=600, **known),
        ]
        draft = Draft((DraftRule(OVER, ("order", "invoice")),), limit_percent=50)
        found = course(history, draft, booked((2, 5, 30, 10, None)))
        self.assertEqual(found.outcomes[1].standing.exposure, 600)

    @examples()
    @given(st.lists(looks(), max_size=8))
    def test_without_a_draft_everything_is_as_it_was(self, many):
        history = []
        for key, one in enumerate(many, 1):
            held = one.verdict in ("approve", "block")
            history.append(one._replace(key=key, document=key, has_passed=not held))
        books = booked(*((n, n, 10, 50 * n, n + 20) for n in range(1, 9)))
        found = course(history, Draft(), books)
        for outcome in found.outcomes:
            one = outcome.recorded
            self.assertEqual(
                (outcome.hits, outcome.verdict, outcome.standing),
                (one.hits, one.verdict, one.standing),
            )
        changes = {one.change for one in results(found.outcomes, Draft(), found.held)}
        self.assertLessEqual(changes, {"same"})

    @examples()
    @given(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(1, 400), st.integers(1, 40)),
            max_size=10,
        ),
        st.integers(50, 600),
    )
    def test_against_a_customer_who_is_followed_day_by_day(self, sales, limit):
        """(days since the last sale, amount, days until it is paid), no limit at the time."""
        history, rows, on = [], [], 0
        for n, (gap, amount, delay) in enumerate(sales, 1):
            on += gap
            owed = sum(
                a for _n, booked_on, _t, a, paid in rows if booked_on <= on < paid
            )
            one = look(n, days=on, amount=amount, rules=(), exposure=owed,
                       allowed=limit, limit=limit)  # fmt: skip
            history.append(one)
            rows.append((n, on, 30, amount, on + delay))
        found = course(history, tried(OVER), booked(*rows))
        self.assertEqual(
            [outcome.verdict != "free" for outcome in found.outcomes],
            self.followed(sales, limit),
        )

    def followed(self, sales, limit):
        """Who is held, by walking through the days with what was really sold."""
        on, sold, waiting, held = 0, [], [], []

        def owed(today):
            return sum(a for a, start, days in sold if today < start + days)

        for gap, amount, delay in sales:
            on += gap
            for one in list(waiting):
                asked, days, since = one
                if since < on and owed(on) + asked <= limit:
                    sold.append((asked, on, days))
                    waiting.remove(one)
            is_held = owed(on) + amount > limit
            held.append(is_held)
            if is_held:
                waiting.append((amount, delay, on))
            else:
                sold.append((amount, on, delay))
        return held
