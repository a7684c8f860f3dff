"""Typed columns: a cell is read as what its column declares, or refused with its place.

A column reads one cell of one row and returns a value, or ``None`` for an empty cell.
Nothing is guessed: what does not fully match the column's grammar raises
:class:`~..errors.RowError` with ``row`` (as in the file), ``column`` (its heading) and
``value``.

>>> from .numbers import GERMAN
>>> Money("Limit", GERMAN, digits=2).read("1.234,56", 7)
Decimal('1234.56')
>>> Money("Limit", digits=2).read("(100)", 7)  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
customer_ar_suite.engine.errors.RowError: amount_not_readable(row=7, ...)
>>> Code("No.").read("00017", 2), Code("No.").read(Decimal(17), 2)
('00017', '17')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import RowError
from ..identifiers.email import is_email, with_plain_domain
from ..text import clean, fold
from .dates import from_serial, read_date
from .numbers import ENGLISH, PLAIN, NumberFormat, fits_digits
from .phones import read_phone
from .table import Cell, CellFault

#: longest text shown in an error
_SHOWN = 60


@dataclass(frozen=True)
class Column:
    """What all columns have: a heading for errors, and whether it may be empty."""

    heading: str
    required: bool = field(default=False, kw_only=True)

    def read(self, cell: Cell, row: int) -> Any:
        """The value of ``cell``, ``None`` when it is empty.

        :raises RowError: ``value_missing``, ``cell_formula_error`` or the column's own
        """
        if isinstance(cell, CellFault):
            self._refuse("cell_formula_error", row, cell.text)
        if isinstance(cell, str) and _is_blank(cell):
            if self.required:
                raise RowError("value_missing", row=row, column=self.heading)
            return None
        return self._read(cell, row)

    def _read(self, cell: Cell, row: int) -> Any:
        raise NotImplementedError

    def _refuse(self, code: str, row: int, value: object, **params: Any) -> NoReturn:
        shown = str(value)
        if len(shown) > _SHOWN:
            shown = shown[:_SHOWN] + "…"
        raise RowError(code, row=row, column=self.heading, value=shown, **params)


@dataclass(frozen=True)
class Text(Column):
    """Words: NFC, no invisible characters; single spaces unless it may have lines."""

    max_length: int = 5_000
    lines: bool = False

    def _read(self, cell: Cell, row: int) -> str:
        text = unicodedata.normalize("NFC", as_text(cell))
        if text.isascii() and text.isprintable():
            return self._fitting(" ".join(text.split()), row)
        parts = text.splitlines() if self.lines else [" ".join(text.split())]
        for char in "".join(parts):
            if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char != "\t":
                self._refuse("text_control_character", row, f"U+{ord(char):04X}")
        return self._fitting("\n".join(map(_visible, parts)).strip(), row)

    def _fitting(self, text: str, row: int) -> str:
        if len(text) > self.max_length:
            self._refuse(
                "text_too_long", row, text, size=len(text), limit=self.max_length
            )
        return text


@dataclass(frozen=True)
class Code(Column):
    """A number that identifies and does not count: leading zeros stay."""

    max_length: int = 64

    def _read(self, cell: Cell, row: int) -> str:
        if isinstance(cell, Decimal):
            if cell != cell.to_integral_value():
                self._refuse("code_not_readable", row, cell)
            if len(f"{abs(cell):f}") > 15:
                # spreadsheets keep 15 digits of a number and show zeros for the rest
                self._refuse("code_digits_lost", row, f"{cell:f}")
        elif not isinstance(cell, str):
            self._refuse("code_not_readable", row, as_text(cell))
        text = clean(as_text(cell))
        if re.fullmatch(r"\d+(\.\d+)?[Ee]\+\d+", text):
            self._refuse("code_digits_lost", row, text)
        if len(text) > self.max_length:
            self._refuse(
                "text_too_long", row, text, size=len(text), limit=self.max_length
            )
        return text


@dataclass(frozen=True)
class Email(Column):
    """One address; domain in lower case."""

    def _read(self, cell: Cell, row: int) -> str:
        text = clean(as_text(cell))
        if not is_email(text):
            self._refuse("email_not_readable", row, text)
        return with_plain_domain(text)


@dataclass(frozen=True)
class Phone(Column):
    """A telephone number in E.164; ``country`` is the one numbers without prefix are in."""

    country: str = ""

    def _read(self, cell: Cell, row: int) -> str:
        found = read_phone(as_text(cell), self.country)
        if not found:
            self._refuse("phone_not_readable", row, as_text(cell), country=self.country)
        return found.shown


@dataclass(frozen=True)
class Country(Column):
    """An ISO code; ``names`` maps folded names and codes in any language to it."""

    names: Mapping[str, str] | None = None

    def _read(self, cell: Cell, row: int) -> str:
        text = as_text(cell)
        found = (self.names or {}).get(fold(text))
        if not found:
            self._refuse("country_unknown", row, text)
        return found


@dataclass(frozen=True)
class Money(Column):
    """An amount in the declared format with at most the digits of its currency."""

    format: NumberFormat = ENGLISH
    digits: int | None = None

    def _read(self, cell: Cell, row: int) -> Decimal:
        value = cell if isinstance(cell, Decimal) else None
        if isinstance(cell, str):
            value = self.format.parse(cell)
        if value is None or abs(value) >= 10**15:
            self._refuse("amount_not_readable", row, as_text(cell))
        if self.digits is not None and not fits_digits(value, self.digits):
            self._refuse("amount_too_precise", row, as_text(cell), digits=self.digits)
        return value

    def read_minor(self, cell: Cell, row: int, digits: int) -> int | None:
        """The amount in minor units of a currency with ``digits`` places, exactly."""
        value: Decimal | None = self.read(cell, row)
        if value is None:
            return None
        if not fits_digits(value, digits):
            self._refuse("amount_too_precise", row, as_text(cell), digits=digits)
        return int(value.scaleb(digits))


@dataclass(frozen=True)
class Integer(Column):
    """A whole number, thousands grouped or not."""

    format: NumberFormat = ENGLISH

    def _read(self, cell: Cell, row: int) -> int:
        value = cell if isinstance(cell, Decimal) else None
        if isinstance(cell, str) and self.format.decimal not in cell:
            value = self.format.parse(cell)
        if value is None or value != value.to_integral_value() or abs(value) >= 10**15:
            self._refuse("integer_not_readable", row, as_text(cell))
        return int(value)


@dataclass(frozen=True)
class Percent(Column):
    """A share: ``15%`` is 0.15. A bare number is refused: it may mean either."""

    format: NumberFormat = PLAIN

    def _read(self, cell: Cell, row: int) -> Decimal:
        text = as_text(cell).strip()
        value = self.format.parse(text[:-1].rstrip()) if text.endswith("%") else None
        if value is None:
            self._refuse("percent_not_readable", row, text)
        return value / 100


@dataclass(frozen=True)
class Date(Column):
    """A day in the declared order; ``serial`` reads day numbers of a spreadsheet as well."""

    order: str = "ymd"
    with_time: bool = False
    serial: bool = False

    def _read(self, cell: Cell, row: int) -> date:
        found: date | None = None
        if isinstance(cell, datetime):
            found = cell.date() if self.with_time else None
        elif isinstance(cell, date):
            found = cell
        elif isinstance(cell, str):
            found = read_date(cell, self.order, with_time=self.with_time)
        elif isinstance(cell, Decimal) and cell == cell.to_integral_value():
            found = self._from_number(int(cell))
        if found is None:
            self._refuse("date_not_readable", row, as_text(cell), order=self.order)
        return found

    def _from_number(self, number: int) -> date | None:
        if number > 9_999_999:  # 20260131 kept as a number
            return read_date(str(number))
        return from_serial(number) if self.serial else None


@dataclass(frozen=True)
class Boolean(Column):
    """Yes or no, in the words declared."""

    true: frozenset[str] = frozenset(
        ("1", "true", "yes", "y", "x", "是", "有", "对", "√")
    )
    false: frozenset[str] = frozenset(("0", "false", "no", "n", "否", "无", "不", "×"))

    def _read(self, cell: Cell, row: int) -> bool:
        if isinstance(cell, bool):
            return cell
        text = fold(as_text(cell))
        if text not in self.true and text not in self.false:
            self._refuse("boolean_not_readable", row, as_text(cell))
        return text in self.true


def _is_blank(text: str) -> bool:
    """Is there nothing to see in the cell?"""
    return not clean(text) if not text.isascii() else not text or text.isspace()


def as_text(cell: Cell) -> str:
    """What a person sees in the cell.

    >>> from datetime import date
    >>> as_text(Decimal("42")), as_text(date(2026, 1, 31)), as_text(CellFault("#N/A"))
    ('42', '2026-01-31', '#N/A')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, CellFault):
        return cell.text
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()


def _visible(text: str) -> str:
    """Without zero-width and direction-changing characters; full-width letters stay."""
    kept = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(kept.split())
