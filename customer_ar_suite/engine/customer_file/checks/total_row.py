"""The line of totals under a list is not a customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...text import fold
from ..checking import CHECKS
from ..rows import ERROR, CustomerRow, Finding, Settings

_WORDS = frozenset(
    (
        "合计", "总计", "小计", "共计", "本页合计", "合計", "总计金额",
        "total", "totals", "grand total", "subtotal", "sub total", "sum",
    )
)  # fmt: skip


@CHECKS.register
class TotalRow:
    """No code or name is the word for a total."""

    code = "total_row"
    label = "The row is a customer, not a total"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings
    ) -> Iterator[tuple[int, Finding]]:
        """Rows whose code or name says that they sum up the others."""
        for position, row in enumerate(rows):
            for field in ("ref", "name"):
                if fold(row.text(field)).rstrip(":： ") in _WORDS:
                    yield position, row.finding(ERROR, "row_is_total", field)
                    break
