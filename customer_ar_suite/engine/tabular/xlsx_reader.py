"""Excel workbooks (.xlsx, .xlsm) through openpyxl. Macros and links are not looked at."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from ..errors import FileError
from .filetype import open_archive, read_member
from .table import (
    MAX_COLUMNS,
    MAX_SHEETS,
    Cell,
    CellFault,
    Sheet,
    Table,
    collect,
    number_cell,
    text_cell,
)
from .xls_reader import as_date

_DTD = re.compile(rb"<!\s*DOCTYPE|<\0!\0D\0O\0C|\0<\0!\0D\0O\0C", re.IGNORECASE)
_PROLOG = 65_536
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMES = {
    _STRICT + b"spreadsheetml/main": (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    ),
    _STRICT + b"officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


def read_xlsx(data: bytes) -> Table:
    """All sheets of an .xlsx file, every row of them whatever its size field says.

    :raises FileError: ``file_corrupt``, ``archive_unsafe`` or a limit of :mod:`.table`
    """
    with open_archive(data) as archive:
        refuse_dtd(archive)
        if _STRICT in read_member(archive, "xl/workbook.xml", _PROLOG):
            data = _as_transitional(archive)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions we do not need
            book = load_workbook(BytesIO(data), read_only=True, data_only=True)
            return Table("xlsx", _sheets(book))
    except (FileError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises anything on a damaged part
        raise FileError("file_corrupt", kind="xlsx") from None


def _as_transitional(archive: zipfile.ZipFile) -> bytes:
    """The same workbook in the names openpyxl knows; Excel's "Strict" format differs in them.

    Without this its sheets would be read as empty.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in archive.namelist():
            part = read_member(archive, name)
            for strict, usual in _NAMES.items():
                part = part.replace(strict, usual)
            target.writestr(name, part)
    return buffer.getvalue()


def refuse_dtd(archive: zipfile.ZipFile) -> None:
    """No part may bring a document type: that is where entities are blown up or fetched."""
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        head = read_member(archive, member.filename, _PROLOG)
        if _DTD.search(head):
            raise FileError("archive_unsafe", reason="dtd")


def _sheets(book: Any) -> list[Sheet]:
    if len(book.worksheets) > MAX_SHEETS:
        raise FileError("too_many_sheets", limit=MAX_SHEETS)
    sheets = []
    for sheet in book.worksheets:
        # the stated size may lie: rows outside it would be lost, rows padded to it cost
        sheet.reset_dimensions()
        hidden = getattr(sheet, "sheet_state", "visible") != "visible"
        sheets.append(collect(sheet.title, _rows(sheet), hidden))
    return sheets


def _rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells: list[Cell] = []
        for cell in row:
            value = cell.value
            if value is None:
                cells.append("")
            elif isinstance(value, str):
                cells.append(_text(cell, value, number, len(cells)))
            else:
                cells.append(_typed(value, cell))
            if len(cells) > MAX_COLUMNS and cells[-1] != "":
                raise FileError("too_many_columns", row=number, limit=MAX_COLUMNS)
        yield number, cells


def _text(cell: Any, value: str, row: int, column: int) -> Cell:
    if cell.data_type == "e":
        return CellFault(value)
    return text_cell(value.replace("_x000D_", ""), row, column)


def _typed(value: Any, cell: Any) -> Cell:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return number_cell(value, cell.number_format or "")
    if isinstance(value, datetime):
        # day 60 of 1900 did not exist and the days before it are off by one
        return as_date(value) if value.year > 1900 else CellFault(value.isoformat())
    if isinstance(value, (date, time, timedelta)):
        return value if isinstance(value, date) else CellFault(str(value))
    return CellFault(str(value))
