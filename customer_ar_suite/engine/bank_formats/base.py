"""What every bank file becomes, and the proof that it adds up.

Amounts are integers in minor units of the account's currency, money in positive. A format
is one file with ``detect`` and ``parse``; ``FORMATS`` knows them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import BalanceError, FileError, RowError
from ..registry import Registry

if TYPE_CHECKING:
    from .csv_profile import CsvProfile

#: states of an entry at the bank; only booked ones are money on the account
BOOKED, PENDING, INFORMATION = "booked", "pending", "info"

_AMOUNT = re.compile(r"\d{1,18}(?:\.\d{1,10})?")
_DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T[\d:.,]+(?:Z|[+-]\d{2}:\d{2})?)?"
)


class BankLine(NamedTuple):
    """One movement on the account; the parts of a batch booking share their ``entry``."""

    entry: int  #: number of the entry within its statement, from 1
    status: str  #: BOOKED, PENDING or INFORMATION
    booking_date: date
    value_date: date | None
    amount: int
    bank_reference: str = ""  #: given by the bank, the same in every copy of the file
    end_to_end: str = ""  #: given by the payer
    structured: tuple[str, ...] = ()  #: creditor references and document numbers
    text: str = ""  #: unstructured remittance information
    info: str = ""  #: what the bank adds in its own words
    counterparty: str = ""
    counterparty_account: str = ""
    counterparty_bic: str = ""
    code: str = ""  #: transaction code of the bank or of ISO 20022
    is_reversal: bool = False
    original_currency: str = ""  #: when the payer paid in another currency
    original_amount: int = 0  #: in minor units of that currency, signed like ``amount``
    original_digits: int = 0
    charges: int = 0  #: withheld or added by the bank, positive

    @property
    def label(self) -> str:
        """All a person or a matching rule can read about the line, without repetition."""
        parts: list[str] = []
        for part in (*self.structured, self.text, self.info):
            if part and not any(part in earlier for earlier in parts):
                parts.append(part)
        return " ".join(parts) or self.end_to_end or self.bank_reference or self.code


class Control(NamedTuple):
    """Two figures of one statement that must be equal; sums in minor units."""

    name: str  #: ``balance``, ``credit_sum``, ``entry_count`` …
    expected: int  #: as the file states it
    found: int  #: as its lines add up


class BankStatement(NamedTuple):
    """One account over one period, as the bank reports it."""

    format: str
    account: str  #: compact, upper case; empty when the file does not name it
    currency: str  #: empty when the file does not name it
    digits: int
    number: str
    sequence: str
    opening: int | None
    opening_date: date | None
    closing: int | None
    closing_date: date | None
    lines: tuple[BankLine, ...]
    controls: tuple[Control, ...] = ()  #: totals the file states besides balances
    #: would the format show that the end is missing? A cut text table still reads
    is_whole: bool = True

    @property
    def booked(self) -> tuple[BankLine, ...]:
        return tuple(line for line in self.lines if line.status == BOOKED)

    @property
    def booked_sum(self) -> int:
        return sum(line.amount for line in self.booked)


class ReadContext(NamedTuple):
    """What a format must be told besides the bytes."""

    filename: str
    digits: Mapping[str, int]  #: minor-unit digits of every known currency code
    #: layouts to choose from, for formats that do not carry theirs
    profiles: tuple[CsvProfile, ...] = ()
    #: of the journal the person chose, for formats that name neither
    currency: str = ""
    account: str = ""
    #: said by the person where the file leaves it open: ``ymd``, ``dmy`` or ``mdy``
    date_order: str = ""


class BankFormat(Protocol):
    """A kind of bank file."""

    code: str
    label: str

    def detect(self, data: bytes, filename: str) -> bool:
        """Are these bytes of this kind? Cheap, never raises."""

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        """All statements of the file, or an :class:`EngineError`; never a part of it."""


FORMATS: Registry[BankFormat] = Registry("bank file format")


def check_balance(statement: BankStatement) -> None:
    """Opening + booked lines = closing, and every total the file states is right.

    :raises BalanceError: ``bank_statement_out_of_balance`` or ``bank_total_differs``
    """
    where = {"account": statement.account, "statement": statement.number}
    if statement.opening is not None and statement.closing is not None:
        expected = statement.opening + statement.booked_sum
        if expected != statement.closing:
            raise BalanceError(
                "bank_statement_out_of_balance",
                **where,
                opening=render(statement.opening, statement.digits),
                booked=render(statement.booked_sum, statement.digits),
                closing=render(statement.closing, statement.digits),
                difference=render(statement.closing - expected, statement.digits),
            )
    for control in statement.controls:
        if control.expected != control.found:
            digits = 0 if control.name.endswith("count") else statement.digits
            raise BalanceError(
                "bank_total_differs",
                **where,
                total=control.name,
                expected=render(control.expected, digits),
                found=render(control.found, digits),
            )


def check_chain(statements: Sequence[BankStatement]) -> None:
    """Refuse a file that holds the same statement twice.

    :raises FileError: ``bank_statement_twice``
    """
    seen = set()
    for statement in statements:
        if statement in seen and statement.lines:
            raise FileError(
                "bank_statement_twice",
                account=statement.account,
                statement=statement.number,
            )
        seen.add(statement)


def render(minor: int, digits: int) -> str:
    """An amount for a message: plain digits, a point, no grouping.

    >>> render(-123456, 2), render(5, 3), render(700, 0)
    ('-1234.56', '0.005', '700')
    """
    whole = f"{abs(minor):0{digits + 1}d}"
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


def parse_amount(value: str, digits: int, **where: object) -> int:
    """A plain, unsigned decimal number in minor units; nothing else is an amount.

    >>> parse_amount("1234.50", 2), parse_amount("8.850", 2), parse_amount("7", 0)
    (123450, 885, 7)
    >>> parse_amount("10.005", 2)
    Traceback (most recent call last):
    ...
    customer_ar_suite.engine.errors.RowError: bank_amount_too_precise(value='10.005', digits=2)

    :raises RowError: ``bank_amount_not_readable`` or ``bank_amount_too_precise``
    """
    text = value.strip()
    if not _AMOUNT.fullmatch(text) or not text.isascii():
        raise RowError("bank_amount_not_readable", value=text[:40], **where)
    whole, _point, fraction = text.partition(".")
    if fraction[digits:].strip("0"):
        raise RowError("bank_amount_too_precise", value=text, digits=digits, **where)
    return int(whole + fraction[:digits].ljust(digits, "0"))


def parse_date(value: str, **where: object) -> date:
    """The day of an ISO date or date-time; the time and its zone say nothing about the day.

    >>> parse_date("2026-03-31T23:30:00+02:00")
    datetime.date(2026, 3, 31)

    :raises RowError: ``bank_date_not_readable``
    """
    found = _DATE.fullmatch(value.strip())
    try:
        return datetime.strptime(found[1] if found else "", "%Y-%m-%d").date()
    except ValueError:
        raise RowError(
            "bank_date_not_readable", value=value.strip()[:40], **where
        ) from None
