"""What a file really is: by its content, never by its name.

>>> identify(b"PK\\x03\\x04", "customers.csv")
Traceback (most recent call last):
...
customer_ar_suite.engine.errors.FileError: file_corrupt(kind='zip')
>>> identify(b"Name,City\\nA,B\\n", "customers.xlsx")
'csv'
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from ..errors import FileError
from .table import MAX_BYTES, MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED

if TYPE_CHECKING:
    import zipfile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_END_OF_DIRECTORY = b"PK\x05\x06"

# Beginnings of files that are not tables, and what to call them.
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
    (b"ID;P", "SYLK"),
    (b"\x00\x00\x02\x00", "Lotus 1-2-3"),
    (b"\x00\x00\x1a\x00", "Lotus 1-2-3"),
)
# The record that begins a raw BIFF2, 3 or 4 stream; later ones are inside OLE containers,
# though some writers leave the container out.
_RAW_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")


def identify(data: bytes, filename: str = "") -> str:
    """``csv``, ``xls``, ``xlsx`` or ``ods``; other types are refused by their real name.

    :raises FileError: ``file_empty``, ``file_too_big``, ``file_type_unsupported``,
        ``file_corrupt``, ``file_encrypted`` or one of :func:`open_archive`
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileError("file_empty")
    if len(data) > MAX_BYTES:
        raise FileError("file_too_big", size=_mega(len(data)), limit=_mega(MAX_BYTES))
    for magic, kind in ((_OLE, "xls"), (_ZIP, "zip")):
        if magic.startswith(data):  # cut within its first bytes
            raise FileError("file_corrupt", kind=kind)
    if data.startswith(_OLE):
        return _identify_ole(data)
    if data.startswith(_RAW_BIFF):
        return "xls"
    if data.startswith(b"PK"):
        return _identify_zip(data)
    for magic, name in _FOREIGN:
        if data.startswith(magic) and not (magic in (b"BM", b"MZ") and _is_text(data)):
            raise FileError("file_type_unsupported", kind=name)
    _refuse_markup(data)
    return "csv"


def _identify_ole(data: bytes) -> str:
    """Old Excel, an encrypted new one, or another program's file in the same container."""
    names = data.lower()
    if b"e\0n\0c\0r\0y\0p\0t\0e\0d\0p\0a\0c\0k\0a\0g\0e" in names:
        raise FileError("file_encrypted")
    if b"w\0o\0r\0k\0b\0o\0o\0k\0" in names or b"b\0o\0o\0k\0" in names:
        return "xls"
    if b"w\0o\0r\0d\0d\0o\0c\0u\0m\0e\0n\0t\0" in names:
        raise FileError("file_type_unsupported", kind="Word (.doc)")
    raise FileError("file_corrupt", kind="xls")


def _identify_zip(data: bytes) -> str:
    with open_archive(data) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            raise FileError("file_type_unsupported", kind="Excel binary (.xlsb)")
        if "mimetype" in names and "content.xml" in names:
            kind = read_member(archive, "mimetype", 200).decode("ascii", "replace")
            if "spreadsheet" in kind:
                return "ods"
            raise FileError(
                "file_type_unsupported", kind="OpenDocument, not a spreadsheet"
            )
        if "word/document.xml" in names:
            raise FileError("file_type_unsupported", kind="Word (.docx)")
        if "[Content_Types].xml" in names:
            return "xlsx"
    raise FileError("file_type_unsupported", kind="zip")


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The zip archive, after everything that makes it dangerous has been looked for.

    :raises FileError: ``file_corrupt``, ``file_encrypted``, ``archive_unsafe`` (a bomb, a
        member outside the archive, members that overlap) — before anything is unpacked
    """
    # imported when needed: the child process starts faster without it
    import zipfile

    end = data.rfind(_END_OF_DIRECTORY)
    if end < 0 or len(data) < end + 22:
        raise FileError("file_corrupt", kind="zip")
    if struct.unpack_from("<H", data, end + 10)[0] > MAX_MEMBERS:
        raise FileError("archive_unsafe", reason="members")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileError("file_corrupt", kind="zip") from None
    _check_members(archive.infolist(), len(data))
    return archive


def read_member(archive: zipfile.ZipFile, name: str, size: int = -1) -> bytes:
    """The (first ``size``) bytes of one member.

    :raises FileError: ``file_corrupt`` for whatever a damaged archive makes zipfile raise
    """
    try:
        with archive.open(name) as member:
            return member.read(size)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - zlib.error and struct.error among others
        raise FileError("file_corrupt", kind="zip") from None


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise FileError("archive_unsafe", reason="members")
    # sheets of repeated rows compress well; only what is also large is a bomb
    if unpacked > MAX_UNPACKED or unpacked > max(10_000_000, MAX_RATIO * size):
        raise FileError("archive_unsafe", reason="size")
    if len({member.filename for member in members}) < len(members):
        raise FileError("archive_unsafe", reason="twice")
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.flag_bits & 0x1:
            raise FileError("file_encrypted")
        if ".." in member.filename.split("/") or member.filename.startswith("/"):
            raise FileError("archive_unsafe", reason="path")
        if member.header_offset < end:
            raise FileError("archive_unsafe", reason="overlap")
        end = member.header_offset + 30 + member.compress_size


def _is_text(data: bytes) -> bool:
    """Two letters are a weak magic number: a heading may well begin with BM or MZ."""
    return not any(byte < 9 for byte in data[:512])


def _refuse_markup(data: bytes) -> None:
    """Web pages and XML saved under the name of a sheet are common; say what they are."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\0").replace(b"\0", b"").lower()
    head = head.lstrip(b"\xff\xfe")
    if head.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")
    ):
        raise FileError("file_type_unsupported", kind="HTML")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise FileError("file_type_unsupported", kind="Excel 2003 XML")
    if head.startswith((b"<?xml", b"<document", b"<!doctype")):
        kind = "HTML" if b"<html" in head else "XML"
        raise FileError("file_type_unsupported", kind=kind)
    if head.startswith(b"mime-version:"):
        raise FileError("file_type_unsupported", kind="MHTML")


def _mega(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
