"""The tables of a statement as text in columns that fit the page."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from ..measure import ems, share_out, shorten
from .matrix import Column, Section, StatementMatrix
from .wording import Wording

FONT_SIZES = (10.6, 10.0, 9.4, 8.8, 8.2, 7.6, 7.0)  #: from 8 pt down
PADDING = 10  #: left and right of a cell together
BOLD = 1.13  #: bold text is wider

MIN_TEXT_EMS = 8.0
#: a document is paid by its number: it is shown whole before other texts get room
NUMBER_EMS = 12.0


class ColumnFit(NamedTuple):
    """A column as printed: heading, width in pixels, side it is aligned to."""

    code: str
    heading: str
    width: int
    css: str
    cell_css: str  #: ``css`` and the name of the column


class Line(NamedTuple):
    """One line of a table: ``row``, ``opening``, ``brought``, ``carried`` or ``total``."""

    kind: str
    cells: tuple[str, ...]
    is_overdue: bool = False


class Tables(NamedTuple):
    """The lines of all sections, cut to columns that fit the page."""

    lines: list[list[Line]]
    columns: tuple[ColumnFit, ...]
    font_size: float
    strip_size: float


def fit_tables(matrix: StatementMatrix, wording: Wording, width: int) -> Tables:
    """The sections as text in columns of the width of the page."""
    texts = [_texts(section, matrix, wording) for section in matrix.sections]
    columns, font_size = _fit(matrix, texts, wording, width)
    lines = [[_cut(line, columns, font_size) for line in rows] for rows in texts]
    return Tables(lines, columns, font_size, _strip_size(matrix, wording, width))


def _texts(section: Section, matrix: StatementMatrix, wording: Wording) -> list[Line]:
    return [
        Line(
            "row",
            tuple(
                wording.cell(cell, column, section.digits)
                for cell, column in zip(row.cells, matrix.columns, strict=True)
            ),
            row.is_overdue,
        )
        for row in section.rows
    ]


def _fit(
    matrix: StatementMatrix,
    texts: Sequence[Sequence[Line]],
    wording: Wording,
    width: int,
) -> tuple[tuple[ColumnFit, ...], float]:
    """Widths that hold every figure whole; texts share what is left.

    The type is made smaller until the texts have room too.
    """
    headings = [wording.label(f"column_{column.code}") for column in matrix.columns]
    needs = _needs(matrix, texts, headings, wording)
    floors = [
        _floor(column, need) for column, need in zip(matrix.columns, needs, strict=True)
    ]
    room = width - (PADDING + 1) * len(needs)  # each width is rounded up
    size = next(
        (size for size in FONT_SIZES if sum(floors) * size <= room), FONT_SIZES[-1]
    )
    shares = share_out(needs, floors, room / size)
    fits = tuple(
        ColumnFit(
            column.code,
            heading,
            ceil(share * size) + PADDING,
            _css(column.kind),
            f"{_css(column.kind)} d-{column.code}",
        )
        for column, heading, share in zip(matrix.columns, headings, shares, strict=True)
    )
    return fits, size


def _needs(
    matrix: StatementMatrix,
    texts: Sequence[Sequence[Line]],
    headings: Sequence[str],
    wording: Wording,
) -> list[float]:
    """Ems each column would like: its heading, its cells and, at the end, the total."""
    needs = [ems(heading) * BOLD for heading in headings]
    for lines in texts:
        for line in lines:
            for i, cell in enumerate(line.cells):
                needs[i] = max(needs[i], ems(cell))
    for section in matrix.sections:
        sums = running(section)
        most = max(map(abs, sums), default=0)
        total = wording.amount(-most, section.digits)
        needs[-1] = max(needs[-1], ems(total) * BOLD)
    return needs


def _floor(column: Column, need: float) -> float:
    """Ems a column must have: figures in full, texts so much that they say something."""
    if column.kind != "text":
        return need
    return min(need, NUMBER_EMS if column.code == "number" else MIN_TEXT_EMS)


def _cut(line: Line, columns: Sequence[ColumnFit], font_size: float) -> Line:
    cells = (
        shorten(cell, (fit.width - PADDING) / font_size) if fit.css == "t" else cell
        for cell, fit in zip(line.cells, columns, strict=True)
    )
    return line._replace(cells=tuple(cells))


def _css(kind: str) -> str:
    """Class of a column: ``t`` text, ``n`` figures to the right, ``d`` figures as such."""
    return {"amount": "n", "days": "n", "text": "t"}.get(kind, "d")


def _strip_size(matrix: StatementMatrix, wording: Wording, width: int) -> float:
    """The largest type in which each aging amount keeps to its bucket."""
    amounts = [
        ems(wording.amount(amount, section.digits)) * BOLD
        for section in matrix.sections
        for amount in (*section.aging, section.unapplied)
    ]
    buckets = len(matrix.header.bucket_limits) + 1
    cells = buckets + any(section.unapplied for section in matrix.sections)
    room = width / cells - PADDING - 4
    return min(FONT_SIZES[0], room / max(amounts, default=1.0))


def running(section: Section) -> list[int]:
    """The balance before each row, and after the last one."""
    sums = [section.opening]
    for row in section.rows:
        sums.append(sums[-1] + row.value)
    return sums
