"""The text of a document: what a PDF says by itself, and the pictures of one that is a scan.

Runs in the child process that reads foreign files.
"""

from __future__ import annotations

import io
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple

from ..errors import FileError

#: pages and characters read of a document: a licence has one, a contract some dozens
MOST_PAGES = 60
MOST_CHARS = 200_000
MOST_PICTURES = 5
#: fewer letters per page are a stamp or a page number, not the text of the page
_FEW = 12


class DocumentText(NamedTuple):
    """Text by page, how many pages there are, and whether the text was cut."""

    pages: list[str]
    page_count: int
    is_cut: bool


def is_pdf(data: bytes) -> bool:
    """Is this a PDF, whatever it is called?"""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-")


def pdf_text(data: bytes) -> DocumentText:
    """The text layer of a PDF; a scan has none."""
    reader = _reader(data)
    pages: list[str] = []
    left, count = MOST_CHARS, len(reader.pages)
    for page in reader.pages[:MOST_PAGES]:
        text = (page.extract_text() or "")[:left]
        pages.append(text)
        left -= len(text)
        if left <= 0:
            break
    return DocumentText(pages, count, left <= 0 or count > MOST_PAGES)


def pdf_pictures(data: bytes) -> list[bytes]:
    """The pictures of a scanned PDF's first pages, largest of each page, for OCR."""
    found = []
    for page in _reader(data).pages[:MOST_PICTURES]:
        pictures = [bytes(image.data) for image in page.images]
        if pictures:
            found.append(max(pictures, key=len))
    return found


def has_text(document: DocumentText) -> bool:
    """Do its pages say something, or is it a scan?"""
    letters = sum(char.isalnum() for page in document.pages for char in page)
    return letters > _FEW * max(1, len(document.pages))


def _reader(data: bytes) -> Any:
    library = _library()
    try:
        reader = library.PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
    except Exception as error:
        raise FileError("document_not_readable") from error
    if locked:
        raise FileError("document_encrypted")
    return reader


def _library() -> Any:
    """The reader Odoo brings; older distributions ship it under its old name."""
    for name in ("pypdf", "PyPDF2"):
        with suppress(ImportError):
            return import_module(name)
    raise FileError("document_not_readable")
