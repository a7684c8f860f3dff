"""Rates in csv and spreadsheets: one per row, as pairs, or one column per currency.

A row per rate has a date, a currency (or a pair like ``USD/CNY`` or ``100JPY/CNY``, as
the Chinese interbank market publishes them) and the rate. A column per currency is headed
by its code or its Chinese name. Pairs say themselves what is worth what; for the others the
user does:

``units``      one unit of the company's currency = so many foreign units
``value``      one foreign unit = so many of the company's
``value_100``  100 foreign units = so many of the company's
``safe``       as the State Administration of Foreign Exchange publishes: ``value_100``, the
               other way round for some currencies
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import NamedTuple

from ..errors import EngineError, FileError, RowError
from ..tabular.columns import Code, Date, Money, as_text
from ..tabular.numbers import FORMATS
from ..tabular.reader import read_table
from ..tabular.table import Cell, RawRow
from ..text import fold
from .base import CURRENCY_NAMES, MAX_QUOTES, SAFE_INDIRECT, Quote, RateFile

DIRECTIONS = ("units", "value", "value_100", "safe")
_HEADINGS = {
    "date": "date, day, time, valid from, rate date, 日期, 公布日期, 时间, 生效日期",
    "pair": "pair, currency pair, 货币对, 币种对",
    "currency": "currency, currency code, code, iso, 币种, 货币, 币别, 外币, 货币名称",
    "rate": "rate, exchange rate, value, mid, central parity, 汇率, 中间价, 中间汇率, 折算价",
    "per": "per, unit, units, quantity, 单位, 外币单位, 数量",
}
_NAMES = {
    fold(word.strip()): field
    for field, words in _HEADINGS.items()
    for word in words.split(",")
}
_PAIR = re.compile(r"([0-9]{1,5})?\s*([A-Z]{3})\s*[/:：]\s*([0-9]{1,5})?\s*([A-Z]{3})")
#: rows above the headings that titles and notes may take
_SEARCHED = 20


class _Layout(NamedTuple):
    format: str
    start: int  #: index of the first row below the headings
    columns: dict[str, int]  #: field or currency code → index


class Reading(NamedTuple):
    """What the user says about the file."""

    company: str  #: ISO code of the company's currency
    direction: str = "units"
    date_order: str = "ymd"
    number_format: str = "english"


def read_rate_table(data: bytes, filename: str, reading: Reading) -> RateFile:
    """Quotes of a csv, xls, xlsx or ods file.

    :raises FileError: ``rate_file_unknown``, ``too_many_rates`` or the reader's own
    """
    rows = read_table(data, filename).sheet().rows
    layout = _find_layout(rows)
    quotes: list[Quote] = []
    faults: list[EngineError] = []
    for raw in rows[layout.start :]:
        for read in _rates_of(raw, layout, reading):
            if isinstance(read, EngineError):
                faults.append(read)
            else:
                quotes.append(read)
        if len(quotes) > MAX_QUOTES:
            raise FileError("too_many_rates", limit=MAX_QUOTES)
    return RateFile(layout.format, quotes, faults)


def _find_layout(rows: Sequence[RawRow]) -> _Layout:
    for index, raw in enumerate(rows[:_SEARCHED]):
        texts = [as_text(cell) for cell in raw.cells]
        columns: dict[str, int] = {}
        for position, text in enumerate(texts):
            if name := _NAMES.get(fold(text)):
                columns.setdefault(name, position)
        if "date" not in columns:
            continue
        if "rate" in columns and "pair" in columns:
            return _Layout("pairs", index + 1, columns)
        if "rate" in columns and "currency" in columns:
            return _Layout("long", index + 1, columns)
        wide = {code: i for i, text in enumerate(texts) if (code := currency(text))}
        if wide:
            return _Layout("wide", index + 1, {**wide, "date": columns["date"]})
    raise FileError("rate_file_unknown")


def currency(text: str) -> str:
    """The ISO code that ``text`` is or names; empty if none.

    >>> currency("usd"), currency("美元(USD)"), currency("日元"), currency("Notes")
    ('USD', 'USD', 'JPY', '')
    """
    text = text.strip()
    if found := CURRENCY_NAMES.get(text):
        return found
    match = re.fullmatch(r"([A-Za-z]{3})|.*[(（]([A-Za-z]{3})[)）]", text)
    return (match[1] or match[2]).upper() if match else ""


def _rates_of(
    raw: RawRow, layout: _Layout, reading: Reading
) -> list[Quote | EngineError]:
    try:
        day = Date("date", required=True, order=reading.date_order, with_time=True)
        on = day.read(_cell(raw, layout.columns["date"]), raw.number)
    except RowError as error:
        return [error]
    found: list[Quote | EngineError] = []
    for code, cell, per in _cells_of(raw, layout):
        try:
            rate = _number(code, cell, raw.number, reading)
            if rate is not None:
                found.append(
                    Quote(raw.number, on, *_oriented(code, rate, per, reading, raw))
                )
        except RowError as error:
            found.append(error)
    return found


def _cells_of(raw: RawRow, layout: _Layout) -> list[tuple[str, Cell, Cell]]:
    """(currency or pair as written, rate, foreign units) of each rate of the row."""
    columns = layout.columns
    if layout.format == "wide":
        return [
            (code, _cell(raw, index), "")
            for code, index in columns.items()
            if code != "date"
        ]
    what = as_text(_cell(raw, columns["pair" if "pair" in columns else "currency"]))
    per = _cell(raw, columns["per"]) if "per" in columns else ""
    return [(what.strip(), _cell(raw, columns["rate"]), per)]


def _number(code: str, cell: Cell, row: int, reading: Reading) -> Decimal | None:
    """The rate; None for the empty cell, or the dash, of a day without one."""
    if isinstance(cell, str) and cell.strip() in ("", "-", "--", "---", "N/A"):
        return None
    number: Decimal | None = Money(code, FORMATS[reading.number_format]).read(cell, row)
    if number is not None and number <= 0:
        raise RowError(
            "rate_not_readable", row=row, column=code[:10], value=as_text(cell)[:60]
        )
    return number


def _oriented(
    what: str, rate: Decimal, per: Cell, reading: Reading, raw: RawRow
) -> tuple[str, str, Decimal]:
    """(base, currency, units of the currency per unit of the base)."""
    match = _PAIR.fullmatch(what.upper())
    if match:
        base_units, base, units, other = match.groups()
        return base, other, _ratio(rate * int(units or 1), Decimal(base_units or 1))
    code = currency(what)
    if not code:
        raise RowError(
            "rate_currency_unreadable",
            row=raw.number,
            column="currency",
            value=what[:60],
        )
    if reading.direction == "units":
        return reading.company, code, rate
    quantity = _quantity(per, raw.number)
    if reading.direction == "safe" and code in SAFE_INDIRECT:
        return reading.company, code, _ratio(rate, Decimal(100))
    if reading.direction != "value" and quantity == 1:
        quantity = Decimal(100)
    return code, reading.company, _ratio(rate, quantity)


def _quantity(cell: Cell, row: int) -> Decimal:
    text = Code("per").read(cell, row)
    if text is None:
        return Decimal(1)
    if not text.isdecimal() or not int(text):
        raise RowError("rate_not_readable", row=row, column="per", value=text[:60])
    return Decimal(text)


def _ratio(number: Decimal, by: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 28
        return number / by


def _cell(raw: RawRow, index: int) -> Cell:
    return raw.cells[index] if index < len(raw.cells) else ""
