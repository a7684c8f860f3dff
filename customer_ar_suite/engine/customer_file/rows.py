"""Cells -> values: each column read as its field, every fault kept with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import RowError
from ..tabular import columns
from ..tabular.numbers import ENGLISH, NumberFormat
from ..tabular.phones import read_phone
from ..tabular.table import Cell, RawRow
from ..text import clean, compact, fold
from .fields import FIELDS, is_reference

Value = str | int | bool | Decimal | tuple[int, ...]

ERROR, WARNING = "error", "warning"
#: faults in these do not stop the row: the rest of it is right and useful
_SOFT = frozenset(
    ("phone", "contact_phone", "contact_email", "website", "tags", "state", "lang")
)


class Column(NamedTuple):
    """One mapped column: its place in the row, its heading, its field."""

    position: int
    heading: str
    field: str


class Finding(NamedTuple):
    """Something about a row; errors stop it, warnings do not."""

    severity: str
    code: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What the file does not say itself.

    :param country: ISO code for rows without a country (telephone numbers, tax ids)
    :param countries: folded names and codes in any language -> ISO code
    :param references: field -> folded name -> id; 0 when several records bear the name
    """

    country: str = ""
    countries: Mapping[str, str] = field(default_factory=dict)
    numbers: NumberFormat = ENGLISH
    digits: int = 2
    references: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class CustomerRow:
    """One row of the file, read: its values by field, and what was found."""

    number: int
    values: Mapping[str, Value]
    findings: tuple[Finding, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def text(self, code: str) -> str:
        """The value of a text field, empty when there is none."""
        return str(self.values.get(code, ""))

    def with_findings(self, more: Iterable[Finding]) -> CustomerRow:
        """The row with further findings."""
        return replace(self, findings=(*self.findings, *more))

    def finding(
        self, severity: str, code: str, field: str, value: object = None, **params: Any
    ) -> Finding:
        """A finding about one field of this row."""
        place = {
            "row": self.number,
            "column": self.headings.get(field, field),
            "value": self.text(field) if value is None else value,
        }
        return Finding(severity, code, {**place, **params})


def read_rows(
    rows: Iterable[RawRow], mapping: Sequence[Column], settings: Settings
) -> list[CustomerRow]:
    """All rows of the file with their values; faults are findings, never exceptions."""
    # the country decides how the numbers beside it are read
    ordered = sorted(mapping, key=lambda column: column.field != "country")
    headings = {column.field: column.heading for column in mapping}
    return [_read_row(row, ordered, headings, settings) for row in rows]


def _read_row(
    row: RawRow,
    mapping: Sequence[Column],
    headings: Mapping[str, str],
    settings: Settings,
) -> CustomerRow:
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    country = settings.country
    for column in mapping:
        place = column.position
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            value = _read_cell(cell, column, row.number, country, settings)
        except RowError as error:
            soft = column.field in _SOFT
            findings.append(
                Finding(WARNING if soft else ERROR, error.code, error.params)
            )
            continue
        if value is None:
            continue
        values[column.field] = value
        if column.field == "country":
            country = str(value)
        if column.field.endswith("phone"):
            findings += _other_numbers(cell, column, row.number, country)
    return CustomerRow(row.number, values, tuple(findings), headings)


def _read_cell(
    cell: Cell, column: Column, row: int, country: str, settings: Settings
) -> Value | None:
    if is_reference(column.field):
        return _read_reference(cell, column, row, settings)
    heading, kind = column.heading, FIELDS[column.field].kind
    limit = FIELDS[column.field].max_length
    reader: columns.Column
    if kind in ("code", "tax", "bank"):
        reader = columns.Code(heading, max_length=limit)
    elif kind == "email":
        reader = columns.Email(heading)
    elif kind == "phone":
        reader = columns.Phone(heading, country=country)
    elif kind == "country":
        reader = columns.Country(heading, names=settings.countries)
    elif kind == "money":
        reader = columns.Money(heading, settings.numbers, settings.digits)
    elif kind == "boolean":
        reader = columns.Boolean(heading)
    else:
        reader = columns.Text(heading, max_length=limit, lines=kind == "lines")
    value: Value | None = reader.read(cell, row)
    return compact(str(value)) if kind == "tax" and value is not None else value


def _read_reference(
    cell: Cell, column: Column, row: int, settings: Settings
) -> Value | None:
    text = columns.Text(column.heading).read(cell, row)
    if not text:
        return None
    known = settings.references.get(column.field, {})
    if column.field == "tags":
        parts = fold(text).replace("、", ",").replace(";", ",").split(",")
        return tuple(
            _find(known, part.strip(), column, row) for part in parts if part.strip()
        )
    return _find(known, fold(text), column, row)


def _find(known: Mapping[str, int], name: str, column: Column, row: int) -> int:
    found = known.get(name)
    if not found:
        code = "reference_unknown" if found is None else "reference_ambiguous"
        raise RowError(code, row=row, column=column.heading, value=name)
    return found


def _other_numbers(cell: Cell, column: Column, row: int, country: str) -> list[Finding]:
    phone = read_phone(columns.as_text(cell), country)
    if not phone or not phone.rest:
        return []
    params = {"row": row, "column": column.heading, "value": clean(phone.rest)}
    return [Finding(WARNING, "phone_more_ignored", params)]
