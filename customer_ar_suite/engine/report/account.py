"""The ledger of one customer: opening, entries with a running balance, totals, closing.

The way accountants of many countries know it (往来明细账): after each month its total and the
total of the fiscal year so far (本期合计, 本年累计).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Entry(NamedTuple):
    """One journal item of the period, in minor units."""

    date: date
    debit: int
    credit: int
    texts: tuple[str, ...] = ()


class Line(NamedTuple):
    """``kind``: ``opening``, ``row``, ``month``, ``year`` or ``closing``."""

    kind: str
    date: date | None
    texts: tuple[str, ...]
    debit: int | None
    credit: int | None
    balance: int


def fiscal_year(day: date, last_month: int = 12, last_day: int = 31) -> int:
    """The year in which the fiscal year of ``day`` ends.

    >>> fiscal_year(date(2026, 3, 31), 3, 31), fiscal_year(date(2026, 4, 1), 3, 31)
    (2026, 2027)
    >>> fiscal_year(date(2026, 2, 28), 2, 29), fiscal_year(date(2026, 12, 31))
    (2026, 2026)
    """
    return day.year + ((day.month, day.day) > (last_month, last_day))


class _Totals:
    """Debit and credit added up."""

    def __init__(self, debit: int = 0, credit: int = 0) -> None:
        self.debit, self.credit = debit, credit

    def add(self, entry: Entry) -> None:
        self.debit += entry.debit
        self.credit += entry.credit

    def line(self, kind: str, day: date | None, balance: int) -> Line:
        return Line(kind, day, (), self.debit, self.credit, balance)


def account_lines(
    opening: int,
    entries: Iterable[Entry],
    year_before: tuple[int, int] = (0, 0),
    year_end: tuple[int, int] = (12, 31),
) -> list[Line]:
    """All lines of an account; closing = opening + debit - credit.

    :param entries: sorted by date
    :param year_before: debit and credit of the fiscal year before the first day
    :param year_end: last month and day of the fiscal year

    >>> for line in account_lines(
    ...     100, [Entry(date(2026, 1, 5), 50, 0), Entry(date(2026, 2, 7), 0, 120)], (9, 4)):
    ...     print(line.kind, line.debit, line.credit, line.balance)
    opening None None 100
    row 50 0 150
    month 50 0 150
    year 59 4 150
    row 0 120 30
    month 0 120 30
    year 59 124 30
    closing 50 120 30
    """
    lines = [Line("opening", None, (), None, None, opening)]
    balance = opening
    month, year, period = _Totals(), _Totals(*year_before), _Totals()
    last: date | None = None
    for entry in entries:
        if last and (last.year, last.month) != (entry.date.year, entry.date.month):
            lines += [
                month.line("month", last, balance),
                year.line("year", last, balance),
            ]
            month = _Totals()
        if last and fiscal_year(last, *year_end) != fiscal_year(entry.date, *year_end):
            year = _Totals()
        last = entry.date
        balance += entry.debit - entry.credit
        for totals in (month, year, period):
            totals.add(entry)
        lines.append(Line("row", last, entry.texts, entry.debit, entry.credit, balance))
    if last:
        lines += [month.line("month", last, balance), year.line("year", last, balance)]
    return [*lines, period.line("closing", None, balance)]
