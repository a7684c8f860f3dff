"""What was known of a customer on the day of an invoice, and the figures made of it.

The walk goes through time. A payment counts from the day after it was made, an invoice is
late from the day after it was due: nothing that came later can leak into a figure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date as Date
from math import exp, log, log1p
from typing import NamedTuple

from .base import Invoice
from .habits import Days, Habit, Sums, slot_of, together

#: days after which a payment counts half: of late, of some standing, of long standing
SHORT, MIDDLE, LONG = 60.0, 120.0, 365.0
#: invoices that the wider group stands for, in the eyes of one who has few of his own
PRIOR, BAND_PRIOR = 2.0, 3.0
#: customers with fewer than so many payments that weigh are joined by what all others do
FEW, OTHERS = 8.0, 1.0
#: what the last payment weighs in the running mean of days late
NEWEST = 0.3
#: invoices that "the latest" are
LATEST = 12
#: shares beyond say no more than these
_SURE = 0.01

#: name -> does it only ever speak for late when it is higher?
FEATURES: dict[str, bool] = {
    "recent": True,
    "amounts": True,
    "pattern": True,
    "days": True,
    "overdue": True,
    "size": False,
    "term": False,
}


class Facts(NamedTuple):
    """What reasons are told with."""

    counted: int = 0  #: of the customer's latest invoices that fell due
    late: int = 0
    band_counted: int = 0  #: of those of about this amount
    band_late: int = 0
    open_count: int = 0
    overdue_count: int = 0
    mean_days: int = 0
    size: float = 1.0  #: times the usual amount
    term: int = 0


class Seen(NamedTuple):
    """An invoice as it looked on a day."""

    invoice: Invoice
    features: tuple[float, ...]
    days: Days  #: how late invoices like it were paid
    facts: Facts


class _Customer:
    __slots__ = (
        "amounts",
        "bands",
        "counted",
        "days",
        "due",
        "late",
        "latest",
        "paid",
        "recent",
    )

    def __init__(self) -> None:
        self.recent, self.late, self.counted = Habit(SHORT), Habit(MIDDLE), Habit(LONG)
        self.paid = Habit(MIDDLE)
        self.latest: deque[bool] = deque(maxlen=LATEST)
        self.bands: dict[object, list[int]] = {}
        self.due: dict[int, int] = {}
        self.amounts = [0.0, 0]
        self.days = 0.0


class Book:
    """What is known of all customers, on a day that only moves forward."""

    def __init__(self) -> None:
        self._customers: dict[int, _Customer] = {}
        self._late, self._counted, self._paid = (
            Habit(MIDDLE),
            Habit(LONG),
            Habit(MIDDLE),
        )
        self._amounts = [0.0, 0]

    def _of(self, invoice: Invoice) -> _Customer:
        return self._customers.setdefault(invoice.customer, _Customer())

    def see(self, invoice: Invoice, as_of: Date | None = None) -> Seen:
        """Look at an invoice as of a day, its own unless another is given."""
        customer, slot = self._of(invoice), slot_of(invoice)
        day = (as_of or invoice.invoiced).toordinal()
        facts = self._facts(customer, invoice, day)
        own = customer.paid.days(slot, day)
        if sum(own.weights) < FEW:
            own = together(own, self._paid.days(slot, day), OTHERS)
        return Seen(invoice, self._features(customer, invoice, facts, day), own, facts)

    def _facts(self, customer: _Customer, invoice: Invoice, day: int) -> Facts:
        counted, late = customer.bands.get(_band(invoice), (0, 0))
        others = [due for key, due in customer.due.items() if key != invoice.key]
        return Facts(
            len(customer.latest),
            sum(customer.latest),
            counted,
            late,
            len(others),
            sum(1 for due in others if due < day),
            round(customer.days),
            exp(_size(invoice) - self._usual(customer)),
            slot_of(invoice).term,
        )

    def _features(
        self, customer: _Customer, invoice: Invoice, facts: Facts, day: int
    ) -> tuple[float, ...]:
        slot, band = slot_of(invoice), _band(invoice)
        everybody = self._late.like(slot, day).share(0.5, 1)
        alike = customer.late.like(slot, day).share(everybody, PRIOR)
        recent = customer.recent.like(slot, day).share(alike, PRIOR)
        everybody = self._counted.all(day).share(0.5, 1)
        anyhow = customer.counted.all(day).share(everybody, PRIOR)
        return (
            _logit(recent),
            _logit(_share(customer.bands.get(band), anyhow)),
            _logit(_share(customer.bands.get((band, slot.weekday)), alike)),
            max(-20.0, min(20.0, customer.days)) / 10,
            facts.overdue_count / (facts.open_count + 2),
            log(facts.size),
            log1p(max(slot.term, 0)),
        )

    def _usual(self, customer: _Customer) -> float:
        everybody = self._amounts[0] / (self._amounts[1] or 1)
        return (customer.amounts[0] + 2 * everybody) / (customer.amounts[1] + 2)

    def issued(self, invoice: Invoice) -> None:
        """An invoice has gone out."""
        customer = self._of(invoice)
        if not invoice.cleared or invoice.cleared >= invoice.invoiced:
            customer.due[invoice.key] = invoice.due.toordinal()
        for amounts in (customer.amounts, self._amounts):
            amounts[0] += _size(invoice)
            amounts[1] += 1

    def fell_due(self, invoice: Invoice) -> None:
        """It shows whether an invoice was paid in time."""
        customer, slot = self._of(invoice), slot_of(invoice)
        day, late = told_on(invoice).toordinal(), is_late(invoice)
        habits = customer.recent, customer.late, customer.counted
        for habit in (*habits, self._late, self._counted):
            habit.count(slot, int(late), day)
        customer.latest.append(late)
        band = _band(invoice)
        for key in (band, (band, slot.weekday)):
            counted = customer.bands.setdefault(key, [0, 0])
            counted[0] += 1
            counted[1] += late

    def paid(self, invoice: Invoice) -> None:
        """Money has come."""
        if invoice.cleared is None:
            return
        customer, slot = self._of(invoice), slot_of(invoice)
        days, day = (invoice.cleared - invoice.due).days, invoice.cleared.toordinal()
        customer.due.pop(invoice.key, None)
        customer.paid.count(slot, days, day)
        self._paid.count(slot, days, day)
        customer.days += NEWEST * (days - customer.days)


def is_late(invoice: Invoice) -> bool:
    """Not paid by the due date."""
    return invoice.cleared is None or invoice.cleared > invoice.due


def told_on(invoice: Invoice) -> Date:
    """The last day on which it may still turn out to be in time."""
    return max(invoice.due, invoice.invoiced)


def walk(invoices: Iterable[Invoice]) -> Iterator[Seen]:
    """See every invoice on its day."""
    clock = Clock(invoices)
    for one in clock.issued:
        yield clock.book_of(one.invoiced).see(one)


class Clock:
    """A book that is brought forward from day to day."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        many = list(invoices)
        self.issued = sorted(many, key=lambda one: (one.invoiced, one.key))
        self._issued = deque(self.issued)
        self._due = deque(sorted(many, key=lambda one: (told_on(one), one.key)))
        paid = (one for one in many if one.cleared)
        self._paid = deque(
            sorted(paid, key=lambda one: (one.cleared or Date.max, one.key))
        )
        self._book = Book()

    def book_of(self, day: Date) -> Book:
        """What was known when this day began; days may only go forward."""
        while self._issued and self._issued[0].invoiced < day:
            self._book.issued(self._issued.popleft())
        while self._due and told_on(self._due[0]) < day:
            self._book.fell_due(self._due.popleft())
        while self._paid and (self._paid[0].cleared or Date.max) < day:
            self._book.paid(self._paid.popleft())
        return self._book


def _size(invoice: Invoice) -> float:
    return log1p(abs(invoice.amount) / 100)


def _band(invoice: Invoice) -> int:
    return int(_size(invoice))


def _share(counted: list[int] | None, prior: float) -> float:
    count, late = counted or (0, 0)
    return Sums(count, late).share(prior, BAND_PRIOR)


def _logit(share: float) -> float:
    share = max(_SURE, min(1 - _SURE, share))
    return log(share / (1 - share))
