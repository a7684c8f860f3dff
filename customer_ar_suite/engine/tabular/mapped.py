"""Rows of a table whose columns are mapped to fields -> what was read, with its findings.

A fault is a finding of the row, never an exception: who loads the file sees all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import RowError
from . import columns
from .table import Cell, RawRow

ERROR, WARNING = "error", "warning"


class Column(NamedTuple):
    """One mapped column: its place in the row (from 0), its heading, its field."""

    position: int
    heading: str
    field: str


class Finding(NamedTuple):
    """Something about a row; errors keep it out, warnings do not."""

    severity: str
    code: str
    params: dict[str, Any]


Read = TypeVar("Read", bound="ReadRow")


@dataclass(frozen=True)
class ReadRow:
    """One row of the file, as it was read.

    :param row: its number in the file, from 1
    :param headings: heading of the column of each field
    """

    row: int
    findings: tuple[Finding, ...] = field(default=(), kw_only=True)
    headings: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def has_error(self) -> bool:
        return any(finding.severity == ERROR for finding in self.findings)

    def noted(
        self: Read, severity: str, code: str, name: str, value: object = "", **more: Any
    ) -> Read:
        """The row with a further finding about one of its columns."""
        place = {
            "row": self.row,
            "column": self.headings.get(name, name),
            "value": str(value)[:60],
        }
        return self.found(Finding(severity, code, {**place, **more}))

    def found(self: Read, finding: Finding) -> Read:
        """The row with this finding, too."""
        return replace(self, findings=(*self.findings, finding))


class RowReader(Generic[Read]):
    """Reads one row step by step into ``item``; every step adds what it finds."""

    def __init__(
        self, row: RawRow, mapping: Sequence[Column], make: type[Read]
    ) -> None:
        self.row = row
        self.place = {column.field: column for column in mapping}
        self.item = make(
            row.number, headings={column.field: column.heading for column in mapping}
        )

    def _cell(self, name: str) -> Cell:
        column = self.place.get(name)
        cells = self.row.cells
        return cells[column.position] if column and column.position < len(cells) else ""

    def _value(self, name: str, kind: type[columns.Column], **options: Any) -> Any:
        """The value of a column, ``None`` for an empty cell or one that was refused."""
        if name not in self.place:
            return None
        try:
            return kind(self.place[name].heading, **options).read(
                self._cell(name), self.row.number
            )
        except RowError as error:
            self.item = self.item.found(Finding(ERROR, error.code, error.params))
            return None
