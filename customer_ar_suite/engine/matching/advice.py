"""What a payer writes about a payment: documents and amounts, line by line.

>>> text = "Invoice  Amount\\nINV/2026/00017   1,000.00\\nRINV/2026/00003  -50.00\\n"
>>> lines = read_advice(text + "Total 950.00", "english")
>>> [(line.text, str(line.amount)) for line in lines]
[('INV/2026/00017', '1000.00'), ('RINV/2026/00003', '-50.00')]

A line counts when it quotes something that could be a document and ends in an amount of the
declared grammar; sums and headings do not. Nothing is guessed: what does not read is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..ledger import Receipt
from ..money import to_minor
from ..tabular.numbers import NumberFormat
from .quotes import text_keys

FORMATS = {
    "english": NumberFormat(".", ",", parentheses=True, trailing_sign=True),
    "german": NumberFormat(",", ".", parentheses=True, trailing_sign=True),
}
MAX_LINES = 2_000
_CUT = re.compile(r"\t|;|\||\s{2,}|\s(?=[-(]?[0-9][0-9.,]*\)?-?\s*$)")
_SUM = re.compile(
    r"^\W*(sub)?\s*(total|sum|summe|gesamt|totaal|amount due|合计|总计|小计)",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"\b[A-Z]{3}\b|[€$£¥￥]|元")


class AdviceLine(NamedTuple):
    """A line of an advice: text that quotes a document, what is paid of it."""

    text: str
    amount: Decimal


def read_advice(text: str, numbers: str) -> list[AdviceLine]:
    """The lines of a pasted advice that name a document and an amount."""
    rows = (_CUT.split(line.strip()) for line in text.splitlines()[:MAX_LINES])
    return read_rows(rows, numbers)


def read_rows(rows: Iterable[Sequence[str]], numbers: str) -> list[AdviceLine]:
    """The same of a table: the last cell that is an amount, the words before it."""
    found = []
    for row in rows:
        cells = [str(cell or "").strip() for cell in row]
        if line := _line([cell for cell in cells if cell], FORMATS[numbers]):
            found.append(line)
    return found[:MAX_LINES]


def _line(cells: Sequence[str], numbers: NumberFormat) -> AdviceLine | None:
    for place in range(len(cells) - 1, 0, -1):
        amount = numbers.parse(_CURRENCY.sub("", cells[place]).strip())
        if amount is None:
            continue
        text = " ".join(cells[:place])
        if amount and not _SUM.match(text) and _quotes_something(text):
            return AdviceLine(text, amount)
        return None
    return None


def _quotes_something(text: str) -> bool:
    told = Receipt(0, 0, 0, 0, 2, date(2000, 1, 1), 0, text)
    return bool(text_keys(told))


def total(lines: Iterable[AdviceLine], digits: int) -> int:
    """What an advice adds up to, in minor units."""
    return sum(to_minor(line.amount, digits) for line in lines)
