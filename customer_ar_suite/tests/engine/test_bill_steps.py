from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.bills import (
    STEPS,
    book,
    check_step,
    is_at_risk,
    next_steps,
    state_after,
)
from ...engine.errors import BillError
from .case import EngineCase, examples

DUE = date(2026, 6, 30)


@st.composite
def lives(draw):
    """A bill's steps in an order that is allowed, with a charge each."""
    steps, state = [], "draft"
    while following := next_steps(state):
        step = draw(st.sampled_from(following))
        steps.append(step.code)
        state = step.after
        if draw(st.booleans()):
            break
    return steps


class TestBills(EngineCase):
    def refused(self, *args, **kwargs):
        with self.assertRaises(BillError) as caught:
            check_step(*args, **kwargs)
        return caught.exception.code

    def test_order_of_steps(self):
        day = date(2026, 3, 1)
        check_step("receive", [], day, None, DUE, 100)
        check_step("discount", ["receive"], day, day, DUE, 100)
        self.assertEqual(
            self.refused("collect", [], day, None, DUE, 100), "bill_step_not_allowed"
        )
        self.assertEqual(
            self.refused("endorse", ["receive", "discount"], day, day, DUE, 100),
            "bill_step_not_allowed",
        )

    def test_days(self):
        received = date(2026, 3, 1)
        self.assertEqual(
            self.refused("collect", ["receive"], date(2026, 2, 28), received, DUE, 9),
            "bill_step_too_early",
        )
        self.assertEqual(
            self.refused("discount", ["receive"], DUE, received, DUE, 9),
            "bill_step_after_due",
        )

    def test_charge_is_less_than_the_bill(self):
        for charge in (-1, 100, 101):
            self.assertEqual(
                self.refused("receive", [], DUE, None, DUE, 100, charge),
                "bill_charge_too_high",
            )

    def test_dishonoured_after_endorsement_with_costs(self):
        # the supplier claims 1,000 back, the notary 20: the customer owes 1,020
        self.assertEqual(
            book("dishonour", ("receive", "endorse"), 1000, 20),
            (("receivable", 1020), ("clearing", -20), ("payable", -1000)),
        )

    @examples()
    @given(lives(), st.integers(100, 10**9), st.integers(0, 99))
    def test_every_entry_balances_and_notes_end_at_nothing(self, steps, amount, charge):
        notes = receivable = 0
        for number, code in enumerate(steps):
            lines = book(code, steps[:number], amount, charge)
            self.assertEqual(sum(value for _role, value in lines), 0, code)
            notes += dict(lines).get("notes", 0)
            receivable += dict(lines).get("receivable", 0)
        state = state_after(steps)
        self.assertEqual(notes, amount if state == "received" else 0)
        if state in ("dishonoured", "returned"):
            self.assertGreaterEqual(receivable, 0)
        elif state != "draft":
            self.assertEqual(receivable, -amount)

    def test_risk(self):
        at_risk = {
            (step.after, recourse)
            for step in STEPS
            for recourse in (True, False)
            if is_at_risk(step.after, recourse)
        }
        self.assertEqual(
            at_risk,
            {
                ("received", True),
                ("received", False),
                ("discounted", True),
                ("endorsed", True),
            },
        )
