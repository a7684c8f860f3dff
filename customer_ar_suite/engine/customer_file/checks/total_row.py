"""The line of totals under a list is not a customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..checking import CHECKS, Seen
from ..footer import is_total
from ..rows import ERROR, CustomerRow, Finding, Settings


@CHECKS.register
class TotalRow:
    """No code or name is the word for a total."""

    code = "total_row"
    label = "The row is a customer, not a total"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """Rows whose code or name says that they sum up the others."""
        for position, row in enumerate(rows):
            for field in ("ref", "name"):
                if is_total(row.text(field)):
                    yield position, row.finding(ERROR, "row_is_total", field)
                    break
