"""What MT940's field 86 says about a payment: three dialects and plain text.

German banks number their subfields (``?20``), Dutch and many others name them
(``/REMI/``), older Dutch files write labels (``IBAN: … NAAM: …``). All of it becomes the
same few facts; what belongs to none of the dialects stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..errors import RowError
from ..text import clean, compact
from .base import parse_amount

#: width at which German subfields and SWIFT lines are broken, in the middle of a word
_SUBFIELD, _LINE = 27, 64

_NUMBERED = re.compile(r"\A(\d{3})([?~<^@])(?=\d\d)")
_KEYWORDS = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+"
)
_CODES = (
    "TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|CNTP|ORDP|BENM|ULTD|ULTC|PURP|ISDT|RTRN|ADDR"
    "|CREF|PREF|KREF|SVCL|TRCD|IREF|RREF|OCMT|EXCH|CHGS|CHG|PT|PY|ACC|OAMT|ID|INFO|VACC"
)
_NAMED = re.compile(rf"/({_CODES})/")
_LABELS = re.compile(
    r"(?<![A-Z])(IBAN|REK|BIC|NAAM|OMSCHRIJVING|KENMERK|BETALINGSKENM\.?|MACHTIGING"
    r"|INCASSANT)\s*:\s*"
)
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}|\d{5,20}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_MONEY = re.compile(r"([A-Z]{3})(\d{1,15})(?:,(\d{0,6}))?")
_NOTHING = {"NOTPROVIDED", "NONREF", "NOT PROVIDED"}


class Details(NamedTuple):
    """What is known about the other side and the purpose."""

    text: str = ""
    info: str = ""
    name: str = ""
    account: str = ""
    bic: str = ""
    end_to_end: str = ""
    structured: tuple[str, ...] = ()
    code: str = ""


class Supplement(NamedTuple):
    """Amounts in the second line of field 61; minor units of their own currencies."""

    original_currency: str = ""
    original: int = 0
    original_digits: int = 0
    charges_currency: str = ""
    charges: int = 0


def read_details(values: Sequence[str]) -> Details:
    """The facts in the fields 86 of one movement."""
    joined = "".join(line for value in values for line in value.split("\n"))
    if found := _NUMBERED.match(joined):
        return _german(found[1], joined[4:], found[2])
    if len(list(_NAMED.finditer(joined))) > 1 or joined.startswith("/REMI/"):
        return _swift(joined)
    text = _plain(line for value in values for line in value.split("\n"))
    return _labelled(text)


def read_supplement(value: str, digits_of: Callable[[str], int | None]) -> Supplement:
    """What ``/OCMT/EUR11,85//CHGS/EUR0,50/`` says; anything else is just text.

    >>> tuple(read_supplement("/OCMT/USD11,85//CHGS/EUR0,5/", {"USD": 2, "EUR": 2}.get))
    ('USD', 1185, 2, 'EUR', 50)
    """
    parts = _split(_NAMED, value)
    currency, original, digits = _stated(parts.get("OCMT", ""), digits_of)
    charged, charges, _digits = _stated(parts.get("CHGS", ""), digits_of)
    return Supplement(currency, original, digits, charged, charges)


def _stated(value: str, digits_of: Callable[[str], int | None]) -> tuple[str, int, int]:
    found = _MONEY.fullmatch(value.strip("/ "))
    digits = digits_of(found[1]) if found else None
    if not found or digits is None:
        return "", 0, 0
    try:
        minor = parse_amount(f"{found[2]}.{found[3] or '0'}", digits)
    except RowError:
        return "", 0, 0  # a remark about another amount never stops a booked one
    return (found[1], minor, digits) if minor else ("", 0, 0)


# -- ?20 ------------------------------------------------------------------------------------


def _german(code: str, text: str, mark: str) -> Details:
    """Numbered subfields, their purpose lines again cut into SEPA keywords."""
    parts: dict[str, list[str]] = {}
    pieces = re.split(rf"{re.escape(mark)}(\d\d)", text)
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.setdefault(number, []).append(value)

    def said(*numbers: str) -> list[str]:
        return [value for number in numbers for value in parts.get(number, [])]

    purpose = _glue(
        said(*(f"2{i}" for i in range(10)), *(f"6{i}" for i in range(10))), _SUBFIELD
    )
    keywords = _split(_KEYWORDS, purpose)
    remitted = keywords.get("SVWZ", "") if keywords else purpose
    return Details(
        text=clean(remitted or keywords.get("", "")),
        info=clean(" ".join(said("00"))),
        name=clean("".join(said("32", "33")) or keywords.get("ABWA", "")),
        account=compact("".join(said("31")) or keywords.get("IBAN", "")),
        bic=compact("".join(said("30")) or keywords.get("BIC", "")),
        end_to_end=_reference(keywords.get("EREF", "") or keywords.get("KREF", "")),
        code=code,
    )


def _glue(pieces: Iterable[str], width: int) -> str:
    """Pieces in a row: a full one goes on in the middle of a word, others end with it."""
    text = ""
    for piece in pieces:
        text += piece if len(piece) >= width else f"{piece} "
    return text.strip()


# -- /REMI/ ---------------------------------------------------------------------------------


def _swift(text: str) -> Details:
    parts = _split(_NAMED, text)
    account, bic, name = "", "", ""
    if party := parts.get("CNTP", ""):
        account, bic, name, *_city = [*party.split("/"), "", "", ""][:4]
    remitted, structured = _remittance(parts.get("REMI", ""))
    return Details(
        text=remitted or clean(parts.get("INFO", "") or parts.get("", "")),
        info=clean(" ".join(filter(None, (parts.get("TRTP"), parts.get("RTRN"))))),
        name=clean((name or parts.get("NAME", "")).strip("/ ")),
        account=compact(account or parts.get("IBAN", "").strip("/ ")),
        bic=compact(bic or parts.get("BIC", "").strip("/ ")),
        end_to_end=_reference(parts.get("EREF", "").strip("/ ")),
        structured=structured,
    )


def _remittance(value: str) -> tuple[str, tuple[str, ...]]:
    """Free text, or the creditor's reference after its kind and issuer.

    >>> _remittance("STRD/CUR/RF18539007547034/"), _remittance("USTD//Invoice 4711/")
    (('', ('RF18539007547034',)), ('Invoice 4711', ()))
    """
    kind, _slash, rest = value.partition("/")
    if kind == "USTD":
        return clean(rest.strip("/ ")), ()
    if kind == "STRD":
        reference = clean(rest.strip("/ ").rpartition("/")[2])
        return "", (reference,) if reference else ()
    return clean(value.strip("/ ")), ()


# -- labels and plain text ------------------------------------------------------------------


def _plain(lines: Iterable[str]) -> str:
    return clean(_glue((line for line in lines if line.strip()), _LINE))


def _labelled(text: str) -> Details:
    """Plain text, from which labels tell payer and account where they are well formed."""
    parts = _split(_LABELS, text)
    number = parts.get("IBAN", "") or parts.get("REK", "")
    account = _ACCOUNT.match(number)
    bic = _BIC.match(parts.get("BIC", ""))
    return Details(
        text=text,
        name=parts.get("NAAM", "").partition("/")[0].strip(),
        account=account[0] if account else "",
        bic=bic[0] if bic else "",
    )


def _split(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """Text after each key, up to the next one; what precedes the first has the key ``""``.

    A key that comes twice keeps what it said first.
    """
    found = list(pattern.finditer(text))
    if not found:
        return {}
    parts = {"": text[: found[0].start()].strip()}
    ends = [one.start() for one in found[1:]] + [len(text)]
    for one, end in zip(found, ends, strict=True):
        parts.setdefault(one[1].rstrip("."), text[one.end() : end].strip())
    return parts


def _reference(value: str) -> str:
    reference = clean(value)
    return "" if reference.upper() in _NOTHING else reference
