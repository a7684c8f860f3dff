"""Learning from a company's paid invoices, and forecasts for those that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date as Date
from datetime import timedelta

from .base import Forecast, Invoice, Reason
from .features import FEATURES, Clock, Seen, is_late, told_on
from .habits import Days
from .logistic import Logistic, fit

#: days after which an invoice teaches half as much
FADING = 180.0
#: the newest so many are learned from, and no fewer than so many
MOST, LEAST = 10_000, 100
#: no reason is told that moves the log-odds by less; so many are told at most
TELLING, TOLD = 0.15, 3


def learn(seen: Sequence[Seen], as_of: Date) -> Logistic | None:
    """Learn from invoices of which it was known on this day whether they were late.

    :return: None when there are too few, or all ended alike
    """
    known = [one for one in seen if told_on(one.invoice) < as_of]
    known = sorted(known, key=lambda one: one.invoice.invoiced)[-MOST:]
    labels = [is_late(one.invoice) for one in known]
    if len(known) < LEAST or len(set(labels)) < 2:
        return None
    counts = [
        float(0.5 ** ((as_of - one.invoice.invoiced).days / FADING)) for one in known
    ]
    rising = list(FEATURES.values())
    return fit([one.features for one in known], labels, counts, rising)


def forecasts(
    history: Iterable[Invoice], opened: Iterable[Invoice], model: Logistic, as_of: Date
) -> Iterator[Forecast]:
    """Say what is expected of open invoices, by what was known when the day began."""
    opened = list(opened)
    book = Clock([*history, *opened]).book_of(as_of)
    for one in opened:
        yield forecast(book.see(one, max(as_of, one.invoiced)), model, as_of)


def forecast(seen: Seen, model: Logistic, as_of: Date) -> Forecast:
    """Say what is expected of an open invoice, given that it has not been paid until now."""
    invoice = seen.invoice
    passed = (as_of - invoice.due).days - 1
    probability = model.probability(seen.features)
    days = seen.days.with_late_share(probability)
    probability = _unpaid(days, probability, passed)
    days = days.after(passed)
    if not days.days:
        days = Days((max(passed + 1, 0),), (1.0,))
    expected, early, late = (
        invoice.due + timedelta(days=passing)
        for passing in (days.middle(), days.quantile(0.1), days.quantile(0.9))
    )
    reasons = _reasons(seen, model, passed)
    return Forecast(invoice.key, probability, expected, early, late, reasons)


def _unpaid(days: Days, probability: float, passed: int) -> float:
    """The probability that is left after so many days have passed without a payment."""
    if passed >= 0:
        return 1.0
    on_time, _late = days.split()
    left = days.after(passed).split()[0]
    still = (1 - probability) * (left / on_time if on_time else 1.0)
    return probability / (probability + still) if probability + still else 0.0


def _reasons(seen: Seen, model: Logistic, passed: int) -> tuple[Reason, ...]:
    """What moved the probability most, in facts that can be looked up."""
    if passed >= 0:
        return (Reason("already_late", {"days": passed + 1}, 9.0),)
    parts = dict(zip(FEATURES, model.parts(seen.features), strict=True))
    facts = seen.facts
    found = [
        Reason(
            "latest" if facts.counted else "no_history",
            {"late": facts.late, "count": facts.counted},
            parts["recent"] + parts["pattern"],
        ),
        Reason(
            "amounts" if facts.band_counted else "",
            {"late": facts.band_late, "count": facts.band_counted},
            parts["amounts"],
        ),
        Reason(
            "days_late" if facts.mean_days > 0 else "days_early",
            {"days": abs(facts.mean_days)},
            parts["days"],
        ),
        Reason(
            "overdue" if facts.overdue_count else "",
            {"overdue": facts.overdue_count, "count": facts.open_count},
            parts["overdue"],
        ),
        Reason("size", {"percent": round(facts.size * 100)}, parts["size"]),
        Reason("term", {"days": facts.term}, parts["term"]),
    ]
    found = [one for one in found if one.code and abs(one.weight) >= TELLING]
    return tuple(sorted(found, key=lambda one: -abs(one.weight))[:TOLD])
