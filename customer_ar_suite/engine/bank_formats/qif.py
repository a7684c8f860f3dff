"""Quicken Interchange Format: movements of one account, without currency or balances.

What the format leaves open is never guessed: the order of day and month and the decimal
sign must follow from the file itself or be given by the person who uploads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..errors import FileError, RowError
from ..money import to_minor
from ..tabular import numbers
from ..tabular.dates import read_date
from ..tabular.encoding import decode
from ..text import clean
from .base import BOOKED, FORMATS, INFORMATION, BankLine, BankStatement, ReadContext
from .detect import head

_TYPES = ("bank", "cash", "ccard", "oth a", "oth l")
_LETTERS = frozenset("DTUCNPMALSE$%F")
_ORDERS = ("ymd", "dmy", "mdy")
_NUMBERS = (
    numbers.NumberFormat(".", ",", plus=True),
    numbers.NumberFormat(",", ".", plus=True),
)
_DATE = re.compile(r"(\d{1,4})([/.\-' ]) ?(\d{1,2})([/.\-' ]) ?(\d{1,4})")
#: an address longer than this goes on unread
_LONG = 1000
_OPENING = "opening balance"


class _Record(NamedTuple):
    row: int
    values: dict[str, str]


class _Account(NamedTuple):
    """A section of the file; names come from an ``!Account`` header, if there is one."""

    name: str
    records: tuple[_Record, ...]


@FORMATS.register
class Qif:
    """Reads the bank, cash and card sections of QIF files."""

    code = "qif"
    label = "QIF (Quicken)"

    def detect(self, data: bytes, filename: str) -> bool:
        start = head(data).lstrip()
        return bool(re.match(r"!(?:Type|Account|Option|Clear)\b", start, re.I))

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        accounts = list(_accounts(decode(data).text))
        if not accounts:
            raise FileError("bank_file_without_statement", filename=context.filename)
        if len(accounts) > 1:
            names = ", ".join(account.name or "–" for account in accounts)
            raise FileError("qif_several_accounts", accounts=names[:200])
        if context.currency not in context.digits:
            raise FileError("bank_journal_needed", format=self.label)
        digits = context.digits[context.currency]
        records = accounts[0].records
        order = _order(records, context.date_order)
        form = _number_format(records, digits)
        return [_statement(accounts[0], order, form, digits, context)]


# -- records --------------------------------------------------------------------------------


def _accounts(text: str) -> Iterator[_Account]:
    """Sections of movements; lists of categories and the like are no accounts."""
    name, kind = "", ""
    values: dict[str, str] = {}
    records: list[_Record] = []
    start = 0
    for row, raw in enumerate(text.splitlines(), 1):
        line = raw.strip("\x00\x1a ").rstrip()
        if line.startswith("!"):
            _refuse_open_record(values, start)
            if records:
                yield _Account(name, tuple(records))
                records = []
            kind = _kind(line, row, kind)
        elif line == "^":
            if kind == "account":
                name = clean(values.get("N", ""))
            elif kind and values:
                records.append(_Record(start, values))
            values = {}
        elif line and kind:
            start = row if not values else start
            _take(values, line, row, kind)
        elif line:
            raise FileError("qif_line_unknown", row=row, value=line[:40])
    _refuse_open_record(values, start)
    if records:
        yield _Account(name, tuple(records))


def _kind(line: str, row: int, before: str) -> str:
    """What the lines after a header are."""
    words = clean(line[1:]).casefold()
    if words.startswith(("option:", "clear:")):
        return before
    if words == "account":
        return "account"
    section = words.removeprefix("type:")
    if words.startswith("type:") and section in _TYPES:
        return "movements"
    raise FileError("qif_section_refused", row=row, section=clean(line)[:40])


def _take(values: dict[str, str], line: str, row: int, kind: str) -> None:
    letter, value = line[0].upper(), line[1:].strip()
    if kind == "movements" and letter not in _LETTERS:
        raise FileError("qif_line_unknown", row=row, value=line[:40])
    if letter in values and letter in "DTU" and kind == "movements":
        raise FileError("qif_line_twice", row=row, value=line[:40])
    if letter == "A" and len(values.get("A", "")) < _LONG:
        value = " ".join(filter(None, (values.get("A"), value)))
    values[letter] = value


def _refuse_open_record(values: dict[str, str], row: int) -> None:
    if values:
        raise FileError("qif_record_cut", row=row)


# -- what the format leaves open --------------------------------------------------------------


def _order(records: Sequence[_Record], given: str) -> str:
    """The one order in which all dates are days; the given one if several are."""
    written = [_written(record) for record in records]
    orders = (given,) if given else _ORDERS
    fitting = [order for order in orders if all(_day(one, order) for one in written)]
    for order in orders if not fitting else ():
        for record, one in zip(records, written, strict=True):
            if not _day(one, order) and order == orders[-1]:
                raise _date_error(record)
    same = {tuple(_day(one, order) for one in written) for order in fitting}
    if len(same) > 1:
        raise FileError("bank_date_order_open", value=records[0].values.get("D", ""))
    return fitting[0]


def _written(record: _Record) -> tuple[str, str, str]:
    found = _DATE.fullmatch(record.values.get("D", "").strip())
    if not found:
        raise _date_error(record)
    return found[1], found[3], found[5]


def _date_error(record: _Record) -> RowError:
    value = record.values.get("D", "")[:40]
    return RowError("bank_date_not_readable", row=record.row, column="D", value=value)


def _day(parts: tuple[str, str, str], order: str) -> date | None:
    """The day, with years of two digits in the hundred years around 2029."""
    by_letter = dict(zip(order, parts, strict=True))
    year, month, day = by_letter["y"], by_letter["m"], by_letter["d"]
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    if len(year) == 2:
        year = f"{'19' if int(year) >= 80 else '20'}{year}"
    return read_date(f"{year}-{month}-{day}")


def _number_format(records: Sequence[_Record], digits: int) -> numbers.NumberFormat:
    """The one way of writing numbers that fits all amounts."""
    texts = [record.values.get("T") or record.values.get("U", "") for record in records]
    fitting = {}
    for form in _NUMBERS:
        found = [form.parse(text) for text in texts]
        if all(v is not None and numbers.fits_digits(v, digits) for v in found):
            fitting[tuple(found)] = form
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    bad = next(
        (
            record
            for record, text in zip(records, texts, strict=True)
            if not any(form.parse(text) is not None for form in _NUMBERS)
        ),
        records[0],
    )
    value = (bad.values.get("T") or bad.values.get("U", ""))[:40]
    raise RowError("bank_amount_not_readable", row=bad.row, column="T", value=value)


# -- statement ------------------------------------------------------------------------------


def _statement(
    account: _Account,
    order: str,
    form: numbers.NumberFormat,
    digits: int,
    context: ReadContext,
) -> BankStatement:
    """Movements, oldest first as they stand; a first record may carry the balance before."""
    lines = [
        _line(i, one, order, form, digits) for i, one in enumerate(account.records, 1)
    ]
    opening = None
    first = account.records[0]
    if clean(first.values.get("P", "")).casefold() == _OPENING:
        opening, lines = lines[0], lines[1:]
    return BankStatement(
        format=Qif.code,
        account=context.account,
        currency=context.currency,
        digits=digits,
        number=account.name,
        sequence="",
        opening=opening.amount if opening else None,
        opening_date=opening.booking_date if opening else None,
        closing=None,
        closing_date=None,
        lines=tuple(lines),
        is_whole=False,
    )


def _line(
    position: int,
    record: _Record,
    order: str,
    form: numbers.NumberFormat,
    digits: int,
) -> BankLine:
    values = record.values
    day = _day(_written(record), order)
    amount = form.parse(values.get("T") or values.get("U", ""))
    if day is None:
        raise _date_error(record)
    minor = to_minor(amount or Decimal(0), digits)
    memo, payee = clean(values.get("M", "")), clean(values.get("P", ""))
    return BankLine(
        entry=position,
        status=BOOKED if minor else INFORMATION,
        booking_date=day,
        value_date=None,
        amount=minor,
        end_to_end=clean(values.get("N", "")),
        text=memo or payee,
        counterparty=payee,
        info=clean(values.get("A", "")),
    )
