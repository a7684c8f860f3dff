"""The split of a statement into pages, before anything is printed.

The printer that every Odoo host has repeats no table heads, numbers no pages and cuts
through rows. So the pages are made here: each block has a height, each page a capacity;
column headings, carried-forward lines and "page x of y" are ordinary content. Lengths are
CSS pixels (1/96 inch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from ..aging import BucketSet
from .matrix import Column, PayCode, Section, StatementMatrix
from .measure import ems, shorten, wrap
from .wording import Wording

FONT_SIZES = (10.6, 10.0, 9.4, 8.8, 8.2, 7.6, 7.0)  #: from 8 pt down
PADDING = 10  #: left and right of a cell together
BOLD = 1.13  #: bold text is wider

ROW, HEAD, TITLE, TOTAL, STRIP, TEXT = 18, 24, 32, 26, 62, 16
SUMMARY, CODE = 56, 124
GAP = 12
MIN_TEXT_EMS = 8.0
#: a document is paid by its number: it is shown whole before other texts get room
NUMBER_EMS = 12.0


class Paper(NamedTuple):
    """What a page can hold between letterhead and footer."""

    width: int
    first: int  #: height for content below the letterhead and the title
    other: int  #: height for content on the following pages


#: ISO A4 and US Letter with the margins of ``report/ar_statement_reports.xml``
A4 = Paper(width=640, first=620, other=950)
LETTER = Paper(width=660, first=555, other=885)


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


class Block(NamedTuple):
    """A piece of a page.

    ``title``, ``summary``, ``table``, ``aging``, ``words``, ``code``, ``text``, ``banks``.
    """

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Page:
    """One sheet of paper."""

    blocks: tuple[Block, ...]
    number: int = 1
    count: int = 1


@dataclass(frozen=True)
class Sheets:
    """A statement ready to print: text only."""

    pages: tuple[Page, ...]
    columns: tuple[ColumnFit, ...]
    font_size: float
    strip_size: float  #: type size of the aging amounts


def lay_out(matrix: StatementMatrix, wording: Wording, paper: Paper) -> Sheets:
    """All pages of a statement; every row on exactly one of them."""
    tables = fit_tables(matrix, wording, paper.width)
    flow = Flow(paper)
    put_text(flow, matrix.header.intro)
    end = _closing(flow, matrix)
    end_height = sum(height for _block, height in end)
    for section, lines in zip(matrix.sections, tables.lines, strict=True):
        is_last = section is matrix.sections[-1]
        put_section(flow, section, lines, matrix, wording, end_height if is_last else 0)
    if not matrix.sections:
        put_text(flow, wording.label("nothing_open"))
    for block, height in end:
        flow.put(block, height)
    return flow.sheets(tables)


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


# -- texts and widths ---------------------------------------------------------------------


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
    shares = _shares(needs, floors, room / size)
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
        sums = _running(section)
        most = max(map(abs, sums), default=0)
        total = wording.amount(-most, section.digits)
        needs[-1] = max(needs[-1], ems(total) * BOLD)
    return needs


def _floor(column: Column, need: float) -> float:
    """Ems a column must have: figures in full, texts so much that they say something."""
    if column.kind != "text":
        return need
    return min(need, NUMBER_EMS if column.code == "number" else MIN_TEXT_EMS)


def _shares(
    needs: Sequence[float], floors: Sequence[float], room: float
) -> list[float]:
    """Ems each column gets: what it must have; the rest goes to modest ones first.

    What nobody needs widens all columns alike.

    >>> _shares([5, 9, 40], [5, 8, 8], 41)
    [5.0, 9.0, 27.0]
    >>> _shares([5, 4, 8], [5, 4, 8], 29)
    [9.0, 8.0, 12.0]
    """
    shares = [float(floor) for floor in floors]
    room -= sum(shares)
    wanting = sorted(
        (i for i, need in enumerate(needs) if need > floors[i]),
        key=lambda i: (needs[i], i),
    )
    for n, i in enumerate(wanting):
        more = min(needs[i] - floors[i], room / (len(wanting) - n))
        shares[i] += more
        room -= more
    spare = max(room, 0) / len(shares)
    return [share + spare for share in shares]


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


# -- flow ---------------------------------------------------------------------------------


class Flow:
    """Pages being filled from top to bottom."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.pages: list[list[Block]] = [[]]
        self.left = paper.first
        self.line_ems = (paper.width - 4) / FONT_SIZES[0]

    def put(self, block: Block, height: int) -> None:
        """Add a block; the caller made sure that it fits or does not mind a new page."""
        if height > self.left:
            self.new_page()
        self.pages[-1].append(block)
        self.left -= height

    def new_page(self) -> None:
        """Start the next page, unless this one is still empty."""
        if self.pages[-1]:
            self.pages.append([])
            self.left = self.paper.other

    def sheets(self, tables: Tables) -> Sheets:
        """The filled pages, numbered."""
        pages = tuple(
            Page(tuple(blocks), number, len(self.pages))
            for number, blocks in enumerate(self.pages, 1)
        )
        return Sheets(pages, tables.columns, tables.font_size, tables.strip_size)


def put_section(
    flow: Flow,
    section: Section,
    lines: Sequence[Line],
    matrix: StatementMatrix,
    wording: Wording,
    after: int = 0,
) -> None:
    """Title, table and tail of one currency; the tail never stands without a row.

    :param after: height of what ends the statement and shall stand with the tail, too
    """
    tail = _tail(section, matrix, wording, flow.line_ems)
    tail_height = TOTAL + sum(height for _block, height in tail) + after
    opening = _opening(section, matrix, wording)
    summary = _summary(section, matrix, wording)
    start = TITLE + HEAD + ROW * len(opening) + (SUMMARY if summary else 0)
    needed = ROW * min(len(lines), 3) + (tail_height if len(lines) <= 3 else ROW)
    if start + needed > flow.left:
        flow.new_page()
    flow.put(_title(section, wording), TITLE)
    if summary:
        flow.put(Block("summary", summary), SUMMARY)
    flow.left -= HEAD + ROW * len(opening)
    table = list(opening)
    sums = _running(section)
    for i, line in enumerate(lines):
        last = i == len(lines) - 1
        if ROW + (tail_height if last else ROW) > flow.left:
            amount = wording.amount(sums[i], section.digits)
            table.append(_sum_line("carried", amount, wording))
            flow.put(Block("table", tuple(table)), 0)
            flow.new_page()
            flow.left -= HEAD + ROW
            table = [_sum_line("brought", amount, wording)]
        table.append(line)
        flow.left -= ROW
    closing = wording.amount(section.closing, section.digits)
    table.append(_sum_line("total", closing, wording, section.currency))
    flow.put(Block("table", tuple(table)), 0)
    flow.left -= TOTAL
    for block, height in tail:
        flow.put(block, height)


def _running(section: Section) -> list[int]:
    """The balance before each row, and after the last one."""
    sums = [section.opening]
    for row in section.rows:
        sums.append(sums[-1] + row.value)
    return sums


def _title(section: Section, wording: Wording) -> Block:
    text = wording.label("section_title", currency=section.currency)
    overdue = wording.label(
        "section_overdue", amount=wording.amount(section.overdue, section.digits)
    )
    cells = (text, overdue if section.overdue > 0 else "")
    return Block("title", (Line("title", cells, section.overdue > 0),))


def _summary(
    section: Section, matrix: StatementMatrix, wording: Wording
) -> tuple[Line, ...]:
    """How the opening balance became the closing one, where a period is shown."""
    if matrix.header.date_from is None:
        return ()
    charges = sum(row.value for row in section.rows if row.value > 0)
    figures = (
        ("opening", section.opening),
        ("charges", charges),
        ("credits", charges - section.movements),
        ("closing", section.closing),
    )
    return tuple(
        Line(
            "sum",
            (wording.label(f"summary_{code}"), wording.amount(amount, section.digits)),
        )
        for code, amount in figures
    )


def _opening(section: Section, matrix: StatementMatrix, wording: Wording) -> list[Line]:
    """The balance brought into the period; a picture of one day has none."""
    if matrix.header.date_from is None:
        return []
    amount = wording.amount(section.opening, section.digits)
    return [_sum_line("opening", amount, wording)]


def _sum_line(kind: str, amount: str, wording: Wording, currency: str = "") -> Line:
    """A line with a caption and one amount in the last column."""
    return Line(kind, (wording.label(f"line_{kind}", currency=currency), amount))


def _tail(
    section: Section, matrix: StatementMatrix, wording: Wording, line_ems: float
) -> list[tuple[Block, int]]:
    """What follows the total of a currency: its age and the balance in words."""
    tail = [(Block("aging", _strip(section, matrix, wording)), STRIP)]
    if section.words:
        text = wording.label("in_words", words=section.words)
        lines = tuple(Line("words", (line,)) for line in wrap(text, line_ems, 3))
        tail.append((Block("words", lines), TEXT * len(lines) + GAP))
    if section.pay_code:
        tail.append((_code(section, section.pay_code, wording), CODE))
    return tail


def _code(section: Section, code: PayCode, wording: Wording) -> Block:
    """The code to be scanned, with what it pays; its picture is made by the printer."""
    cells = (
        code.value,
        wording.label("scan_to_pay"),
        f"{section.currency} {wording.amount(section.closing, section.digits)}",
        shorten(code.account, 40),
    )
    return Block("code", (Line("code", cells),))


def _strip(
    section: Section, matrix: StatementMatrix, wording: Wording
) -> tuple[Line, ...]:
    """What is owed by age; beside it what is not applied yet, where there is any."""
    ranges = BucketSet(matrix.header.bucket_limits).ranges()
    cells = [
        (
            wording.bucket(first, last),
            amount,
            first is not None and first > 0 and amount > 0,
        )
        for (first, last), amount in zip(ranges, section.aging, strict=True)
    ]
    if section.unapplied:
        cells.append((wording.label("unapplied"), section.unapplied, False))
    return tuple(
        Line("bucket", (label, wording.amount(amount, section.digits)), is_overdue)
        for label, amount, is_overdue in cells
    )


def put_text(flow: Flow, text: str) -> None:
    """Lines of text as wide as the page, kept in one piece."""
    for block, height in _text(flow, text):
        flow.put(block, height)


def _text(flow: Flow, text: str) -> list[tuple[Block, int]]:
    lines = tuple(Line("text", (line,)) for line in wrap(text, flow.line_ems, 12))
    return [(Block("text", lines), TEXT * len(lines) + GAP)] if lines else []


def _closing(flow: Flow, matrix: StatementMatrix) -> list[tuple[Block, int]]:
    """The text at the end and where to pay, kept in one piece each."""
    banks = tuple(
        Line("bank", (bank.number, shorten(bank.bank, 22), bank.bic, bank.currency))
        for bank in matrix.header.banks
    )
    end = _text(flow, matrix.header.closing)
    if banks:
        end.append((Block("banks", banks), HEAD + ROW * len(banks) + GAP))
    return end
