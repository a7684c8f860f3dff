"""How one reader's language writes figures, dates and the fixed words of a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..money import written
from .matrix import Cell, Column


@dataclass(frozen=True)
class Wording:
    """Everything a page says that is not in the matrix; made once per language.

    :param labels: the fixed words by code; ``column_<code>`` heads a column, ``kind_<code>``
        names a kind of entry
    :param date_text: a day as the reader writes it
    :param grouping: sizes of the groups of digits from the right; 0 repeats the last one

    >>> english = Wording({}, date.isoformat)
    >>> english.amount(-123456789, 2), english.amount(1234, 0), english.amount(5, 3)
    ('-1,234,567.89', '1,234', '0.005')
    >>> Wording({}, date.isoformat, ",", ".", (3, 2, 0)).amount(123456789, 2)
    '12.34.567,89'
    """

    labels: Mapping[str, str]
    date_text: Callable[[date], str]
    decimal_point: str = "."
    thousands_sep: str = ","
    grouping: Sequence[int] = (3, 0)

    def label(self, code: str, **params: object) -> str:
        """A fixed word; ``params`` are put into its ``%(name)s`` places."""
        return self.labels[code] % params if params else self.labels[code]

    def amount(self, minor: int, digits: int) -> str:
        """An amount with all its digits, grouped."""
        return written(
            minor, digits, self.decimal_point, self.thousands_sep, self.grouping
        )

    def cell(self, cell: Cell, column: Column, digits: int) -> str:
        """The text of one cell; nothing where the matrix holds nothing."""
        if cell is None or cell == "":
            return ""
        if column.kind == "amount":
            assert isinstance(cell, int)
            return self.amount(cell, digits)
        if column.kind == "date":
            assert isinstance(cell, date)
            return self.date_text(cell)
        if column.kind == "kind":
            return self.labels[f"kind_{cell}"]
        return str(cell)

    def bucket(self, first: int | None, last: int | None) -> str:
        """The heading of an aging bucket given by its first and last day overdue."""
        if first is None:
            return self.label("bucket_not_due") if last == 0 else f"≤ {last}"
        if last is None:
            return self.label("bucket_over", days=first - 1)
        return self.label("bucket_range", first=first, last=last)
