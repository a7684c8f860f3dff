"""A report as a table: built once, then written as workbook, paper or screen.

Texts are in the reader's language already; amounts are integers in minor units, whose
number of digits belongs to the row. Every renderer shows the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from .charts import Chart

Cell = date | str | int | None

#: rows that sum up others
TOTALS = ("subtotal", "total", "month", "year", "closing")


#: digits of an exchange rate, which is an integer in millionths
RATE_DIGITS = 6


class Column(NamedTuple):
    """``kind`` is ``text``, ``date``, ``days``, ``rate``, ``amount`` or ``foreign``.

    A foreign amount is in the currency of its row's document, an amount in that of the
    report.
    """

    code: str
    heading: str
    kind: str


class Row(NamedTuple):
    """``kind`` is ``row``, ``item``, ``heading``, ``opening`` or one of :data:`TOTALS`."""

    kind: str
    cells: tuple[Cell, ...]
    digits: int = 2
    foreign_digits: int = 2

    def figure_digits(self, column: Column) -> int | None:
        """Digits of the figures of ``column`` in this row; None: it holds no figures.

        >>> row = Row("row", (), 2, 0)
        >>> [row.figure_digits(Column("x", "X", kind))
        ...  for kind in ("amount", "foreign", "rate", "days")]
        [2, 0, 6, None]
        """
        digits = {
            "amount": self.digits,
            "foreign": self.foreign_digits,
            "rate": RATE_DIGITS,
        }
        return digits.get(column.kind)


@dataclass(frozen=True)
class ReportTable:
    """Everything a reader needs to trust the figures, and the figures.

    :param facts: pairs of label and value: company, dates, filter, printed by and at
    :param notes: what stands beneath the table: how it ties out
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    #: drawn on a page of their own; workbooks have none
    charts: tuple[Chart, ...] = ()


class Figures(NamedTuple):
    """One line of a table with groups: its outer groups, texts and amounts."""

    groups: tuple[str, ...]
    texts: tuple[str, ...]
    currency: str
    digits: int
    amounts: tuple[int, ...]


def grouped(
    lines: Iterable[Figures], total: str, subtotal: str, show_currency: bool
) -> list[Row]:
    """Rows with a heading and totals for each group, and totals of everything.

    Amounts of different currencies are never added: each group has one total for each.

    :param lines: in the order in which they shall stand; groups together
    :param subtotal: text with one place ``%s`` for the name of the group
    :param show_currency: whether a column after the texts names the currency

    >>> for row in grouped(
    ...     [Figures(("Ann",), ("Acme",), "USD", 2, (700,)),
    ...      Figures(("Ann",), ("Bolt",), "JPY", 0, (30,)),
    ...      Figures(("Bob",), ("Cray",), "USD", 2, (50,))], "Total", "Total %s", True):
    ...     print(row.kind, row.cells)
    heading ('Ann', '', None)
    row ('Acme', 'USD', 700)
    row ('Bolt', 'JPY', 30)
    subtotal ('Total Ann', 'USD', 700)
    subtotal ('Total Ann', 'JPY', 30)
    heading ('Bob', '', None)
    row ('Cray', 'USD', 50)
    subtotal ('Total Bob', 'USD', 50)
    total ('Total', 'USD', 750)
    total ('Total', 'JPY', 30)
    """
    rows: list[Row] = []
    sums: list[_Sums] = [_Sums()]
    current: tuple[str, ...] = ()
    shape = (0, 0)
    for line in lines:
        shape = len(line.texts), len(line.amounts)
        same = _common(current, line.groups)
        rows += _close(sums, current, same, subtotal, shape[0], show_currency)
        for name in line.groups[same:]:
            blank = ("",) * (shape[0] - 1 + show_currency)
            rows.append(Row("heading", (name, *blank, *(None,) * shape[1])))
            sums.append(_Sums())
        current = line.groups
        for level in sums:
            level.add(line)
        head = (*line.texts, line.currency) if show_currency else line.texts
        rows.append(Row("row", (*head, *line.amounts), line.digits))
    rows += _close(sums, current, 0, subtotal, shape[0], show_currency)
    return rows + sums[0].rows("total", total, shape[0], show_currency)


class _Sums:
    """Amounts added up, apart for each currency."""

    def __init__(self) -> None:
        self.amounts: dict[tuple[str, int], list[int]] = {}

    def add(self, line: Figures) -> None:
        key = line.currency, line.digits
        found = self.amounts.setdefault(key, [0] * len(line.amounts))
        for number, amount in enumerate(line.amounts):
            found[number] += amount

    def rows(self, kind: str, label: str, texts: int, show_currency: bool) -> list[Row]:
        blank = ("",) * (texts - 1)
        return [
            Row(
                kind,
                (label, *blank, *((currency,) if show_currency else ()), *amounts),
                digits,
            )
            for (currency, digits), amounts in self.amounts.items()
        ]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many groups from the outermost on are the same."""
    for number, (one, other) in enumerate(zip_longest(left, right)):
        if one != other:
            return number
    return len(right)


def _close(
    sums: list[_Sums],
    current: tuple[str, ...],
    same: int,
    subtotal: str,
    texts: int,
    show_currency: bool,
) -> list[Row]:
    """The totals of the groups that end, the innermost first."""
    rows: list[Row] = []
    while len(sums) > same + 1:
        label = subtotal % current[len(sums) - 2]
        rows += sums.pop().rows("subtotal", label, texts, show_currency)
    return rows
