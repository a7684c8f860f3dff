"""Until when a document has to be kept."""

import calendar
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Retention(NamedTuple):
    """One row of the register that orders to keep a kind of document.

    ``countries`` are codes; none: wherever no other row names the country.
    """

    key: int
    kind: str
    years: int
    countries: frozenset[str]


def kept_until(day: date, years: int, closing: tuple[int, int] = (12, 31)) -> date:
    """The last day of keeping a document of ``day``; ``closing`` ends the fiscal year.

    The years count from the end of the fiscal year the document belongs to.

    >>> kept_until(date(2024, 3, 1), 10)
    datetime.date(2034, 12, 31)
    >>> kept_until(date(2024, 7, 1), 30, (6, 30))
    datetime.date(2055, 6, 30)
    """
    month, number = closing
    end = _day(day.year, month, number)
    year = day.year + (end < day) + years
    return _day(year, month, number)


def rule_for(rules: Iterable[Retention], kind: str, country: str) -> Retention | None:
    """The strictest order about ``kind`` in ``country``; a named country comes first."""
    known = [rule for rule in rules if rule.kind == kind]
    named = [rule for rule in known if country in rule.countries]
    general = [rule for rule in known if not rule.countries]
    found = sorted(named or general, key=lambda rule: rule.years)
    return found[-1] if found else None


def _day(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, calendar.monthrange(year, month)[1]))
