"""The same customer in two rows of one file: the second needs a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...text import compact, fold
from ..checking import CHECKS
from ..rows import WARNING, CustomerRow, Finding, Settings


@CHECKS.register
class TwiceInFile:
    """No key occurs twice: code, tax id; or name, where neither is given."""

    code = "twice_in_file"
    label = "Each customer is in the file once"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings
    ) -> Iterator[tuple[int, Finding]]:
        """The later rows, each with the number of the first one."""
        first: dict[tuple[str, str], int] = {}
        for position, row in enumerate(rows):
            keys = row_keys(row)
            seen = [
                (field, first[field, key])
                for field, key in keys
                if (field, key) in first
            ]
            for field, key in keys:
                first.setdefault((field, key), row.number)
            if seen:
                field, number = seen[0]
                yield (
                    position,
                    row.finding(WARNING, "twice_in_file", field, first=number),
                )


def row_keys(row: CustomerRow) -> list[tuple[str, str]]:
    """What identifies the customer within a file, in comparable form."""
    keys = [
        (field, compact(row.text(field))) for field in ("ref", "vat") if row.text(field)
    ]
    if not keys and row.text("name"):
        keys = [("name", f"{fold(row.text('name'))}|{fold(row.text('email'))}")]
    return keys
