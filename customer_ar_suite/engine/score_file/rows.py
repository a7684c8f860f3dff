"""Rows of a file of scores -> scores with their findings; faults are never exceptions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ..external_score import Scale, normalise
from ..tabular import columns
from ..tabular.columns import as_text
from ..tabular.mapped import ERROR, Column, ReadRow, RowReader
from ..tabular.numbers import ENGLISH, NumberFormat
from ..tabular.table import RawRow
from ..text import clean


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
class Scored(ReadRow):
    """One row of a file of scores, as it was read."""

    vat: str = ""
    registry: str = ""
    ref: str = ""
    name: str = ""
    score_text: str = ""
    score: int | None = None  #: hundredths of 0-100
    scored_on: date | None = None
    expires_on: date | None = None
    advised_limit: Decimal | None = None

    @property
    def customer(self) -> str:
        """What the file calls the customer."""
        return self.vat or self.registry or self.ref or self.name


def read_scores(
    rows: Iterable[RawRow], mapping: Sequence[Column], settings: Settings
) -> list[Scored]:
    """All rows of the file."""
    return [_Reader(row, mapping, settings).read() for row in rows]


class _Reader(RowReader[Scored]):
    """Reads one row; every step adds what it finds."""

    def __init__(
        self, row: RawRow, mapping: Sequence[Column], settings: Settings
    ) -> None:
        super().__init__(row, mapping, Scored)
        self.settings = settings

    def read(self) -> Scored:
        self._read_customer()
        self._read_score()
        self._read_days()
        limit = self._value(
            "advised_limit", columns.Money, format=self.settings.numbers
        )
        self.item = replace(self.item, advised_limit=limit)
        return self.item

    def _read_customer(self) -> None:
        values: dict[str, Any] = {
            name: self._value(name, columns.Code) or ""
            for name in ("vat", "registry", "ref")
        }
        values["name"] = self._value("name", columns.Text, max_length=255) or ""
        self.item = replace(self.item, **values)
        if not self.item.customer and not self.item.has_error:
            self.item = self.item.noted(ERROR, "score_no_customer", "name")

    def _read_score(self) -> None:
        cell = self._cell("score")
        text = clean(as_text(cell))
        number = None
        if not self.settings.scale.words and not isinstance(cell, bool):
            number = cell if isinstance(cell, Decimal) else self._number(text)
        score = normalise(text, self.settings.scale, number)
        self.item = replace(self.item, score_text=text[:60], score=score)
        if not text:
            self.item = self.item.noted(ERROR, "score_missing", "score")
        elif score is None:
            self.item = self.item.noted(ERROR, "score_off_scale", "score", text)

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
        if self.item.has_error and day is None:
            return
        if day is None:
            self.item = self.item.noted(ERROR, "score_no_date", "scored_on")
            return
        end = end or after(day, settings.valid_months)
        self.item = replace(self.item, scored_on=day, expires_on=end)
        if day > settings.as_of:
            self.item = self.item.noted(ERROR, "score_of_tomorrow", "scored_on", day)
        elif end < day:
            self.item = self.item.noted(ERROR, "score_ends_before", "expires_on", end)


def after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month.

    >>> after(date(2026, 1, 31), 1), after(date(2026, 6, 15), 12)
    (datetime.date(2026, 2, 28), datetime.date(2027, 6, 15))
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
