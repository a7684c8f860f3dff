"""What loading quotes would change: nothing is overwritten that somebody entered by hand.

>>> from datetime import date
>>> on = date(2026, 6, 30)
>>> quotes = [Quote(1, on, "EUR", "USD", Decimal("1.10")),
...           Quote(2, on, "EUR", "CNY", Decimal("8.25"))]
>>> books = Books("CNY", on, {"USD", "EUR"}, {})
>>> [(p.currency, str(p.rate), p.status) for p in plan_rates(quotes, books)]
[('EUR', '0.121212121212', 'new'), ('USD', '0.133333333333', 'new')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from .base import Quote

#: digits of a rate that count; central banks publish five or six
_DIGITS = 12
#: rates closer than this are the same: what a float keeps of a rate, and then some
_SAME = Decimal("1e-9")
#: per cent by which a rate may differ from the last one before it looks like a mistake
JUMP = 20

#: what may become of a rate
STATUSES = ("new", "same", "replace", "manual", "future", "unknown", "no_base", "twice")


class Known(NamedTuple):
    """A rate in the books: units of the currency per unit of the company's."""

    rate: Decimal
    is_manual: bool


@dataclass(frozen=True)
class Books:
    """What is there already.

    :param company: ISO code of the company's currency
    :param today: rates of later days are not loaded
    :param currencies: ISO codes of the active currencies
    :param rates: (code, day) → rate
    """

    company: str
    today: date
    currencies: Set[str]
    rates: Mapping[tuple[str, date], Known] = field(default_factory=dict)


class PlannedRate(NamedTuple):
    """One rate of the file, in units of the currency per unit of the company's.

    ``status``: ``new``, ``same``, ``replace`` (an imported one), ``manual`` (somebody entered
    another by hand: asks), ``future``, ``unknown`` (currency not active), ``no_base`` (the
    file does not say what it is worth in the company's currency), ``twice`` (the file names
    two different rates of that day).
    """

    row: int
    day: date
    currency: str
    rate: Decimal
    status: str
    old: Decimal | None = None
    jump: int = 0  #: per cent away from the rate before it, if suspiciously many


def plan_rates(quotes: Iterable[Quote], books: Books) -> list[PlannedRate]:
    """One planned rate per currency and day, sorted by both."""
    by_day: dict[date, list[Quote]] = defaultdict(list)
    for quote in quotes:
        by_day[quote.day].append(quote)
    planned: list[PlannedRate] = []
    last = _last_rates(books, min(by_day, default=books.today))
    for day in sorted(by_day):
        for one in _plan_day(day, by_day[day], books):
            before = last.get(one.currency)
            if one.rate:
                last[one.currency] = one.rate
            planned.append(one._replace(jump=_jump(before, one.rate)))
    return sorted(planned, key=lambda one: (one.day, one.currency))


def _plan_day(day: date, quotes: list[Quote], books: Books) -> list[PlannedRate]:
    found: dict[str, PlannedRate] = {}
    for row, code, rate in _in_company_currency(quotes, books.company):
        if code == books.company:
            continue
        twin = found.get(code)
        if twin is None:
            found[code] = _judge(row, day, code, rate, books)
        elif not _is_same(twin.rate, rate):
            found[code] = twin._replace(status="twice")
    return list(found.values())


def _in_company_currency(
    quotes: list[Quote], company: str
) -> Iterable[tuple[int, str, Decimal]]:
    """(row, code, units per unit of the company's currency; 0: not to be told)."""
    per_base = {
        quote.base: quote.units for quote in quotes if quote.currency == company
    }
    told = set()
    for quote in quotes:
        if quote.base == company:
            yield quote.row, quote.currency, _rounded(quote.units)
        elif quote.currency == company:
            if quote.base not in told:
                told.add(quote.base)
                yield quote.row, quote.base, _ratio(Decimal(1), quote.units)
        elif quote.base in per_base:
            yield quote.row, quote.currency, _ratio(quote.units, per_base[quote.base])
        else:
            yield quote.row, quote.currency, Decimal(0)


def _judge(row: int, day: date, code: str, rate: Decimal, books: Books) -> PlannedRate:
    known = books.rates.get((code, day))
    old = known.rate if known else None
    if code not in books.currencies:
        status = "unknown"
    elif not rate:
        status = "no_base"
    elif day > books.today:
        status = "future"
    elif known is None:
        status = "new"
    elif _is_same(known.rate, rate):
        status = "same"
    else:
        status = "manual" if known.is_manual else "replace"
    return PlannedRate(row, day, code, rate, status, old)


def _last_rates(books: Books, before: date) -> dict[str, Decimal]:
    """The rate of each currency in the books before the first day of the file."""
    last: dict[str, tuple[date, Decimal]] = {}
    for (code, day), known in books.rates.items():
        if day < before and (code not in last or last[code][0] < day):
            last[code] = (day, known.rate)
    return {code: rate for code, (_day, rate) in last.items()}


def _jump(before: Decimal | None, rate: Decimal) -> int:
    if not before or not rate:
        return 0
    per_cent = int(abs(rate - before) * 100 / before)
    return per_cent if per_cent >= JUMP else 0


def _is_same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _SAME * max(abs(one), abs(other))


def _ratio(number: Decimal, by: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return number / by


def _rounded(number: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return +number
