"""Where a table begins: the row of headings, under titles and above the first record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import NamedTuple

from ..text import clean
from .columns import as_text
from .table import Cell, RawRow, column_letter

#: rows looked at
DEPTH = 40
#: between the heading of several columns and that of one of them
UNDER = " / "


class Heading(NamedTuple):
    """One column of the table: its place in the row (from 0) and what it is called."""

    column: int
    name: str


class Header(NamedTuple):
    """Position of the header in the list of rows, its columns, and how sure that is (0..1)."""

    position: int
    headings: tuple[Heading, ...]
    confidence: float


def find_header(
    rows: Sequence[RawRow], is_known: Callable[[str], bool] = lambda text: False
) -> Header | None:
    """The most header-like row of the first ones; ``None`` when there is no row.

    A header is as wide as the table, made of short, different texts, and its texts are
    known words. Ties go to the upper row.

    :param is_known: is this text the name of a field?
    """
    head = rows[:DEPTH]
    if not head:
        return None
    widths = Counter(_filled(row) for row in rows[: 5 * DEPTH])
    usual = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))[0]
    scores = [_score(row, usual, is_known) for row in head]
    position = max(range(len(head)), key=lambda i: (scores[i], -i))
    position += _has_lower_part(rows, position, is_known)
    return Header(position, headings_of(rows, position), round(scores[position], 2))


def headings_of(rows: Sequence[RawRow], position: int) -> tuple[Heading, ...]:
    """The columns of the table whose header is ``rows[position]``.

    A heading merged over several columns stands in the first of them: it is put before
    what stands below it ("Contact / Phone"). The part above also fills gaps. Columns without
    any name are called by their letter, a name that occurs twice gets a number.
    """
    cells = rows[position].cells
    above = rows[position - 1].cells if position else ()
    if sum(1 for cell in above if _shown(cell)) < 2:
        above = ()  # a title, not an upper part of the header
    width = max(len(row.cells) for row in rows[position : position + 5 * DEPTH])
    over = _spread(above, cells, width)
    names: Counter[str] = Counter()
    headings = []
    for index in range(width):
        name = _shown_at(cells, index) or _shown_at(above, index)
        if not name and not any(
            _shown_at(row.cells, index)
            for row in rows[position + 1 : position + 5 * DEPTH]
        ):
            continue
        name = over.get(index, "") + (name or column_letter(index))
        names[name] += 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        headings.append(Heading(index, name))
    return tuple(headings)


def _spread(above: Sequence[Cell], cells: Sequence[Cell], width: int) -> dict[int, str]:
    """The upper headings that stand over several columns, for each of these columns."""
    starts = [i for i in range(width) if _shown_at(above, i)]
    if any(_is_remark(_shown_at(above, i)) for i in starts):
        return {}
    over: dict[int, str] = {}
    for start, end in zip(starts, [*starts, width][1:], strict=True):
        columns = list(takewhile(lambda i: _shown_at(cells, i), range(start, end)))
        if len(columns) > 1:
            over |= dict.fromkeys(columns, _shown_at(above, start) + UNDER)
    return over


def _is_remark(text: str) -> bool:
    """Something like "Printed: 1 May" is about the list and heads no column."""
    return ":" in text or any(char.isdigit() for char in text)


def _has_lower_part(
    rows: Sequence[RawRow], position: int, is_known: Callable[[str], bool]
) -> bool:
    """Is the row below a second row of headings? It names columns that have no name yet."""
    if position + 1 >= len(rows):
        return False
    cells, below = rows[position].cells, rows[position + 1].cells
    named = [i for i in range(len(below)) if _shown_at(below, i)]
    known = [i for i in named if is_known(_shown_at(below, i))]
    fills = any(not _shown_at(cells, i) for i in named)
    # one and the same column is never named twice by a merged heading
    apart = all(i >= len(cells) or _next_is_free(cells, i) for i in named)
    return bool(fills and apart and 2 * len(known) > len(named))


def _next_is_free(cells: Sequence[Cell], index: int) -> bool:
    """Is the cell empty, or the first of several that a heading is merged over?"""
    return not _shown_at(cells, index) or not _shown_at(cells, index + 1)


def _score(row: RawRow, usual: int, is_known: Callable[[str], bool]) -> float:
    texts = [_shown(cell) for cell in row.cells if _shown(cell)]
    if not texts:
        return 0.0
    words = [
        text
        for cell, text in zip(
            [cell for cell in row.cells if _shown(cell)], texts, strict=True
        )
        if isinstance(cell, str) and len(text) <= 60 and not _is_number(text)
    ]
    wide = min(1.0, len(texts) / max(usual, 1))
    different = len(set(texts)) / len(texts)
    worded = len(words) / len(texts)
    known = sum(1 for text in texts if is_known(text)) / len(texts)
    return 0.25 * wide + 0.1 * different + 0.25 * worded + 0.4 * known


def _filled(row: RawRow) -> int:
    return sum(1 for cell in row.cells if _shown(cell))


def _shown(cell: Cell) -> str:
    return clean(as_text(cell)[:200])


def _shown_at(cells: Sequence[Cell], index: int) -> str:
    return _shown(cells[index]) if index < len(cells) else ""


def _is_number(text: str) -> bool:
    return not any(char.isalpha() for char in text)
