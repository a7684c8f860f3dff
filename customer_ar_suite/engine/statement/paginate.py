"""The split of a statement into pages, before anything is printed.

The printer that every Odoo host has repeats no table heads, numbers no pages and cuts
through rows. So the pages are made here: each block has a height, each page a capacity;
column headings, carried-forward lines and "page x of y" are ordinary content. Lengths are
CSS pixels (1/96 inch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..aging import BucketSet
from ..measure import shorten, wrap
from .fit import FONT_SIZES, ColumnFit, Line, Tables, fit_tables, running
from .matrix import PayCode, Section, StatementMatrix
from .wording import Wording

ROW, HEAD, TITLE, TOTAL, STRIP, TEXT = 18, 24, 32, 26, 62, 16
SUMMARY, CODE = 56, 124
GAP = 12


class Paper(NamedTuple):
    """What a page can hold between letterhead and footer."""

    width: int
    first: int  #: height for content below the letterhead and the title
    other: int  #: height for content on the following pages


#: ISO A4 and US Letter with the margins of ``report/ar_statement_reports.xml``
A4 = Paper(width=640, first=620, other=950)
LETTER = Paper(width=660, first=555, other=885)


class Block(NamedTuple):
    """A piece of a page.

    ``title``, ``summary``, ``table``, ``aging``, ``net``, ``words``, ``code``, ``text``,
    ``banks``.
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
    sums = running(section)
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
    if section.payable:
        tail.append((_net(section, wording), ROW * 2 + GAP))
    if section.words:
        text = wording.label("in_words", words=section.words)
        lines = tuple(Line("words", (line,)) for line in wrap(text, line_ems, 3))
        tail.append((Block("words", lines), TEXT * len(lines) + GAP))
    if section.pay_code:
        tail.append((_code(section, section.pay_code, wording), CODE))
    return tail


def _net(section: Section, wording: Wording) -> Block:
    """What we owe the customer as our supplier, and what is left on both sides."""
    figures = (
        ("payable", section.payable),
        ("net", section.closing + section.payable),
    )
    return Block(
        "net",
        tuple(
            Line(
                "net",
                (
                    wording.label(f"line_{code}", currency=section.currency),
                    wording.amount(amount, section.digits),
                ),
            )
            for code, amount in figures
        ),
    )


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
