"""What factors are made of: the figures of a customer, and how one becomes a value.

*Paying later never raises a score*: a value may get worse when a payment comes later, never
better, and whether a factor has data at all does not depend on payments. Factors that look
at payments therefore count what **fell due**, paid or not; see ``docs/DECISIONS.md``.
"""

from __future__ import annotations

from typing import NamedTuple

from ..registry import Registry

#: kind of a value -> units per whole that people type
SCALES = {
    "days": 10,
    "percent": 100,
    "count": 1,
    "months": 1,
    "points": 100,
    "ratio": 100,
}


class Inputs(NamedTuple):
    """What was known of a customer on a day; amounts in minor units of the company.

    None: nobody keeps this figure, or it is not known of this customer. Stored with the
    score as it is: the score can be computed again from it.
    """

    #: invoices that have fallen due so far, of any time
    due_count: int | None = None
    #: what fell due in the window: amount, and amount x days it was (or is) late
    due_amount: int | None = None
    late_amount_days: int | None = None
    #: of that, what was due long enough ago to be judged, and what was paid on time of it
    judged_amount: int | None = None
    on_time_amount: int | None = None
    #: the same as the first two for the last months alone
    recent_due_amount: int | None = None
    recent_late_amount_days: int | None = None
    worst_days: int | None = None
    overdue_amount: int | None = None
    #: what was invoiced in the window, its later and its earlier half, by all customers
    invoiced_amount: int | None = None
    invoiced_later_amount: int | None = None
    invoiced_earlier_amount: int | None = None
    company_invoiced_amount: int | None = None
    #: open items less unapplied cash, and the credit limit
    open_amount: int | None = None
    limit_amount: int | None = None
    tenure_months: int | None = None
    returned_count: int | None = None
    dispute_count: int | None = None
    broken_promise_count: int | None = None
    #: 0-100 in hundredths, sources blended by their weights
    external_score: int | None = None
    #: of the latest financial statements: hundredths of a per cent, and of one
    equity_share: int | None = None
    profit_margin: int | None = None
    current_ratio: int | None = None


class Step(NamedTuple):
    """A value as good as ``bound`` or better earns ``points`` (0-100)."""

    bound: int
    points: int


class Factor:
    """One thing a score looks at.

    ``kind`` says what a value counts (:data:`SCALES`), ``low_is_good`` which way is better,
    ``weight`` and ``steps`` what a new scorecard begins with. Values are integers in the
    unit of their kind.
    """

    code: str
    label: str
    kind: str
    low_is_good: bool = True
    weight: int = 0
    steps: tuple[Step, ...] = ()

    def value(self, inputs: Inputs) -> int | None:
        """The value on these figures; None: no data."""
        raise NotImplementedError

    def points(self, value: int, steps: tuple[Step, ...]) -> int:
        """Points of the best step the value reaches; none: 0."""
        reached = [step.points for step in steps if self.reaches(value, step.bound)]
        return max(reached, default=0)

    def reaches(self, value: int, bound: int) -> bool:
        """Is the value as good as the bound?"""
        return value <= bound if self.low_is_good else value >= bound


FACTORS: Registry[Factor] = Registry("rating factor")


def share(part: int, whole: int, unit: int) -> int:
    """``part`` of ``whole`` in units, halves up; the whole is positive.

    >>> share(1, 3, 10000), share(-1, 3, 100), share(5, 10, 1)
    (3333, -33, 1)
    """
    return (2 * part * unit + whole) // (2 * whole)
