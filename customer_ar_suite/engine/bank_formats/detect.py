"""Who can read these bytes? Exactly one format, or a clear no; never a guess."""

from __future__ import annotations

import re

from ..errors import FileError
from .base import FORMATS, BankFormat

_HEAD = 4096

# Formats that banks also send and that are refused by name. Anchored at what each
# specification puts first, so that a remark inside another file does not match.
_KNOWN_OTHERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("MT942", re.compile(r"\{2:[IO]942|^:34F:", re.M)),
    ("BAI2", re.compile(r"\A\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},")),
    ("CODA", re.compile(r"\A00000\d{6}[ \d]{3}05")),
    ("CFONB 120", re.compile(r"\A01\d{5}.{4}\d{5}[A-Z]{3}\d")),
    ("Norma 43", re.compile(r"\A11\d{18}\d{12}[12]\d{17}")),
    ("PAIN payment order", re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.")),
    ("HTML", re.compile(r"\A\s*<(?:!DOCTYPE\s+html|html)", re.I)),
)
_MAGIC: tuple[tuple[str, bytes], ...] = (
    ("PDF", b"%PDF"),
    ("ZIP", b"PK\x03\x04"),
    ("Excel", b"\xd0\xcf\x11\xe0"),
    ("GZIP", b"\x1f\x8b"),
    ("RAR", b"Rar!"),
    ("7-Zip", b"7z\xbc\xaf"),
    ("PNG", b"\x89PNG"),
    ("JPEG", b"\xff\xd8\xff"),
)


def head(data: bytes) -> str:
    """The beginning of a file as text good enough to recognise it, whatever its encoding."""
    start = data[:_HEAD]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:64]:
        start = start.replace(b"\0", b"").lstrip(b"\xff\xfe")
    return start.decode("latin-1").removeprefix("ï»¿")


def looks_like(data: bytes) -> str:
    """The name of a known kind of file that no format here reads; empty if unknown.

    >>> looks_like(b"%PDF-1.7"), looks_like(b"01,A,B,260302,0200,1/"), looks_like(b"a;b")
    ('PDF', 'BAI2', '')
    """
    for name, magic in _MAGIC:
        if data.startswith(magic):
            return name
    text = head(data)
    for name, pattern in _KNOWN_OTHERS:
        if pattern.search(text):
            return name
    if text.lstrip().startswith("<"):
        return "XML"
    return ""


def detect(data: bytes, filename: str) -> BankFormat:
    """The one format that recognises the file.

    :raises FileError: ``bank_file_empty``, ``bank_file_refused`` (known by name, not
        supported), ``bank_file_unknown``, ``bank_file_ambiguous``
    """
    if not data.strip():
        raise FileError("bank_file_empty", filename=filename)
    found = [one for one in FORMATS if one.detect(data, filename)]
    if len(found) == 1:
        return found[0]
    if found:
        labels = ", ".join(one.label for one in found)
        raise FileError("bank_file_ambiguous", filename=filename, formats=labels)
    if name := looks_like(data):
        raise FileError("bank_file_refused", filename=filename, format=name)
    raise FileError("bank_file_unknown", filename=filename)
