"""Cells as JSON and back, exactly: what is kept of a file can be handed out again.

>>> from datetime import date
>>> from decimal import Decimal
>>> pack(("00017", Decimal("1.50"), date(2026, 1, 31), True))
['00017', {'n': '1.50'}, {'d': '2026-01-31'}, True]
>>> unpack(pack(("", Decimal("1.50"), CellFault("#N/A"))))
('', Decimal('1.50'), CellFault(text='#N/A'))
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .table import Cell, CellFault


def pack(cells: Iterable[Cell]) -> list[Any]:
    """Cells as values that JSON can hold."""
    return [_packed(cell) for cell in cells]


def unpack(values: Iterable[Any]) -> tuple[Cell, ...]:
    """The cells that :func:`pack` was given."""
    return tuple(_unpacked(value) for value in values)


def _packed(cell: Cell) -> Any:
    if isinstance(cell, (str, bool)):
        return cell
    if isinstance(cell, Decimal):
        return {"n": str(cell)}
    if isinstance(cell, CellFault):
        return {"e": cell.text}
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    return {"d": cell.isoformat()}


def _unpacked(value: Any) -> Cell:
    if not isinstance(value, dict):
        return value if isinstance(value, (str, bool)) else ""
    ((kind, text),) = value.items()
    if kind == "n":
        return Decimal(text)
    if kind == "t":
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if kind == "d" else CellFault(text)
