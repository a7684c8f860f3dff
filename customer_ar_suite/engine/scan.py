"""What a scanner reads off paper: our own codes, payment codes, Chinese VAT invoices.

A scanner types. What it typed is taken apart here; which document it means is looked up by
the caller.

>>> read_code("INV/2026/00017")
Scanned(kind='reference', references=('INV/2026/00017',), amount='', date=None, code='')
>>> read_code("01,04,033001900211,12345678,1000.00,20260105,66778899001122334455,A1B2,").amount
'1000.00'
"""

from __future__ import annotations

import re
from datetime import date as Date
from typing import NamedTuple

from .errors import FileError
from .text import clean

#: a code says no more than this
MOST_CHARACTERS = 2_000
#: kinds of Chinese VAT invoice whose code tells the total with tax
TOTAL_TYPES = ("31", "32")
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_TOKEN = re.compile(r"[^\s,;]{4,40}")
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,4})?$")


class Scanned(NamedTuple):
    """``kind``: ``reference``, ``payment`` (code for a banking app) or ``vat_invoice``."""

    kind: str
    references: tuple[str, ...]  #: what may name a document, the most telling first
    amount: str = ""  #: decimal text; of a VAT invoice with tax only for some types
    date: Date | None = None
    code: str = ""  #: code of the VAT invoice (发票代码); new ones have none

    @property
    def has_total(self) -> bool:
        """Whether the amount includes the tax."""
        return self.kind == "payment" or self.code.startswith("total:")


def read_code(text: str) -> Scanned:
    """Take a scanned code apart.

    :raises FileError: ``scan_empty`` or ``scan_unknown``
    """
    raw = text[: MOST_CHARACTERS + 1].strip()
    if not raw:
        raise FileError("scan_empty")
    if len(raw) > MOST_CHARACTERS:
        raise FileError("scan_unknown", value=raw[:40])
    fields = clean(raw).split(",")
    if fields[0] == "01" and len(fields) >= 7:
        return _vat_invoice(fields)
    lines = raw.splitlines()
    if lines[0].strip() == "BCD":
        return _payment_code(lines)
    words = clean(raw)
    tokens = [one for one in _TOKEN.findall(words) if one != words]
    return Scanned("reference", tuple(dict.fromkeys([words, *tokens]))[:6])


def _vat_invoice(fields: list[str]) -> Scanned:
    """增值税发票: 01, kind, code, number, amount, day, check code.

    >>> read_code("01,32,,24312000000012345678,1130.00,20260105,,C0DE,")[1:3]
    (('24312000000012345678',), '1130.00')
    """
    _version, kind, code, number, amount, day = (one.strip() for one in fields[:6])
    found = _DAY.match(day)
    if not (number.isdigit() and _AMOUNT.match(amount) and found):
        raise FileError("scan_unknown", value=",".join(fields)[:40])
    try:
        issued = Date(*map(int, found.groups()))
    except ValueError:
        raise FileError("scan_unknown", value=day) from None
    references = (number, f"{code}{number}") if code else (number,)
    mark = "total:" if kind in TOTAL_TYPES else "net:"
    return Scanned("vat_invoice", references, amount, issued, f"{mark}{code}")


def _payment_code(lines: list[str]) -> Scanned:
    """The European code for a transfer: what it says as reference and as text.

    >>> read_code("BCD\\n002\\n1\\nSCT\\nX\\nUs\\nNL00\\nEUR12.30\\n\\n\\nSTM/1 C7")[1:3]
    (('STM/1 C7', 'STM/1'), '12.30')
    """
    padded = [line.strip() for line in lines] + [""] * 12
    said = [one for one in (padded[9], padded[10]) if one]
    words = [word for one in said for word in _TOKEN.findall(one)]
    amount = padded[7][3:]
    if not said:
        raise FileError("scan_unknown", value=padded[3])
    return Scanned(
        "payment",
        tuple(dict.fromkeys([*said, *words]))[:6],
        amount if _AMOUNT.match(amount) else "",
    )
