"""What of a merge can be taken back: what nobody has touched since, as a whole document.

>>> rows = [Row(1, "bill 7", ""), Row(2, "bill 7", "edited"), Row(3, "note", "")]
>>> kept(rows, [])
{1: 'together', 2: 'edited'}
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

#: nobody touched the row itself, but another row of the same document
TOGETHER = "together"


class Row(NamedTuple):
    """A row the merge changed; ``touched`` says what happened to it since, if anything."""

    number: int
    unit: Hashable
    touched: str


def kept(
    rows: Iterable[Row], links: Iterable[tuple[Hashable, Hashable]]
) -> dict[int, str]:
    """{number: reason} of the rows that stay as they are.

    :param links: units that make one whole, such as an invoice and what settles it
    """
    rows = list(rows)
    groups = _Groups()
    for left, right in links:
        groups.join(left, right)
    touched = {groups.of(row.unit) for row in rows if row.touched}
    return {
        row.number: row.touched or TOGETHER
        for row in rows
        if groups.of(row.unit) in touched
    }


class _Groups:
    """Which units belong together, directly or through others."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def of(self, unit: Hashable) -> Hashable:
        root = unit
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while unit != root:  # the next who asks goes straight there
            self._parent[unit], unit = root, self._parent.get(unit, unit)
        return root

    def join(self, left: Hashable, right: Hashable) -> None:
        first, second = self.of(left), self.of(right)
        if first != second:
            self._parent[second] = first
