"""SWIFT MT940 customer statements, with the field grammar of the ``mt-940`` library.

The library reads one field at a time; what surrounds the fields is checked here, because it
accepts what is cut off: which fields a message must have, in which order, that nothing stands
outside of a message, and that each page of a statement continues the one before.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

try:  # optional: without it the suite reads every other format
    from mt940.tags import TAG_BY_ID, StatementASNB
except ImportError:
    TAG_BY_ID = StatementASNB = None

from ..errors import FileError, RowError
from ..tabular.encoding import decode
from ..text import clean, compact
from .base import (
    BOOKED,
    FORMATS,
    INFORMATION,
    BankLine,
    BankStatement,
    Control,
    ReadContext,
    check_chain,
    parse_amount,
)
from .detect import head
from .mt940_details import Details, Supplement, read_details, read_supplement

PACKAGE = "mt-940"
_FIELD = re.compile(r":(\d\d[A-Z]?|NS):(.*)", re.DOTALL)
_START = re.compile(
    r"\A\s*(?:\{1:|:\d\d[A-Z]?:|940\s)|^\s*:(?:20|25|28C?|60[FM]|61):", re.M
)
_BALANCES = re.compile(r"^:6[02][FM]:", re.M)
_KNOWN = frozenset(
    ("13", "13D", "20", "21", "25", "25P", "28", "28C", "34", "34F")
    + ("60F", "60M", "61", "62F", "62M", "64", "65", "65F", "86", "90C", "90D", "NS")
)
#: fields of which a message has exactly one, in this order; balances have two spellings
_FRAME = ("20", "25", "28", "60", "62")
_CONTROLS = str.maketrans("", "", "\x01\x02\x03\x1a\ufeff")
_AMOUNT = re.compile(r"(\d{1,15})(?:,(\d{0,6}))?")
#: blanks where the entry date would be, and between the amount and what follows
_BLANK_ENTRY = re.compile(r"\A(\d{6}) {4}(?=R?[CD])")
_BLANK_CODE = re.compile(r"\A(\d{6,10}R?[CD][A-Z]?[\d,]+) (?=[A-Z])")
_BIC_ACCOUNT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?/(.+)")
_GERMAN_ACCOUNT = re.compile(r"(\d{8})/(\d{1,10})")
_RETURNS = {"108", "109", "159"}
_NOTHING = {"NONREF", "NOTPROVIDED", "EREF", "PREF", "MARF", "KREF", "NONE"}


class _Field(NamedTuple):
    row: int
    tag: str
    value: str


class _Page(NamedTuple):
    """One message: fields of the frame by number, movements with what explains them."""

    frame: dict[str, _Field]
    movements: tuple[tuple[_Field, tuple[_Field, ...]], ...]
    row: int


class _Account(NamedTuple):
    """What all movements of a message share."""

    statement: str
    account: str
    currency: str
    digits: int
    known: Callable[[str], int | None]


class _Balance(NamedTuple):
    amount: int
    day: date | None


@FORMATS.register
class Mt940:
    """Reads MT940 messages, with or without their SWIFT envelope."""

    code = "mt940"
    label = "SWIFT MT940"

    def detect(self, data: bytes, filename: str) -> bool:
        start = head(data)
        return bool(_START.search(start)) and (
            not is_intraday(start) or bool(_BALANCES.search(start))
        )

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        if not is_available():
            raise FileError("bank_library_missing", format=self.label, package=PACKAGE)
        pages = list(_pages(list(_fields(decode(data).text))))
        if not pages:
            raise FileError("bank_file_without_statement", filename=context.filename)
        statements = [_statement(page, context) for page in pages]
        check_chain(statements)
        return _chained(statements, pages)


def is_available() -> bool:
    """Is the library installed that this format needs?"""
    return TAG_BY_ID is not None


def is_intraday(start: str) -> bool:
    """Does a file begin like an MT942, which reports a day that is not over?

    >>> is_intraday(":20:A\\n:25:1\\n:28C:1/1\\n:34F:EURD1,00\\n:13D:2603021733+0100")
    True
    """
    return "{2:I942" in start or "{2:O942" in start or "\n:34F:" in start


# -- frame ----------------------------------------------------------------------------------


def _fields(text: str) -> Iterator[_Field]:
    """Fields of all messages; what surrounds the messages is dropped, never a field.

    A message begins with ``:20:`` and ends with a dash after its closing balance, with the
    next envelope or with the next ``:20:``. Lines without a tag continue the field before.
    """
    open_: tuple[int, str] | None = None
    lines: list[str] = []
    is_closed = False
    for row, raw in enumerate(text.splitlines(), 1):
        line = raw.translate(_CONTROLS).rstrip()
        is_envelope = line.startswith("{")
        if is_envelope:
            line = line.partition("{4:")[2]
        found = _FIELD.match(line)
        tag = found[1] if found else ""
        if found and (tag in _KNOWN or not open_ or open_[1] != "86"):
            if open_:
                yield _Field(*open_, "\n".join(lines))
            elif tag != "20":
                raise FileError("bank_field_outside", row=row, field=tag)
            is_closed = tag.startswith("62") or (is_closed and tag != "20")
            open_, lines = (row, tag), [found[2]]
        elif open_ and (is_envelope or (is_closed and line.lstrip().startswith("-"))):
            yield _Field(*open_, "\n".join(lines))
            open_, is_closed = None, False
        elif open_ and line:
            lines.append(line)
    if open_:
        yield _Field(*open_, "\n".join(lines))


def _pages(fields: list[_Field]) -> Iterator[_Page]:
    starts = [i for i, field in enumerate(fields) if field.tag == "20"]
    for start, end in zip(starts, [*starts[1:], len(fields)], strict=False):
        yield _page(fields[start:end])


def _page(fields: list[_Field]) -> _Page:
    """One message, if each field is where the standard puts it."""
    frame: dict[str, _Field] = {}
    movements: list[tuple[_Field, list[_Field]]] = []
    for field in fields:
        if field.tag not in _KNOWN:
            raise FileError("bank_field_unknown", row=field.row, field=field.tag)
        kind = field.tag[:2]
        if kind in _FRAME:
            _take_frame(frame, kind, field)
        elif kind == "61":
            if "60" not in frame or "62" in frame:
                raise FileError("bank_field_order", row=field.row, field=field.tag)
            movements.append((field, []))
        elif kind in ("86", "NS") and movements and "62" not in frame:
            movements[-1][1].append(field)
    missing = [kind for kind in _FRAME if kind not in frame]
    if missing:
        named = ", ".join(f":{kind}:" for kind in missing)
        raise FileError("bank_message_incomplete", row=fields[0].row, fields=named)
    kept = tuple((line, tuple(texts)) for line, texts in movements)
    return _Page(frame, kept, fields[0].row)


def _take_frame(frame: dict[str, _Field], kind: str, field: _Field) -> None:
    if kind in frame:
        raise FileError("bank_field_twice", row=field.row, field=field.tag)
    before = [other for other in frame if _FRAME.index(other) > _FRAME.index(kind)]
    if before:
        raise FileError("bank_field_order", row=field.row, field=field.tag)
    frame[kind] = field


# -- fields ---------------------------------------------------------------------------------


def _parsed(field: _Field, *grammars: Any) -> dict[str, str]:
    """The parts of a field by the library's grammar, all of it matched."""
    for grammar in grammars:
        found = grammar.re.fullmatch(field.value.strip())
        if found:
            return {key: value or "" for key, value in found.groupdict().items()}
    raise RowError(
        "bank_field_not_readable",
        row=field.row,
        field=field.tag,
        value=field.value[:60],
    )


def _money(field: _Field, text: str, digits: int) -> int:
    found = _AMOUNT.fullmatch(text)
    plain = f"{found[1]}.{found[2] or '0'}" if found else text
    return parse_amount(plain, digits, row=field.row, column=f":{field.tag}:")


def _day(field: _Field, year: str, month: str, day: str) -> date:
    """A day of this or the last century; 30 February, a bank's interest day, is its end."""
    full = int(year) + (1900 if int(year) >= 80 else 2000)
    number = int(day)
    if month == "02" and number in (29, 30):
        number = min(number, calendar.monthrange(full, 2)[1])
    try:
        return date(full, int(month), number)
    except ValueError:
        raise RowError(
            "bank_date_not_readable",
            row=field.row,
            column=f":{field.tag}:",
            value=f"{year}{month}{day}",
        ) from None


def _balance(field: _Field, currency: str, digits: int) -> _Balance:
    parts = _parsed(field, TAG_BY_ID[int(field.tag[:2])])
    if parts["currency"] != currency:
        raise FileError(
            "bank_currency_unclear",
            statement=f":{field.tag}:",
            currencies=f"{currency}, {parts['currency']}",
        )
    amount = _money(field, parts["amount"], digits)
    try:
        day = _day(field, parts["year"], parts["month"], parts["day"])
    except RowError:
        day = None  # says nothing about the movements, which have days of their own
    return _Balance(-amount if parts["status"] == "D" else amount, day)


# -- statement ------------------------------------------------------------------------------


def _statement(page: _Page, context: ReadContext) -> BankStatement:
    first = page.frame["60"]
    currency = _parsed(first, TAG_BY_ID[60])["currency"]
    if currency not in context.digits:
        raise FileError(
            "bank_currency_unknown", value=currency, statement=f":{first.tag}:"
        )
    digits = context.digits[currency]
    opening = _balance(first, currency, digits)
    closing = _balance(page.frame["62"], currency, digits)
    number, _slash, sequence = page.frame["28"].value.strip().partition("/")
    shared = _Account(
        clean(number),
        _account(page.frame["25"].value, currency),
        currency,
        digits,
        context.digits.get,
    )
    lines = tuple(
        _line(position, field, texts, shared)
        for position, (field, texts) in enumerate(page.movements, 1)
    )
    return BankStatement(
        format=Mt940.code,
        account=shared.account,
        currency=currency,
        digits=digits,
        number=shared.statement,
        sequence=clean(sequence),
        opening=opening.amount,
        opening_date=opening.day,
        closing=closing.amount,
        closing_date=closing.day,
        lines=lines,
    )


def _account(value: str, currency: str) -> str:
    """The number without currency and bank; German ones as they stand in their IBAN.

    >>> _account("NL84RABO01212121212 EUR", "EUR"), _account("50880050/194787400", "EUR")
    ('NL84RABO01212121212', '508800500194787400')
    >>> _account("DABADKKK/1111.11.11111", "DKK")
    '11111111111'
    """
    text = clean(value).upper()
    text = text.removesuffix(currency).rstrip() if len(text) > 8 else text
    if found := _BIC_ACCOUNT.fullmatch(text):
        text = found[1]
    elif found := _GERMAN_ACCOUNT.fullmatch(text):
        text = found[1] + found[2].zfill(10)
    return compact(text)


def _chained(
    statements: list[BankStatement], pages: list[_Page]
) -> list[BankStatement]:
    """Pages know their neighbours: an intermediate balance is carried over, or the end is
    missing."""
    found = []
    for position, statement in enumerate(statements):
        rest = pages[position + 1 :]
        begins = pages[position].frame["60"].tag == "60M"
        ends = pages[position].frame["62"].tag == "62M"
        before = statements[position - 1] if position else None
        if begins and before and before.account == statement.account:
            control = Control(
                "page_opening", before.closing or 0, statement.opening or 0
            )
            statement = statement._replace(controls=(control,))
        follows = rest and statements[position + 1].account == statement.account
        is_whole = not ends or bool(follows and rest[0].frame["60"].tag == "60M")
        found.append(statement._replace(is_whole=is_whole))
    return found


# -- movements ------------------------------------------------------------------------------


def _line(
    position: int, field: _Field, texts: tuple[_Field, ...], shared: _Account
) -> BankLine:
    tidy = _BLANK_ENTRY.sub(r"\1", field.value.strip())
    tidy = _BLANK_CODE.sub(r"\1", tidy)
    parts = _parsed(field._replace(value=tidy), TAG_BY_ID[61], _LONG_REFERENCE)
    amount = _money(field, parts["amount"], shared.digits)
    # RC takes back a credit: money goes out
    goes_out = parts["status"] in ("D", "RC")
    value_date = _day(field, parts["year"], parts["month"], parts["day"])
    about = read_details([text.value for text in texts if text.tag == "86"])
    extra = read_supplement(parts["extra_details"], shared.known)
    is_foreign = extra.original_currency not in ("", shared.currency)
    return _explained(
        BankLine(
            entry=position,
            status=BOOKED if amount else INFORMATION,
            booking_date=_entry_date(field, value_date, parts),
            value_date=value_date,
            amount=-amount if goes_out else amount,
            bank_reference=_reference(parts["bank_reference"]),
            end_to_end=about.end_to_end or _reference(parts["customer_reference"]),
            code=clean(parts["id"]),
            is_reversal=parts["status"].startswith("R") or about.code in _RETURNS,
            charges=extra.charges if extra.charges_currency == shared.currency else 0,
        )._replace(
            **_original(extra, goes_out) if is_foreign else {},
        ),
        about,
        "" if parts["extra_details"].startswith("/") else clean(parts["extra_details"]),
    )


def _original(extra: Supplement, goes_out: bool) -> dict[str, Any]:
    """What the payer gave in another currency, signed like the movement."""
    return {
        "original_currency": extra.original_currency,
        "original_amount": -extra.original if goes_out else extra.original,
        "original_digits": extra.original_digits,
    }


def _explained(line: BankLine, about: Details, supplement: str) -> BankLine:
    return line._replace(
        structured=about.structured,
        text=about.text or supplement,
        info=" ".join(
            dict.fromkeys(filter(None, (about.info, supplement if about.text else "")))
        ),
        counterparty=about.name,
        counterparty_account=about.account,
        counterparty_bic=about.bic,
        code="-".join(filter(None, (line.code, about.code))),
    )


def _entry_date(field: _Field, value_date: date, parts: dict[str, str]) -> date:
    """The booking day, whose year is the one that brings it nearest to the value date."""
    if not parts["entry_day"]:
        return value_date
    month, day = parts["entry_month"], parts["entry_day"]
    days = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            days.append(_day(field, f"{year % 100:02d}", month, day))
        except RowError:
            if not days and year > value_date.year:
                raise
    return min(days, key=lambda one: abs((one - value_date).days))


def _reference(value: str) -> str:
    reference = clean(value)
    return "" if reference.upper().rstrip("+") in _NOTHING else reference


#: some banks put an account number where the standard has room for 16 characters
_LONG_REFERENCE = StatementASNB() if StatementASNB else None
