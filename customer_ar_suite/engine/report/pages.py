"""A report split into pages before anything is printed.

The printer that every Odoo host has repeats no table heads and numbers no pages. So the
pages are made here, like those of statements: headings, page numbers and every row are
ordinary content with a known height. Lengths are CSS pixels (1/96 inch).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import NamedTuple

from ..measure import ems, share_out, shorten, wrap
from ..money import written
from .table import TOTALS, Cell, Column, ReportTable, Row

FONT_SIZES = (10.6, 10.0, 9.4, 8.8, 8.2, 7.6, 7.0, 6.4)  #: from 8 pt down
PADDING = 10  #: left and right of a cell together
BOLD = 1.13  #: bold text is wider
MIN_TEXT_EMS = 15.0

ROW, STRONG, HEAD, TITLE, TEXT = 17, 21, 24, 40, 15
GAP = 10


class Paper(NamedTuple):
    """The printable area without running head and footer."""

    width: int
    height: int


#: ISO A4 and US Letter, landscape, margins of ``report/ar_report_documents.xml``
A4 = Paper(width=1040, height=660)
LETTER = Paper(width=976, height=660)


@dataclass(frozen=True)
class Style:
    """How the reader's language writes days and amounts."""

    date_text: Callable[[date], str]
    decimal_point: str = "."
    thousands_sep: str = ","
    grouping: Sequence[int] = (3, 0)

    def cell(self, cell: Cell, column: Column, row: Row) -> str:
        """The text of a cell; nothing where there is nothing, but in totals."""
        if cell is None or cell == "":
            return ""
        if isinstance(cell, date):
            return self.date_text(cell)
        digits = row.figure_digits(column)
        if digits is not None and isinstance(cell, int):
            if not cell and row.kind not in TOTALS:
                return ""
            return written(
                cell, digits, self.decimal_point, self.thousands_sep, self.grouping
            )
        return str(cell)


class Line(NamedTuple):
    """One printed row: its kind and the texts of its cells."""

    kind: str
    cells: tuple[str, ...]


class Fit(NamedTuple):
    """A column as printed."""

    heading: str
    width: int
    css: str  #: ``t`` text, ``n`` figures to the right, ``d`` days and dates


class Page(NamedTuple):
    """One sheet of paper; facts stand on the first, notes on the last."""

    number: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sheets:
    """A report ready to print: text only."""

    title: str
    facts: tuple[str, ...]  #: lines, each short enough
    columns: tuple[Fit, ...]
    font_size: float
    pages: tuple[Page, ...]
    notes: tuple[str, ...]


def lay_out(table: ReportTable, style: Style, paper: Paper) -> Sheets:
    """All pages of a report; every row on exactly one of them."""
    lines = [
        Line(
            row.kind,
            tuple(
                style.cell(cell, column, row)
                for cell, column in zip(row.cells, table.columns, strict=True)
            ),
        )
        for row in table.rows
    ]
    columns, size = _fit(table.columns, lines, paper.width)
    lines = [_cut(line, columns, size) for line in lines]
    width = paper.width / FONT_SIZES[0]
    facts = _facts(table, width)
    notes = tuple(part for note in table.notes for part in wrap(note, width, 3))
    first = paper.height - TITLE - TEXT * len(facts) - GAP - HEAD
    pages = _pages(lines, first, paper.height - HEAD, _notes_height(notes))
    return Sheets(
        table.title,
        facts,
        columns,
        size,
        tuple(Page(number, tuple(page)) for number, page in enumerate(pages, 1)),
        notes,
    )


def _facts(table: ReportTable, width: float) -> tuple[str, ...]:
    """Facts in as few lines as they fit into; each stands in one piece if it can."""
    lines: list[str] = []
    for label, value in table.facts:
        fact = f"{label}: {value}"
        joined = f"{lines[-1]}   ·   {fact}" if lines else fact
        if lines and ems(joined) <= width:
            lines[-1] = joined
        else:
            lines += wrap(fact, width, 3)
    return tuple(lines)


def _notes_height(notes: Sequence[str]) -> int:
    return TEXT * len(notes) + GAP if notes else 0


# -- widths -------------------------------------------------------------------------------


def _fit(
    columns: Sequence[Column], lines: Sequence[Line], width: int
) -> tuple[tuple[Fit, ...], float]:
    """Widths that hold every figure whole; texts share what is left."""
    needs = [ems(column.heading) * BOLD for column in columns]
    for line in lines:
        weight = 1.0 if line.kind in ("row", "item") else BOLD
        for number, cell in enumerate(line.cells):
            # a label of a group or total may run on into the empty cells behind it
            if cell and not (number == 0 and weight > 1):
                needs[number] = max(needs[number], ems(cell) * weight)
    floors = [
        min(need, MIN_TEXT_EMS) if column.kind == "text" else need
        for column, need in zip(columns, needs, strict=True)
    ]
    room = width - (PADDING + 1) * len(columns)  # each width is rounded up
    size = next(
        (size for size in FONT_SIZES if sum(floors) * size <= room), FONT_SIZES[-1]
    )
    shares = share_out(needs, floors, room / size)
    return tuple(
        Fit(column.heading, ceil(share * size) + PADDING, _css(column))
        for column, share in zip(columns, shares, strict=True)
    ), size


def _css(column: Column) -> str:
    return {"text": "t", "date": "d"}.get(column.kind, "n")


def _cut(line: Line, columns: Sequence[Fit], size: float) -> Line:
    weight = 1.0 if line.kind in ("row", "item") else BOLD
    cells = []
    for number, (cell, fit) in enumerate(zip(line.cells, columns, strict=True)):
        width = fit.width - PADDING
        if weight > 1 and number == 0:
            width += _empty_behind(line, columns)
        room = width / size / weight
        cells.append(shorten(cell, room) if fit.css == "t" else cell)
    return line._replace(cells=tuple(cells))


def _empty_behind(line: Line, columns: Sequence[Fit]) -> int:
    """Width of the empty cells that follow the first one."""
    width = 0
    for cell, fit in zip(line.cells[1:], columns[1:], strict=True):
        if cell:
            break
        width += fit.width
    return width


# -- flow ---------------------------------------------------------------------------------


def height(line: Line) -> int:
    """How high a row prints."""
    return ROW if line.kind in ("row", "item") else STRONG


def _pages(
    lines: Sequence[Line], first: int, other: int, notes: int
) -> list[list[Line]]:
    """Rows by page; a heading never stands last, the notes never alone without a row."""
    pages: list[list[Line]] = [[]]
    left = first
    for number, line in enumerate(lines):
        needed = height(line)
        if line.kind in ("heading", "opening"):  # with what it heads
            needed += sum(map(height, lines[number + 1 : number + 3]))
        if number == len(lines) - 1:
            needed += notes
        if needed > left and pages[-1]:
            pages.append([])
            left = other
        pages[-1].append(line)
        left -= height(line)
    return pages
