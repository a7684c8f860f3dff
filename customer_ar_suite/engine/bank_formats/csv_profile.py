"""Any bank's csv, xls, xlsx or ods export, described by columns instead of code.

A :class:`CsvProfile` says under which headings a bank writes what. The table may begin
anywhere: remarks above the headings and totals below the last line are not lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from ..errors import FileError, RowError
from ..money import to_minor
from ..tabular import numbers
from ..tabular.table import Cell, CellFault, RawRow, Table, column_letter
from ..text import clean, compact, fold
from .base import (
    BOOKED,
    FORMATS,
    INFORMATION,
    BankLine,
    BankStatement,
    Control,
    ReadContext,
)
from .csv_days import read_day
from .csv_layout import COLUMNS, CURRENCY_NAMES
from .csv_layout import CsvProfile as CsvProfile
from .csv_tables import read_bank_table
from .detect import looks_like

#: rows at the top in which the headings are looked for
_HEADING_ROWS = 60
#: signs of currency that may stand at an amount; the currency itself has its own column
_MARKS = ("¥", "￥", "$", "€", "£")


class _Movement(NamedTuple):
    row: int
    account: str
    currency: str
    balance: int | None
    line: BankLine

    @property
    def key(self) -> tuple[str, str]:
        return self.account, self.currency


@FORMATS.register
class CsvFormat:
    """Reads tables through a profile."""

    code = "csv"
    label = "Table of movements (csv, xls, xlsx, ods)"

    def detect(self, data: bytes, filename: str) -> bool:
        kind = looks_like(data)
        if any(other.detect(data, filename) for other in FORMATS if other is not self):
            return False  # a table is what nothing else is
        return kind in ("Excel", "ZIP") or (
            not kind and any(mark in data[:65536] for mark in (b",", b";", b"\t", b"|"))
        )

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        profile, table, start = _choose(data, context)
        rows = table.sheet().rows[start:]
        reader = _Reader(profile, rows[0], context)
        movements = list(reader.movements(rows[1:]))
        if not movements:
            raise FileError("bank_file_without_statement", filename=context.filename)
        keys = dict.fromkeys(one.key for one in movements)
        return [
            _statement(
                [one for one in movements if one.key == key], table.kind, context
            )
            for key in keys
        ]


# -- which profile, and where its table begins ----------------------------------------------


def _choose(data: bytes, context: ReadContext) -> tuple[CsvProfile, Table, int]:
    """The one profile whose headings the file has, the table, and the row of the headings."""
    fitting = []
    headings: list[str] = []
    tables: dict[tuple[str, str], Table] = {}
    for profile in context.profiles:
        if profile.is_headless and len(context.profiles) > 1:
            continue  # fits every table: only when it was chosen
        how = profile.encoding, profile.delimiter
        if how not in tables:
            tables[how] = _read(data, profile, context)
        rows = tables[how].sheet().rows
        headings = headings or [_text(cell) for cell in _widest(rows).cells]
        start = _find_headings(rows, profile)
        if start is not None:
            fitting.append((profile, tables[how], start))
    fitting = _most_telling(fitting)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(profile.name for profile, *_rest in fitting)
        raise FileError(
            "bank_layout_ambiguous", filename=context.filename, profiles=names
        )
    raise FileError(
        "bank_layout_missing",
        filename=context.filename,
        headings=", ".join(filter(None, headings))[:300] or "–",
    )


def _most_telling(
    fitting: list[tuple[CsvProfile, Table, int]],
) -> list[tuple[CsvProfile, Table, int]]:
    """Without layouts that leave out a column which another one needs: a column that says
    in or out must not go unread."""
    needs = [
        {
            _key(_text(cell))
            for cell in table.sheet().rows[start].cells
            for column in profile.required()
            if _key(_text(cell)) in _keys(column)
        }
        for profile, table, start in fitting
    ]
    return [
        one
        for one, need in zip(fitting, needs, strict=True)
        if not any(need < other for other in needs)
    ]


def _read(data: bytes, profile: CsvProfile, context: ReadContext) -> Table:
    return read_bank_table(data, context.filename, profile.encoding, profile.delimiter)


def _widest(rows: Sequence[RawRow]) -> RawRow:
    return max(rows[:_HEADING_ROWS], key=lambda row: len(row.cells))


def _find_headings(rows: Sequence[RawRow], profile: CsvProfile) -> int | None:
    if profile.is_headless:
        return 0
    for position, row in enumerate(rows[:_HEADING_ROWS]):
        found = {_key(_text(cell)) for cell in row.cells}
        if all(found.intersection(_keys(column)) for column in profile.required()):
            return position
    return None


def _key(heading: str) -> str:
    return fold(heading).replace(" ", "")


def _keys(column: str) -> list[str]:
    return [_key(one) for one in column.split("|")]


def _under(key: str, keys: Sequence[str]) -> list[int]:
    return [index for index, one in enumerate(keys) if one == key]


# -- rows -----------------------------------------------------------------------------------


class _Reader:
    """Rows of one table as movements."""

    def __init__(
        self, profile: CsvProfile, headings: RawRow, context: ReadContext
    ) -> None:
        self.profile = profile
        self.context = context
        self.headings = headings
        declared = numbers.FORMATS[profile.number_format]
        self.numbers = replace(declared, plus=True, marks=_MARKS)
        self.index: dict[str, list[int]] = {
            name: self._positions(getattr(profile, name)) for name in COLUMNS
        }

    def _positions(self, column: str) -> list[int]:
        keys = [_key(_text(cell)) for cell in self.headings.cells]
        found = []
        for part in filter(None, column.split("+")):
            if part.startswith("#") and part[1:].isdigit():
                found.append(int(part[1:]) - 1)
                continue
            matches = [i for i, key in enumerate(keys) if key in _keys(part)]
            if column == self.profile.date:
                # of a booking day and a trading day the layout prefers the one named first
                matches = next(
                    filter(None, (_under(one, keys) for one in _keys(part))), []
                )
            if len(matches) > 1 and part in self.profile.required():
                raise FileError(
                    "bank_heading_twice", value=part, columns=_letters(matches)
                )
            found.extend(matches[:1])
        return found

    def movements(self, rows: Sequence[RawRow]) -> Iterator[_Movement]:
        table = [self.headings, *rows] if self.profile.is_headless else rows
        for row in table:
            if self._is_footer(row):
                return
            if any(self._cell(row, name) for name in ("amount", "debit", "credit")):
                yield self._movement(row)

    def _is_footer(self, row: RawRow) -> bool:
        first = next((text for cell in row.cells if (text := _text(cell))), "")
        return bool(self.profile.footer_marks) and first.startswith(
            self.profile.footer_marks
        )

    def _movement(self, row: RawRow) -> _Movement:
        account = compact(self._text(row, "account") or self.profile.default_account)
        stated = self._text(row, "currency").upper()
        currency = CURRENCY_NAMES.get(stated, stated) or self.profile.default_currency
        if currency not in self.context.digits:
            raise FileError(
                "bank_currency_unknown",
                value=currency[:10] or "–",
                statement=self.context.filename,
            )
        digits = self.context.digits[currency]
        balance = self._money(row, "balance", digits)
        day = self._date(row, "date")
        if day is None:
            raise self._error("bank_date_not_readable", row, "date")
        amount = self._amount(row, digits)
        line = BankLine(
            entry=row.number,
            status=BOOKED if amount and self._is_booked(row) else INFORMATION,
            booking_date=day,
            value_date=self._date(row, "value_date"),
            amount=amount,
            bank_reference=self._text(row, "bank_reference"),
            text=self._text(row, "text"),
            counterparty=self._text(row, "counterparty"),
            counterparty_account=compact(self._text(row, "counterparty_account")),
            code=self._text(row, "code"),
        )
        return _Movement(row.number, account, currency, balance, line)

    def _amount(self, row: RawRow, digits: int) -> int:
        if self.profile.amount:
            amount = self._money(row, "amount", digits) or 0
            if self.profile.sign:
                amount = self._with_sign(row, amount)
        else:
            debit = self._money(row, "debit", digits) or 0
            credit = self._money(row, "credit", digits) or 0
            if debit and credit:
                raise self._error("bank_debit_and_credit", row, "debit")
            amount = credit + (debit if self.profile.is_debit_negative else -debit)
        return -amount if self.profile.is_inverted else amount

    def _is_booked(self, row: RawRow) -> bool:
        """Did the money move? Wallets also list what was cancelled or only passed through."""
        profile = self.profile
        return not (
            self._is_marked(row, "sign", profile.neutral_marks)
            or self._is_marked(row, "status", profile.unbooked_marks)
        )

    def _is_marked(self, row: RawRow, name: str, marks: Sequence[str]) -> bool:
        return fold(self._text(row, name)) in {fold(mark) for mark in marks}

    def _with_sign(self, row: RawRow, amount: int) -> int:
        if self._is_marked(row, "sign", self.profile.neutral_marks):
            return amount
        if amount < 0:  # the amount says one thing, the column beside it another
            raise self._error("bank_sign_twice", row, "amount")
        if self._is_marked(row, "sign", self.profile.debit_marks):
            return -amount
        if self._is_marked(row, "sign", self.profile.credit_marks):
            return amount
        raise self._error("bank_sign_not_readable", row, "sign")

    # -- cells --

    def _cell(self, row: RawRow, name: str) -> Cell:
        for index in self.index[name]:
            if index < len(row.cells) and row.cells[index] != "":
                cell = row.cells[index]
                if isinstance(cell, CellFault):
                    raise self._error("bank_cell_faulty", row, name)
                return clean(cell) if isinstance(cell, str) else cell
        return ""

    def _text(self, row: RawRow, name: str) -> str:
        cells = [row.cells[i] for i in self.index[name] if i < len(row.cells)]
        return " ".join(dict.fromkeys(filter(None, map(_text, cells))))

    def _money(self, row: RawRow, name: str, digits: int) -> int | None:
        cell = self._cell(row, name)
        if cell in ("", "-", "--"):
            return None
        found = cell if isinstance(cell, Decimal) else self._number(cell)
        if found is None:
            raise self._error("bank_amount_not_readable", row, name)
        if not numbers.fits_digits(found, digits):
            raise self._error("bank_amount_too_precise", row, name, digits=digits)
        return to_minor(found, digits)

    def _number(self, cell: Cell) -> Decimal | None:
        return self.numbers.parse(cell) if isinstance(cell, str) else None

    def _date(self, row: RawRow, name: str) -> date | None:
        cell = self._cell(row, name)
        if cell == "":
            return None
        if isinstance(cell, date):
            return cell.date() if isinstance(cell, datetime) else cell
        order = self.profile.date_order
        found = read_day(_text(cell), order)
        if found is None:
            raise self._error("bank_date_not_readable", row, name)
        return found

    def _error(self, code: str, row: RawRow, name: str, **params: object) -> RowError:
        params = {"value": self._text(row, name)[:40], **params}
        where = {
            "statement": self.context.filename,
            "row": row.number,
            "column": self._heading(name),
        }
        return RowError(code, **{**params, **where})

    def _heading(self, name: str) -> str:
        """The heading as it stands in the file; without headings, what the layout says."""
        declared: str = getattr(self.profile, name)
        cells = self.headings.cells
        found = [_text(cells[i]) for i in self.index[name] if i < len(cells)]
        return declared if "#" in declared else " + ".join(found) or declared


def _text(cell: Cell) -> str:
    if isinstance(cell, CellFault):
        return cell.text
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return clean(cell) if isinstance(cell, str) else str(cell)


def _letters(indexes: Sequence[int]) -> str:
    return ", ".join(column_letter(index) for index in indexes)


# -- statements -----------------------------------------------------------------------------


def _statement(
    movements: list[_Movement], kind: str, context: ReadContext
) -> BankStatement:
    """Oldest first, with balances and their proof where the file has a balance column."""
    if _is_newest_first(movements):
        movements = movements[::-1]
    first, last = movements[0], movements[-1]
    has_balance = all(one.balance is not None for one in movements)
    opening = first.balance - _booked(first) if first.balance is not None else None
    return BankStatement(
        format=CsvFormat.code,
        account=first.account,
        currency=first.currency,
        digits=context.digits[first.currency],
        number="",
        sequence="",
        opening=opening if has_balance else None,
        opening_date=first.line.booking_date if has_balance else None,
        closing=last.balance if has_balance else None,
        closing_date=last.line.booking_date if has_balance else None,
        lines=tuple(one.line for one in movements),
        controls=tuple(_running_balance(movements)) if has_balance else (),
        is_whole=kind != "csv",
    )


def _booked(movement: _Movement) -> int:
    line = movement.line
    return line.amount if line.status == BOOKED else 0


def _is_newest_first(movements: list[_Movement]) -> bool:
    """By the running balance if it decides, else by the dates."""
    upward = not _breaks(movements)
    downward = not _breaks(movements[::-1])
    if upward != downward and movements[0].balance is not None:
        return downward
    return movements[0].line.booking_date > movements[-1].line.booking_date


def _breaks(movements: list[_Movement]) -> list[tuple[int, int]]:
    """Balances that do not follow from the one before: pairs (expected, found)."""
    found = []
    for before, after in zip(movements, movements[1:], strict=False):
        if before.balance is not None and after.balance is not None:
            expected = before.balance + _booked(after)
            if expected != after.balance:
                found.append((expected, after.balance))
    return found


def _running_balance(movements: list[_Movement]) -> Iterator[Control]:
    for expected, found in _breaks(movements)[:1]:
        yield Control("running_balance", found, expected)
