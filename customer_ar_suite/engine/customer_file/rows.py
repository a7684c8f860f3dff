"""Cells -> values: each column read as its field, every fault kept with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import RowError
from ..tabular import columns
from ..tabular.numbers import ENGLISH, NumberFormat
from ..tabular.phones import read_phone
from ..tabular.table import Cell, RawRow
from ..text import clean, compact, fold
from .fields import FIELDS, GROUPS, base, is_reference, numbered, parted

Value = str | int | bool | Decimal | tuple[int, ...]

ERROR, WARNING, NOTE = "error", "warning", "note"
#: faults in these do not stop the row: the rest of it is right and useful
_SOFT = frozenset(
    (
        "phone", "contact_phone", "contact_email", "website", "tags", "state", "lang",
        "delivery_phone", "delivery_email", "delivery_state",
        "invoice_phone", "invoice_email", "invoice_state",
    )
)  # fmt: skip
#: field that says in which country the number or province of another one is
_COUNTRY_OF = {
    **dict.fromkeys(GROUPS["delivery"], "delivery_country"),
    **dict.fromkeys(GROUPS["invoice"], "invoice_country"),
}


class Column(NamedTuple):
    """One mapped column: its place in the row, its heading, the key of its field."""

    position: int
    heading: str
    field: str


class Finding(NamedTuple):
    """Something about a row; errors stop it, warnings and notes do not."""

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


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer of the file, read: its values by key, and what was found.

    ``more`` are the numbers of further rows that continue it.
    """

    number: int
    values: Mapping[str, Value]
    findings: tuple[Finding, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    more: tuple[int, ...] = ()

    def text(self, code: str) -> str:
        """The value of a text field, empty when there is none."""
        return str(self.values.get(code, ""))

    def entries(self, group: str) -> dict[int, dict[str, Value]]:
        """The contact persons, accounts or addresses of the row: number -> field -> value."""
        codes = GROUPS[group]
        found: dict[int, dict[str, Value]] = {}
        for key, value in self.values.items():
            code, number = parted(key)
            if code in codes:
                found.setdefault(number, {})[code] = value
        return dict(sorted(found.items()))

    def with_findings(self, more: Iterable[Finding]) -> CustomerRow:
        """The row with further findings."""
        return replace(self, findings=(*self.findings, *more))

    def finding(
        self, severity: str, code: str, field: str, value: object = None, **params: Any
    ) -> Finding:
        """A finding about one field of this row."""
        place = {
            "row": self.number,
            "column": self.headings.get(field) or self.headings.get(base(field), field),
            "value": self.text(field) if value is None else value,
        }
        return Finding(severity, code, {**place, **params})


def read_rows(
    rows: Iterable[RawRow], mapping: Sequence[Column], settings: Settings
) -> list[CustomerRow]:
    """All rows of the file with their values; faults are findings, never exceptions."""
    # the country decides how the numbers beside it are read
    ordered = sorted(mapping, key=lambda column: "country" not in column.field)
    headings = {column.field: column.heading for column in mapping}
    readings = [
        _Reading(column, _reader(column, settings), *_manner(column))
        for column in ordered
    ]
    return [_read_row(row, readings, headings, settings) for row in rows]


_Reader = Callable[[Cell, int, str], Value | None]


class _Reading(NamedTuple):
    """How the cells of a column are read."""

    column: Column
    read: _Reader
    by_country: bool  #: do they say something else in another country?
    is_soft: bool  #: is the rest of the row right when one of them is not?


def _manner(column: Column) -> tuple[bool, bool]:
    code = base(column.field)
    by_country = not is_reference(column.field) and FIELDS[code].kind == "phone"
    return by_country, code in _SOFT


def _read_row(
    row: RawRow,
    readings: Sequence[_Reading],
    headings: Mapping[str, str],
    settings: Settings,
) -> CustomerRow:
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    for column, read, by_country, is_soft in readings:
        place = column.position
        cell = row.cells[place] if place < len(row.cells) else ""
        if cell == "":
            continue
        country = _country_of(column.field, values, settings) if by_country else ""
        try:
            value = read(cell, row.number, country)
        except RowError as error:
            severity = WARNING if is_soft else ERROR
            findings.append(Finding(severity, error.code, error.params))
            continue
        if value is None:
            continue
        values[column.field] = value
        if by_country:
            findings += _other_numbers(cell, column, row.number, country)
    return CustomerRow(row.number, values, tuple(findings), headings)


def _country_of(key: str, values: Mapping[str, Value], settings: Settings) -> str:
    """The country a cell is read as of: of its own address, of the customer, of the file."""
    code, number = parted(key)
    own = values.get(numbered(_COUNTRY_OF.get(code, "country"), number))
    return str(own or values.get("country") or settings.country)


def _reader(column: Column, settings: Settings) -> _Reader:
    """What reads the cells of a column."""
    if is_reference(column.field):
        return lambda cell, row, _country: _read_reference(cell, column, row, settings)
    heading, kind = column.heading, FIELDS[base(column.field)].kind
    limit = FIELDS[base(column.field)].max_length
    if kind == "phone":
        by_country: dict[str, columns.Column] = {}

        def read_phone_cell(cell: Cell, row: int, country: str) -> Value | None:
            if country not in by_country:
                by_country[country] = columns.Phone(heading, country=country)
            value: Value | None = by_country[country].read(cell, row)
            return value

        return read_phone_cell
    reader: columns.Column
    if kind in ("code", "tax", "bank"):
        reader = columns.Code(heading, max_length=limit)
    elif kind == "email":
        reader = columns.Email(heading)
    elif kind == "country":
        reader = columns.Country(heading, names=settings.countries)
    elif kind == "money":
        reader = columns.Money(heading, settings.numbers, settings.digits)
    elif kind == "boolean":
        reader = columns.Boolean(heading)
    elif kind == "integer":
        reader = columns.Integer(heading)
    else:
        reader = columns.Text(heading, max_length=limit, lines=kind == "lines")
    if kind == "tax":
        return lambda cell, row, _country: _compacted(reader.read(cell, row))
    return lambda cell, row, _country: reader.read(cell, row)


def _compacted(value: str | None) -> str | None:
    return None if value is None else compact(value)


def _read_reference(
    cell: Cell, column: Column, row: int, settings: Settings
) -> Value | None:
    text = columns.Text(column.heading).read(cell, row)
    if not text:
        return None
    known = settings.references.get(base(column.field), {})
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
