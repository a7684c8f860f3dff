"""The rows of a large table kept small: as text, taken apart a part at a time.

>>> from .table import RawRow
>>> rows = pack_rows([RawRow(n, (f"customer {n}", "")) for n in range(1, 2501)])
>>> len(rows), rows[1200], [row.number for row in rows[2498:]]
(2500, RawRow(number=1201, cells=('customer 1201', '')), [2499, 2500])
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from .cells import pack, unpack
from .table import RawRow, Table

#: rows of a part
PART = 1_000


@dataclass(frozen=True, slots=True)
class PackedRows(Sequence[RawRow]):
    """Rows of a table; all parts but the last have ``PART`` of them."""

    parts: tuple[bytes, ...]
    size: int

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[RawRow]:
        for part in self.parts:
            yield from _unpacked(part)

    @overload
    def __getitem__(self, index: int) -> RawRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[RawRow]: ...

    def __getitem__(self, index: int | slice) -> RawRow | list[RawRow]:
        if isinstance(index, slice):
            return [self._row(place) for place in range(*index.indices(self.size))]
        place = index + self.size if index < 0 else index
        if not 0 <= place < self.size:
            raise IndexError(index)
        return self._row(place)

    def _row(self, place: int) -> RawRow:
        return _unpacked(self.parts[place // PART])[place % PART]


def pack_rows(rows: Sequence[RawRow]) -> PackedRows:
    """The same rows, small."""
    parts = (rows[start : start + PART] for start in range(0, len(rows), PART))
    return PackedRows(tuple(map(_packed, parts)), len(rows))


def pack_table(table: Table) -> Table:
    """The same table with the rows of all its sheets small."""
    sheets = [sheet._replace(rows=pack_rows(sheet.rows)) for sheet in table.sheets]
    return table._replace(sheets=sheets)


def _packed(rows: Sequence[RawRow]) -> bytes:
    text = json.dumps(
        [[row.number, pack(row.cells)] for row in rows], ensure_ascii=False
    )
    return text.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=2)
def _unpacked(part: bytes) -> tuple[RawRow, ...]:
    """The rows of a part; who looks at the head of a table asks for them again and again."""
    rows = json.loads(part.decode("utf-8", "surrogatepass"))
    return tuple(RawRow(number, unpack(cells)) for number, cells in rows)
