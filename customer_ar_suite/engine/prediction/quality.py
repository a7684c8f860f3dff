"""How good the forecasts are: a rolling back-test beside two naive methods.

Month by month the model learns from what was known on the first, and forecasts the invoices
of the month. The naive methods know as much: everybody pays on the due date; a customer pays
with the median delay, and is late as often, as until then.

>>> round(auc([0.9, 0.8, 0.3], [True, False, False]), 2)
1.0
>>> round(calibration_error([0.9, 0.9], [True, False]), 2)
0.4
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from itertools import groupby
from typing import NamedTuple

from .base import Invoice
from .features import Clock, Seen, is_late, told_on, walk
from .model import learn

#: parts into which probabilities are sorted to compare them with what happened
BINS = 10


class Trial(NamedTuple):
    """One forecast of the back-test, and what came of it."""

    invoice: Invoice
    probability: float
    days: int
    naive_probability: float
    naive_days: int


@dataclass(frozen=True)
class Quality:
    """Figures of a back-test; days are mean absolute errors."""

    count: int = 0
    late_count: int = 0
    auc: float = 0.0
    naive_auc: float = 0.0
    calibration: float = 0.0
    days: float = 0.0
    due_days: float = 0.0  #: of: everybody pays on the due date
    median_days: float = 0.0  #: of: a customer pays with his median delay

    @property
    def is_better(self) -> bool:
        """Is it worth showing? Nearer than both naive dates, and telling late ones apart."""
        return (
            self.count > 0
            and self.days < min(self.due_days, self.median_days)
            and self.auc > self.naive_auc
        )


def back_test(
    invoices: Iterable[Invoice], first: Date, tested: Container[int] | None = None
) -> Quality:
    """Forecast the invoices from a day on, each with what was known then.

    :param tested: keys of the invoices to judge by; None: all from that day on
    """
    return judge(trials(list(walk(invoices)), first, tested))


def trials(
    seen: Sequence[Seen], first: Date, tested: Container[int] | None = None
) -> list[Trial]:
    """Forecast the paid invoices from a day on."""
    naive = _naive(one.invoice for one in seen)
    found = []
    later = (one for one in seen if one.invoice.invoiced >= first)
    for month, some in groupby(
        later, key=lambda one: one.invoice.invoiced.replace(day=1)
    ):
        judged = [one for one in some if _is_judged(one, tested)]
        model = learn(seen, month) if judged else None
        if model:
            for one in judged:
                chance = model.probability(one.features)
                days = one.days.with_late_share(chance).middle()
                found.append(Trial(one.invoice, chance, days, *naive[one.invoice.key]))
    return found


def _is_judged(seen: Seen, tested: Container[int] | None) -> bool:
    invoice = seen.invoice
    return invoice.cleared is not None and (tested is None or invoice.key in tested)


def _naive(invoices: Iterable[Invoice]) -> dict[int, tuple[float, int]]:
    """Late share and median delay of the customer, as known on the day of each invoice."""
    clock = _Naive(invoices)
    return {one.key: clock.see(one) for one in clock.issued}


class _Naive(Clock):
    """The same way through time, keeping only what the naive methods need."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        super().__init__(invoices)
        self._days: defaultdict[int, list[int]] = defaultdict(list)
        self._late: defaultdict[int | None, list[int]] = defaultdict(lambda: [0, 0])

    def see(self, invoice: Invoice) -> tuple[float, int]:
        while self._paid and (self._paid[0].cleared or Date.max) < invoice.invoiced:
            one = self._paid.popleft()
            insort(self._days[one.customer], one.days_late or 0)
        while self._due and told_on(self._due[0]) < invoice.invoiced:
            one = self._due.popleft()
            for key in (one.customer, None):
                self._late[key][0] += is_late(one)
                self._late[key][1] += 1
        days = self._days[invoice.customer]
        late, count = self._late[invoice.customer]
        if not count:
            late, count = self._late[None]
        half = len(days) // 2
        median = (days[half] + days[-half - 1]) / 2 if days else 0
        return late / (count or 1), round(median)


def judge(many: Sequence[Trial]) -> Quality:
    """Sum up a back-test."""
    if not many:
        return Quality()
    late = [is_late(one.invoice) for one in many]
    actual = [one.invoice.days_late or 0 for one in many]
    chances = [one.probability for one in many]
    return Quality(
        len(many),
        sum(late),
        auc(chances, late),
        auc([one.naive_probability for one in many], late),
        calibration_error(chances, late),
        _error([one.days for one in many], actual),
        _error([0] * len(many), actual),
        _error([one.naive_days for one in many], actual),
    )


def _error(guessed: Iterable[int], actual: Sequence[int]) -> float:
    return sum(abs(a - b) for a, b in zip(guessed, actual, strict=True)) / len(actual)


def auc(chances: Sequence[float], labels: Sequence[bool]) -> float:
    """How often a late one has a higher probability than one on time; ties count half."""
    positive = sum(labels)
    negative = len(labels) - positive
    if not positive or not negative:
        return 0.5
    pairs = sorted(zip(chances, labels, strict=True))
    ranks, place = 0.0, 0
    for _chance, group in groupby(pairs, key=lambda pair: pair[0]):
        same = [label for _value, label in group]
        ranks += sum(same) * (place + (len(same) + 1) / 2)
        place += len(same)
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def calibration_error(chances: Sequence[float], labels: Sequence[bool]) -> float:
    """How far probabilities are from what happened, weighed over ten equal parts."""
    if not chances:
        return 0.0
    gaps = [0.0] * BINS
    for chance, label in zip(chances, labels, strict=True):
        gaps[min(BINS - 1, int(chance * BINS))] += chance - label
    return sum(map(abs, gaps)) / len(chances)
