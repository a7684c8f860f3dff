"""The text of a document: of a PDF by itself, of a scan or photo through tesseract.

Files from outside are opened in child processes with limits: the PDF by the engine, the
picture by tesseract. Tesseract is optional; nothing else of the suite needs it.
"""

import shutil

from ..engine.errors import FileError
from ..engine.paste.document import has_text, is_pdf
from .safe_io import run_parser, run_program

#: bytes of memory per picture
MEMORY = 1024 * 2**20
MOST_CHARS = 200_000
#: languages asked for where they are installed; eng is always there
LANGUAGES = ("chi_sim", "chi_tra", "eng", "deu", "fra", "nld")


def text_of(content, with_ocr=False):
    """(text, pages, way) of a document; ``way``: ``pdf``, ``ocr`` or ``none``.

    :raises EngineError: a file that cannot be opened, or no text recognition here
    """
    if not is_pdf(content):
        return (ocr(content), 1, "ocr") if with_ocr else ("", 1, "none")
    document = run_parser("paste.document:pdf_text", content)
    if has_text(document):
        return "\n".join(document.pages), document.page_count, "pdf"
    if not with_ocr:
        return "", document.page_count, "none"
    pictures = run_parser("paste.document:pdf_pictures", content)
    if not pictures:
        raise FileError("document_not_readable")
    return "\n".join(map(ocr, pictures)), document.page_count, "ocr"


def ocr_missing():
    """Why texts of pictures cannot be recognised here: a code of the engine, or nothing."""
    return "" if shutil.which("tesseract") else "ocr_not_installed"


def ocr(picture):
    """What tesseract reads in a picture."""
    binary = shutil.which("tesseract")
    if not binary:
        raise FileError("ocr_not_installed")
    words = [binary, "stdin", "stdout", "-l", _languages(binary), "--psm", "3"]
    code, text = run_program(words, picture, memory=MEMORY)
    if code:
        raise FileError("ocr_failed")
    return text.decode("utf-8", "replace")[:MOST_CHARS]


def _languages(binary):
    _code, listed = run_program([binary, "--list-langs"], b"")
    there = listed.decode("utf-8", "replace").split()
    return "+".join(code for code in LANGUAGES if code in there) or "eng"
