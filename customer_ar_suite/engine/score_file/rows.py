"""Rows of a file of scores -> scores with their findings; faults are never exceptions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import RowError
from ..external_score import Scale, normalise
from ..tabular import columns
from ..tabular.columns import as_text
from ..tabular.numbers import ENGLISH, NumberFormat
from ..tabular.table import Cell, RawRow
from ..text import clean

ERROR, WARNING = "error", "warning"


class Column(NamedTuple):
    """One mapped column: its place in the row, its heading, its field."""

    position: int
    heading: str
    field: str


class Finding(NamedTuple):
    """Something about a row; errors keep it out, warnings do not."""

    severity: str
    code: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What the file does not say itself.

    :param as_of: today: scores of later days are refused, older ones may have expired
    :param scored_on: day of the scores where no column says it
    :param valid_months: how long a score counts where no column says it
    """

    as_of: date
    scale: Scale
    scored_on: date | None = None
    valid_months: int = 12
    numbers: NumberFormat = ENGLISH
    date_order: str = "ymd"


@dataclass(frozen=True)
class Scored:
    """One row of the file, as it was read."""

    row: int
    vat: str = ""
    registry: str = ""
    ref: str = ""
    name: str = ""
    score_text: str = ""
    score: int | None = None  #: hundredths of 0-100
    scored_on: date | None = None
    expires_on: date | None = None
    advised_limit: Decimal | None = None
    findings: tuple[Finding, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)

    @property
    def customer(self) -> str:
        """What the file calls the customer."""
        return self.vat or self.registry or self.ref or self.name

    @property
    def has_error(self) -> bool:
        return any(finding.severity == ERROR for finding in self.findings)

    def noted(
        self, severity: str, code: str, name: str, value: object = "", **params: Any
    ) -> Scored:
        """The row with a further finding about one of its columns."""
        place = {
            "row": self.row,
            "column": self.headings.get(name, name),
            "value": str(value)[:60],
        }
        found = Finding(severity, code, {**place, **params})
        return replace(self, findings=(*self.findings, found))


def read_scores(
    rows: Iterable[RawRow], mapping: Sequence[Column], settings: Settings
) -> list[Scored]:
    """All rows of the file."""
    return [_Reader(row, mapping, settings).read() for row in rows]


class _Reader:
    """Reads one row; every step adds what it finds."""

    def __init__(
        self, row: RawRow, mapping: Sequence[Column], settings: Settings
    ) -> None:
        self.row = row
        self.settings = settings
        self.place = {column.field: column for column in mapping}
        headings = {column.field: column.heading for column in mapping}
        self.scored = Scored(row.number, headings=headings)

    def read(self) -> Scored:
        self._read_customer()
        self._read_score()
        self._read_days()
        limit = self._value(
            "advised_limit", columns.Money, format=self.settings.numbers
        )
        self.scored = replace(self.scored, advised_limit=limit)
        return self.scored

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
            found = Finding(ERROR, error.code, error.params)
            self.scored = replace(self.scored, findings=(*self.scored.findings, found))
            return None

    def _read_customer(self) -> None:
        values: dict[str, Any] = {
            name: self._value(name, columns.Code) or ""
            for name in ("vat", "registry", "ref")
        }
        values["name"] = self._value("name", columns.Text, max_length=255) or ""
        self.scored = replace(self.scored, **values)
        if not self.scored.customer and not self.scored.has_error:
            self.scored = self.scored.noted(ERROR, "score_no_customer", "name")

    def _read_score(self) -> None:
        cell = self._cell("score")
        text = clean(as_text(cell))
        number = None
        if not self.settings.scale.words and not isinstance(cell, bool):
            number = cell if isinstance(cell, Decimal) else self._number(text)
        score = normalise(text, self.settings.scale, number)
        self.scored = replace(self.scored, score_text=text[:60], score=score)
        if not text:
            self.scored = self.scored.noted(ERROR, "score_missing", "score")
        elif score is None:
            self.scored = self.scored.noted(ERROR, "score_off_scale", "score", text)

    def _number(self, text: str) -> Decimal | None:
        return self.settings.numbers.parse(text) if text else None

    def _read_days(self) -> None:
        settings = self.settings
        day, end = (
            self._value(
                name,
                columns.Date,
                order=settings.date_order,
                with_time=True,
                serial=True,
            )
            for name in ("scored_on", "expires_on")
        )
        day = day or settings.scored_on
        if self.scored.has_error and day is None:
            return
        if day is None:
            self.scored = self.scored.noted(ERROR, "score_no_date", "scored_on")
            return
        end = end or after(day, settings.valid_months)
        self.scored = replace(self.scored, scored_on=day, expires_on=end)
        if day > settings.as_of:
            self.scored = self.scored.noted(
                ERROR, "score_of_tomorrow", "scored_on", day
            )
        elif end < day:
            self.scored = self.scored.noted(
                ERROR, "score_ends_before", "expires_on", end
            )


def after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month.

    >>> after(date(2026, 1, 31), 1), after(date(2026, 6, 15), 12)
    (datetime.date(2026, 2, 28), datetime.date(2027, 6, 15))
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
