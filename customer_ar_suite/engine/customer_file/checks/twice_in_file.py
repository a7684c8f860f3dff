"""The same customer in two rows of one file: the second needs a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...text import compact, fold
from ..checking import CHECKS, Seen
from ..rows import WARNING, CustomerRow, Finding, Settings


@CHECKS.register
class TwiceInFile:
    """No key occurs twice: code, tax id; or name, where neither is given."""

    code = "twice_in_file"
    label = "Each customer is in the file once"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """The later rows, each with the number of the first one."""
        for position, row in enumerate(rows):
            keys = row_keys(row)
            # digests of 64 bits: a file may have very many rows
            again = [(key[0], seen[hash(key)]) for key in keys if hash(key) in seen]
            for key in keys:
                seen.setdefault(hash(key), row.number)
            if again:
                field, number = again[0]
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
