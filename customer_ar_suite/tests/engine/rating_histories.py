"""Invoices and payments of one customer, and a second way to work out their figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from ...engine.rating.base import Inputs

AS_OF = date(2026, 6, 30)


class Paid(NamedTuple):
    """An invoice; ``paid``: (day, amount) of payments, whatever is left is open."""

    invoiced_on: date
    due: date
    amount: int
    paid: tuple[tuple[date, int], ...] = ()
    credited: int = 0


class Window(NamedTuple):
    """A scorecard's periods; ``None`` halves are worked out by the months."""

    months: int = 12
    recent_months: int = 3
    grace: int = 0


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return date(year, month + 1, min(day.day, last))


def figures(history, as_of=AS_OF, window=Window(), **more) -> Inputs:  # noqa: B008
    """What the database works out, invoice by invoice; knows nothing after ``as_of``."""
    after = months_before(as_of, window.months)
    half = months_before(as_of, window.months // 2)
    recent = months_before(as_of, window.recent_months)
    total = dict.fromkeys(
        ("due", "late", "judged", "on_time", "recent", "recent_late", "overdue",
         "invoiced", "later", "earlier", "open", "count"), 0)  # fmt: skip
    worst, firsts = 0, []
    for one in history:
        if one.invoiced_on > as_of:
            continue
        firsts.append(one.invoiced_on)
        parts = [(day, amount) for day, amount in one.paid if day <= as_of]
        left = one.amount - one.credited - sum(amount for _day, amount in parts)
        total["open"] += left
        if one.invoiced_on > after:
            total["invoiced"] += one.amount
            total["later" if one.invoiced_on > half else "earlier"] += one.amount
        if one.due >= as_of:
            continue
        total["count"] += 1
        late = [(amount, max((day - one.due).days, 0)) for day, amount in parts]
        if left:
            late.append((left, (as_of - one.due).days))
            total["overdue"] += left
            worst = max(worst, (as_of - one.due).days)
        if one.due <= after:
            continue
        worst = max([worst, *(days for _amount, days in late)])
        total["due"] += sum(amount for amount, _days in late)
        total["late"] += sum(amount * days for amount, days in late)
        if one.due > recent:
            total["recent"] += sum(amount for amount, _days in late)
            total["recent_late"] += sum(amount * days for amount, days in late)
        if one.due + timedelta(window.grace) < as_of:
            total["judged"] += sum(amount for amount, _days in late)
            total["on_time"] += sum(
                amount
                for day, amount in parts
                if day <= one.due + timedelta(window.grace)
            )
    first = min(firsts, default=None)
    return Inputs(
        due_count=total["count"],
        due_amount=total["due"],
        late_amount_days=total["late"],
        judged_amount=total["judged"],
        on_time_amount=total["on_time"],
        recent_due_amount=total["recent"],
        recent_late_amount_days=total["recent_late"],
        worst_days=worst,
        overdue_amount=total["overdue"],
        invoiced_amount=total["invoiced"],
        invoiced_later_amount=total["later"],
        invoiced_earlier_amount=total["earlier"],
        open_amount=total["open"],
        returned_count=0 if total["due"] else None,
        tenure_months=None if first is None else _months(first, as_of),
        **more,
    )


def _months(start: date, end: date) -> int:
    return (
        (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    )


@st.composite
def histories(draw, most=8):
    """Invoices of two and a half years, paid early, late, in part, or not yet."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        invoiced = AS_OF - timedelta(draw(st.integers(-20, 900)))
        due = invoiced + timedelta(draw(st.sampled_from((0, 14, 30, 60))))
        amount = draw(st.integers(1, 100_000))
        paid, left = [], amount
        for _part in range(draw(st.integers(0, 2))):
            if not left:
                break
            part = draw(st.integers(1, left))
            # a payment is never earlier than its invoice: they meet on the later day
            paid.append((invoiced + timedelta(draw(st.integers(0, 400))), part))
            left -= part
        found.append(Paid(invoiced, due, amount, tuple(paid)))
    return found
