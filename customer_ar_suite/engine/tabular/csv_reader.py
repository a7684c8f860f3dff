"""Delimited text: encoding, separator, quoting; every doubt is an error with its row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from ..errors import FileError
from .encoding import decode
from .table import MAX_BYTES, Cell, Table, collect, text_cell

#: in the order in which they win a tie: a comma also occurs inside amounts and addresses
DELIMITERS = ("\t", ";", "|", ",")
_SAMPLE = 200


def read_csv(
    data: bytes, encoding: str | None = None, delimiter: str | None = None
) -> Table:
    """Rows of a delimited text; numbers count records as a spreadsheet program does.

    :raises FileError: one of ``encoding.decode``, ``csv_quote_open``, ``csv_quote_bad``,
        ``cell_too_long``, or a limit of :mod:`.table`
    """
    decoded = decode(data, encoding)
    text, declared = _declared_delimiter(decoded.text)
    delimiter = delimiter or declared or detect_delimiter(text)
    records = _records(text, delimiter, first=2 if declared else 1)
    sheet = collect("", records)
    return Table(
        "csv",
        [sheet],
        decoded.encoding,
        decoded.confidence,
        delimiter,
        open_end=not text.endswith(("\n", "\r")),
    )


def detect_delimiter(text: str) -> str:
    """The separator that cuts most rows into the same number of columns.

    >>> detect_delimiter("name;amount\\nA, Inc.;1,5\\nB;2,5")
    ';'
    >>> detect_delimiter("only one column")
    ','
    """
    sample = _sample(text)
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        score = _regularity(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(text: str) -> str:
    """About two hundred lines, whole ones."""
    end = 0
    for _ in range(_SAMPLE):
        found = text.find("\n", end, 1_000_000)
        if found < 0:
            return text[:1_000_000]
        end = found + 1
    return text[:end]


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    """Share of the rows that have the commonest width, and that width; one column is none."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths: Counter[int] = Counter()
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                widths[len(record)] += 1
    except csv.Error:
        pass  # an odd quote: judged by the rows before it, reported by the real reading
    total = sum(widths.values())
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return count / total, width


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own first line ``sep=;`` names the separator and is not a row."""
    line, _, rest = text.partition("\n")
    line = line.rstrip("\r")
    if line.lower().startswith("sep=") and len(line) == 5:
        return rest, line[4]
    return text, None


def _records(text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[Cell]]]:
    # no limit of its own: the limit of a cell is checked with its row and column named
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first
    line = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise _csv_fault(str(error), number, line) from None
        if record is None:
            return
        line = reader.line_num + 1
        yield number, [text_cell(cell, number, i) for i, cell in enumerate(record)]
        number += 1


def _csv_fault(message: str, number: int, line: int) -> FileError:
    if "unexpected end" in message:
        return FileError("csv_quote_open", row=number, line=line)
    return FileError("csv_quote_bad", row=number, line=line)
