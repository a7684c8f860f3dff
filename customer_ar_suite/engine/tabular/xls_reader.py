"""Old Excel workbooks (BIFF 2 to 8) through xlrd. Macros are not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

import xlrd
from xlrd.xldate import XLDateError, xldate_as_datetime

from ..errors import FileError
from .table import MAX_SHEETS, Cell, CellFault, Table, collect, number_cell, text_cell


def read_xls(data: bytes) -> Table:
    """All sheets of an .xls file.

    :raises FileError: ``file_encrypted``, ``file_corrupt`` or a limit of :mod:`.table`
    """
    book = _open(data)
    try:
        if book.nsheets > MAX_SHEETS:
            raise FileError("too_many_sheets", limit=MAX_SHEETS)
        return Table("xls", [_sheet(book, i) for i in range(book.nsheets)])
    except FileError:
        raise
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - xlrd raises anything on a damaged stream
        raise FileError("file_corrupt", kind="xls") from None


def _open(data: bytes) -> Any:
    # formats tell codes and percentages from amounts; a book whose formats are damaged is
    # still read without them
    for formatting in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=data,
                formatting_info=formatting,
                ragged_rows=True,
                logfile=StringIO(),
            )
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            if "encrypted" in str(error) or "password" in str(error).lower():
                raise FileError("file_encrypted") from None
    raise FileError("file_corrupt", kind="xls") from None


def _sheet(book: Any, index: int) -> Any:
    sheet = book.sheet_by_index(index)
    return collect(sheet.name, _rows(book, sheet), hidden=bool(sheet.visibility))


def _rows(book: Any, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    format_of = _formats(book)
    for row in range(sheet.nrows):
        yield (
            row + 1,
            [
                _cell(book, cell, format_of, row + 1, column)
                for column, cell in enumerate(sheet.row(row))
            ],
        )


def _formats(book: Any) -> Callable[[int | None], str]:
    def format_of(xf_index: int | None) -> str:
        if xf_index is None or xf_index >= len(book.xf_list):
            return ""
        found = book.format_map.get(book.xf_list[xf_index].format_key)
        return found.format_str if found else ""

    return format_of


def _cell(
    book: Any, cell: Any, format_of: Callable[[int | None], str], row: int, column: int
) -> Cell:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return text_cell(cell.value, row, column)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return number_cell(cell.value, format_of(cell.xf_index))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return CellFault(xlrd.error_text_from_code.get(cell.value, "#ERR"))
    return ""


def _date(value: float, datemode: int) -> Cell:
    """A day, or a day with its time; times without a day and impossible days are faults."""
    if 0 <= value < 1:
        return CellFault(f"{value:g}")
    if datemode == 0 and value < 61:
        # day 60 is 29 February 1900, which did not exist; the days before are off by one
        return CellFault(f"{value:g}")
    try:
        moment = xldate_as_datetime(value, datemode)
    except (XLDateError, ValueError, OverflowError):
        return CellFault(f"{value:g}")
    return as_date(moment)


def as_date(moment: datetime) -> date:
    """``moment`` without its time of day when that is midnight."""
    midnight = not (moment.hour or moment.minute or moment.second or moment.microsecond)
    return moment.date() if midnight else moment.replace(microsecond=0)
