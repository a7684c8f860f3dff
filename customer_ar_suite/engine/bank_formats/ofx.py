"""OFX 1 and 2 (also QFX) through the ``ofxparse`` library, which gets a checked copy.

The library repairs files that end anywhere, takes ``1,234`` for 1.234 and moves dates into
another time zone. So the file is read strictly first; what the library is given is whole,
its amounts and days are already exact, and it must hand back every movement.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import ofxparse

from ..errors import FileError, RowError
from ..money import from_minor, to_minor
from ..tabular import numbers
from ..text import clean, compact
from .base import (
    BOOKED,
    FORMATS,
    INFORMATION,
    BankLine,
    BankStatement,
    ReadContext,
    check_chain,
)
from .detect import head
from .ofx_sgml import Node, read_ofx

_START = re.compile(
    r"\A\s*(?:OFXHEADER\s*:|(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<\?OFX[^>]*>\s*)?<OFX\s*>"
    r"|(?:<\?xml[^>]*>\s*)?<\?OFX)",
    re.I | re.DOTALL,
)
#: two ways of writing one amount; grouped thousands show which
_NUMBERS = (
    numbers.NumberFormat(".", ",", plus=True, marks=("R$", "$")),
    numbers.NumberFormat(",", ".", plus=True, marks=("R$", "$")),
)
_PADDED = re.compile(r"\A([+-]?)0+(?=\d)")
_DAY = re.compile(r"(\d{8})(?:\d{2}|\d{4}|\d{6}(?:\.\d*)?)?(?:\[[^\]]*\])?")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_TEXTS = ("TRNTYPE", "FITID", "CHECKNUM", "REFNUM", "NAME", "MEMO")
_HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\nCHARSET:NONE\n\n"


class _Checked(NamedTuple):
    """One account of the file: who, which currency, and its copy for the library."""

    node: Node
    account: str
    currency: str
    digits: int
    copy: str
    movements: int


@FORMATS.register
class Ofx:
    """Reads the bank and credit card statements of OFX files."""

    code = "ofx"
    label = "OFX 1 / 2, QFX"

    def detect(self, data: bytes, filename: str) -> bool:
        return bool(_START.match(head(data)))

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        root = read_ofx(data)
        _refuse_errors(root)
        if any(root.all("INVSTMTRS")):
            raise FileError("ofx_investment")
        checked = [_checked(node, context) for node in root.all(*_STATEMENTS)]
        if not checked:
            raise FileError("bank_file_without_statement", filename=context.filename)
        statements = [_statement(one) for one in checked]
        check_chain(statements)
        return statements


def _refuse_errors(root: Node) -> None:
    """A bank that could not answer says so; that is no statement."""
    for status in root.all("STATUS"):
        if status.value_of("SEVERITY").upper() == "ERROR":
            raise FileError(
                "ofx_status_error",
                status=clean(status.value_of("CODE"))[:20],
                message=clean(status.value_of("MESSAGE"))[:200] or "–",
            )


# -- the checked copy -----------------------------------------------------------------------


def _checked(node: Node, context: ReadContext) -> _Checked:
    currency = clean(node.value_of("CURDEF")).upper()
    holders = [*node.all("BANKACCTFROM", "CCACCTFROM")]
    account = compact(holders[0].value_of("ACCTID")) if holders else ""
    if currency not in context.digits:
        raise FileError(
            "bank_currency_unknown", value=currency[:10] or "–", statement=account
        )
    digits = context.digits[currency]
    movements = list(node.all("STMTTRN"))
    parts = [_movement(one, currency, digits) for one in movements]
    body = "".join(parts)
    copy = (
        f"<STMTRS><CURDEF>{currency}</CURDEF><BANKTRANLIST>{body}</BANKTRANLIST>"
        f"</STMTRS>"
    )
    return _Checked(node, account, currency, digits, copy, len(movements))


def _movement(node: Node, currency: str, digits: int) -> str:
    for foreign in node.all("CURRENCY"):
        if (code := clean(foreign.value_of("CURSYM")).upper()) != currency:
            raise FileError(
                "bank_currency_unclear",
                statement=node.value_of("FITID"),
                currencies=f"{currency}, {code}",
            )
    amount = _amount(node, "TRNAMT", digits)
    if amount is None:
        raise RowError(
            "bank_amount_not_readable", row=node.row, column="TRNAMT", value=""
        )
    day = _day(node, "DTPOSTED")
    if day is None:
        raise RowError(
            "bank_date_not_readable", row=node.row, column="DTPOSTED", value=""
        )
    texts = {tag: clean(node.value_of(tag)) for tag in _TEXTS}
    texts["NAME"] = texts["NAME"] or _payee(node)
    texts["FITID"] = texts["FITID"] or "-"
    texts["CHECKNUM"] = texts["CHECKNUM"] or texts.pop("REFNUM")
    shown = "".join(
        f"<{tag}>{html.escape(value, quote=False)}</{tag}>"
        for tag, value in texts.items()
        if value
    )
    exact = f"{from_minor(amount, digits):f}"
    return (
        f"<STMTTRN><TRNAMT>{exact}</TRNAMT><DTPOSTED>{day:%Y%m%d}</DTPOSTED>{shown}"
        "</STMTTRN>"
    )


def _payee(node: Node) -> str:
    """The long form of the payer: an aggregate, or by mistake a plain value."""
    found = next(node.all("PAYEE"), None)
    return clean(found.value_of("NAME") or found.value) if found else ""


def _amount(node: Node, tag: str, digits: int) -> int | None:
    """An amount, exact; ``None`` if it is left empty. What can be read two ways is refused."""
    text = clean(node.value_of(tag))
    if not text:
        return None
    plain = _PADDED.sub(r"\1", text)
    found = {value for form in _NUMBERS if (value := form.parse(plain)) is not None}
    where = {"row": node.row, "column": tag, "value": text[:40]}
    fitting = [value for value in found if numbers.fits_digits(value, digits)]
    if found and not fitting:
        raise RowError("bank_amount_too_precise", digits=digits, **where)
    if len(found) != 1:
        raise RowError("bank_amount_not_readable", **where)
    return to_minor(fitting[0], digits)


def _day(node: Node, tag: str) -> date | None:
    """The day as the bank wrote it; its time zone is where the bank is."""
    text = clean(node.value_of(tag))
    if not text or not text.strip("0"):
        return None
    found = _DAY.fullmatch(text)
    try:
        return datetime.strptime(found[1] if found else "", "%Y%m%d").date()
    except ValueError:
        raise RowError(
            "bank_date_not_readable", row=node.row, column=tag, value=text[:40]
        ) from None


# -- statement ------------------------------------------------------------------------------


def _statement(checked: _Checked) -> BankStatement:
    lines = tuple(_lines(checked))
    balance = next(checked.node.all("LEDGERBAL"), None)
    closing = _amount(balance, "BALAMT", checked.digits) if balance else None
    try:
        closing_date = _day(balance, "DTASOF") if balance else None
    except RowError:
        closing_date = (
            None  # says nothing about the movements, which have days of their own
        )
    return BankStatement(
        format=Ofx.code,
        account=checked.account,
        currency=checked.currency,
        digits=checked.digits,
        number="",
        sequence="",
        opening=None,
        opening_date=None,
        closing=closing,
        closing_date=closing_date,
        lines=lines,
    )


def _lines(checked: _Checked) -> Iterator[BankLine]:
    movements = _library_movements(checked.copy)
    if len(movements) != checked.movements:
        raise FileError("ofx_cut", tag="STMTTRN")
    for position, one in enumerate(movements, 1):
        amount = to_minor(Decimal(one.amount), checked.digits)
        name, memo = clean(one.payee), clean(one.memo)
        yield BankLine(
            entry=position,
            status=BOOKED if amount else INFORMATION,
            booking_date=one.date.date(),
            value_date=None,
            amount=amount,
            bank_reference="" if one.id == "-" else clean(one.id),
            end_to_end="" if one.checknum == one.id else clean(one.checknum),
            text=memo or name,
            counterparty=name,
            code=clean(one.type).upper(),
        )


def _library_movements(copy: str) -> list[Any]:
    text = f"{_HEADER}<OFX>{copy}</OFX>"
    with warnings.catch_warnings():
        # of the library about its own HTML reader
        warnings.simplefilter("ignore")
        try:
            read = ofxparse.OfxParser.parse(io.BytesIO(text.encode()))
        except (ofxparse.OfxParserException, ValueError, IndexError, AttributeError):
            raise FileError("ofx_nesting", row=1, tag="STMTRS") from None
    (account,) = read.accounts
    return list(account.statement.transactions)
