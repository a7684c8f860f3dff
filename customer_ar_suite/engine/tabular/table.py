"""What a reader hands over, and the limits every reader keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..errors import FileError

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100
MAX_MEMBERS = 1_000
MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELL = 32_767
MAX_SHEETS = 100


class CellFault(NamedTuple):
    """A cell that has no value but a fault, as the program that made it shows it (#N/A)."""

    text: str


#: Empty is ``""``. A number is exact as written; a date with a time of day is a datetime.
Cell = str | Decimal | date | bool | CellFault


class RawRow(NamedTuple):
    """One row with content; ``number`` as a spreadsheet program shows it, from 1."""

    number: int
    cells: tuple[Cell, ...]


class Sheet(NamedTuple):
    """The rows of one sheet without the empty ones, which are only counted."""

    name: str
    rows: Sequence[RawRow]
    empty_rows: int = 0
    hidden: bool = False


class Table(NamedTuple):
    """A file that has been read. The text properties are empty for workbooks."""

    kind: str  #: csv, xls, xlsx or ods
    sheets: list[Sheet]
    encoding: str = ""
    confidence: float = 1.0  #: of the encoding, 0..1
    delimiter: str = ""
    open_end: bool = False  #: of a csv: its last line has no end and may be cut

    def sheet(self, name: str | None = None) -> Sheet:
        """The sheet called ``name``; without a name the first visible one with content.

        :raises FileError: ``sheet_unknown`` or ``file_no_rows``
        """
        if name:
            for sheet in self.sheets:
                if sheet.name == name:
                    return sheet
            raise FileError("sheet_unknown", value=name)
        filled = [sheet for sheet in self.sheets if sheet.rows]
        if not filled:
            raise FileError("file_no_rows")
        return next((sheet for sheet in filled if not sheet.hidden), filled[0])


def column_letter(index: int) -> str:
    """Name of the column with the given index from 0, as spreadsheets write it.

    >>> [column_letter(i) for i in (0, 25, 26, 255)]
    ['A', 'Z', 'AA', 'IV']
    """
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def number_cell(value: float, number_format: str = "") -> Cell:
    """A number of a workbook as exact decimal, or as the text its format shows.

    Workbooks hold binary floats; programs show and compare 15 digits of them. Codes kept as
    numbers with a format of zeros (``000000``) and percentages are read as shown.

    >>> number_cell(0.1 + 0.2), number_cell(42.0), number_cell(123, "000000")
    (Decimal('0.3'), Decimal('42'), '000123')
    >>> number_cell(0.155, "0.0%")
    '15.5%'
    """
    if value != value or value in (float("inf"), float("-inf")):
        return CellFault("#NUM!")
    exact = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if exact == exact.to_integral_value():
        # 1e+20 written out; also turns -0 into 0
        exact = exact.quantize(Decimal(1)) + 0 if abs(exact) < 10**27 else exact
    if exact >= 0 and number_format and not number_format.strip("0"):
        return f"{exact:f}".zfill(len(number_format)) if exact % 1 == 0 else exact
    if number_format.endswith("%"):
        return f"{(exact * 100).normalize():f}%"
    return exact


def text_cell(text: str, row: int, index: int) -> str:
    """``text`` within the limits of a cell.

    :raises FileError: ``cell_too_long`` or ``file_has_nul`` with row and column
    """
    if len(text) > MAX_CELL:
        raise FileError(
            "cell_too_long",
            row=row,
            column=column_letter(index),
            size=len(text),
            limit=MAX_CELL,
        )
    if "\0" in text:
        raise FileError("file_has_nul", row=row)
    return text


def collect(
    name: str, rows: Iterable[tuple[int, list[Cell]]], hidden: bool = False
) -> Sheet:
    """A sheet out of numbered rows: empty ones counted, trailing empty cells dropped.

    :raises FileError: ``too_many_rows`` or ``too_many_columns``
    """
    kept: list[RawRow] = []
    last = 0
    for number, cells in _filled(rows):
        if len(cells) > MAX_COLUMNS:
            raise FileError("too_many_columns", row=number, limit=MAX_COLUMNS)
        if len(kept) == MAX_ROWS:
            raise FileError("too_many_rows", sheet=name, limit=MAX_ROWS)
        kept.append(RawRow(number, tuple(cells)))
        last = number
    return Sheet(name, kept, last - len(kept), hidden)


def _filled(rows: Iterable[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in rows:
        while cells and _is_blank(cells[-1]):
            cells.pop()
        if cells:
            yield number, cells


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()
