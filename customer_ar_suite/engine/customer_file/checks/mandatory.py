"""A customer needs a name, or something by which the one meant is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..checking import CHECKS, Seen
from ..rows import ERROR, CustomerRow, Finding, Settings


@CHECKS.register
class Mandatory:
    """Name, or code, or tax id."""

    code = "mandatory"
    label = "Name, code or tax ID is given"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """Rows that name nobody."""
        for position, row in enumerate(rows):
            if not any(row.values.get(code) for code in ("name", "ref", "vat")):
                yield position, row.finding(ERROR, "customer_not_named", "name")
