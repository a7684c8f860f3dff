"""OpenDocument spreadsheets (.ods): one XML part, read as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from ..errors import FileError
from .filetype import open_archive, read_member
from .table import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    Cell,
    CellFault,
    Sheet,
    Table,
    collect,
    text_cell,
)
from .xls_reader import as_date
from .xlsx_reader import refuse_dtd

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_MANIFEST = "META-INF/manifest.xml"
_TABLE, _OFFICE, _TEXT = _NS % "table", _NS % "office", _NS % "text"


def read_ods(data: bytes) -> Table:
    """All sheets of an .ods file.

    :raises FileError: ``file_corrupt``, ``file_encrypted``, ``archive_unsafe`` or a limit
    """
    with open_archive(data) as archive:
        refuse_dtd(archive)
        if _MANIFEST in archive.namelist():
            if b"encryption-data" in read_member(archive, _MANIFEST):
                raise FileError("file_encrypted")
        try:
            with archive.open("content.xml") as content:
                return Table("ods", list(_sheets(content)))
        except (FileError, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - damaged XML, damaged zip, numbers out of range
            raise FileError("file_corrupt", kind="ods") from None


def _sheets(content: IO[bytes]) -> Iterator[Sheet]:
    """One sheet at a time: its rows are dropped from memory as they are read."""
    rows: list[tuple[int, list[Cell]]] = []
    name, number, count = "", 0, 0
    for event, node in iterparse(content, events=("start", "end")):
        if event == "start" and node.tag == _TABLE + "table":
            name, rows, number = node.get(_TABLE + "name", ""), [], 0
        elif event == "end" and node.tag == _TABLE + "table-row":
            number = _take_row(node, rows, number, name)
            node.clear()
        elif event == "end" and node.tag == _TABLE + "table":
            count += 1
            if count > MAX_SHEETS:
                raise FileError("too_many_sheets", limit=MAX_SHEETS)
            yield collect(name, rows)
            node.clear()


def _take_row(
    node: Any, rows: list[tuple[int, list[Cell]]], number: int, sheet: str
) -> int:
    """Append the row as often as it says it is repeated; return the last row number."""
    repeated = _repeat(node, "number-rows-repeated")
    cells = _cells(node, number + 1)
    if cells:
        if len(rows) + repeated > MAX_ROWS:
            raise FileError("too_many_rows", sheet=sheet, limit=MAX_ROWS)
        rows += [(number + i + 1, list(cells)) for i in range(repeated)]
    return number + repeated


def _cells(row: Any, number: int) -> list[Cell]:
    cells: list[Cell] = []
    pending = 0  # empty cells that only count when a filled one follows
    for node in row:
        if node.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            continue
        repeated = _repeat(node, "number-columns-repeated")
        value = _value(node, number, len(cells) + pending)
        if value == "":
            pending += repeated
            continue
        if len(cells) + pending + repeated > MAX_COLUMNS:
            raise FileError("too_many_columns", row=number, limit=MAX_COLUMNS)
        cells += [""] * pending + [value] * repeated
        pending = 0
    return cells


def _repeat(node: Any, attribute: str) -> int:
    return max(1, int(node.get(_TABLE + attribute, "1")))


def _value(node: Any, row: int, column: int) -> Cell:
    kind = node.get(_OFFICE + "value-type", "")
    shown = "\n".join(_shown(p) for p in node.iter(_TEXT + "p"))
    if kind in ("float", "currency"):
        return _number(node.get(_OFFICE + "value", ""), shown)
    if kind == "percentage":
        return text_cell(shown, row, column)
    if kind == "date":
        return _date(node.get(_OFFICE + "date-value", ""), shown)
    if kind == "boolean":
        return bool(node.get(_OFFICE + "boolean-value") == "true")
    return text_cell(shown, row, column)


def _shown(paragraph: Any) -> str:
    """Text of a paragraph with its runs of spaces, without notes."""
    text = paragraph.text or ""
    for child in paragraph:
        if child.tag == _TEXT + "s":
            text += " " * min(1000, int(child.get(_TEXT + "c", "1")))
        elif child.tag != _OFFICE + "annotation":
            text += _shown(child)
        text += child.tail or ""
    return text


def _number(value: str, shown: str) -> Cell:
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return CellFault(shown or value)
    if not exact.is_finite() or abs(exact.adjusted()) > 30:
        return CellFault(shown or value)
    # codes kept as numbers with a format of zeros
    if shown.isascii() and shown.isdigit() and shown.startswith("0") and shown != "0":
        return shown
    return Decimal(f"{exact:f}")


def _date(value: str, shown: str) -> Cell:
    try:
        if "T" in value:
            return as_date(datetime.fromisoformat(value))
        return date.fromisoformat(value)
    except ValueError:
        return CellFault(shown or value)
