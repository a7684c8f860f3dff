"""What stands below the last customer: totals, who printed it, page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..tabular.columns import as_text
from ..tabular.table import RawRow
from ..text import fold

TOTAL_WORDS = frozenset(
    (
        "合计", "总计", "小计", "共计", "本页合计", "合計", "总计金额",
        "total", "totals", "grand total", "subtotal", "sub total", "sum",
    )
)  # fmt: skip
_SIGNED = re.compile(
    r"(制表|制单|打印|审核|复核|填表|导出|经办|第 ?\d+ ?页|共 ?\d+ ?[页行条户]"
    r"|printed|page \d|exported|prepared by|end of (list|report|file))"
)
#: rows at the end that are looked at
_DEPTH = 20


class Body(NamedTuple):
    """The customers of a table and what stands below them."""

    rows: list[RawRow]
    footer: list[RawRow]


def split_footer(rows: Sequence[RawRow]) -> Body:
    """Take totals and signatures off the end of a table; inside it they stay, to be told.

    >>> rows = [("1", "Ada"), ("合计：", "36"), ("制表人: 李",)]
    >>> rows = [RawRow(number, cells) for number, cells in enumerate(rows, 2)]
    >>> [row.number for row in split_footer(rows).footer]
    [3, 4]
    """
    end = end_of_body(rows)
    return Body(list(rows[:end]), list(rows[end:]))


def end_of_body(rows: Sequence[RawRow]) -> int:
    """Place behind the last customer of a table."""
    end = len(rows)
    while end > max(0, len(rows) - _DEPTH) and _is_footer(rows[end - 1]):
        end -= 1
    return end


def is_total(text: str) -> bool:
    """Is this the word for a total?"""
    return fold(text).rstrip(":： ") in TOTAL_WORDS


def _is_footer(row: RawRow) -> bool:
    texts = [fold(as_text(cell)) for cell in row.cells]
    texts = [text for text in texts if text]
    if not texts:
        return True
    return is_total(texts[0]) or (len(texts) <= 3 and bool(_SIGNED.match(texts[0])))
