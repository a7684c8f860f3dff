"""The text of a document: of a PDF by itself, of a scan or photo through tesseract.

Files from outside are opened in child processes with limits: the PDF by the engine in
``safe_io``, the picture by tesseract, started by ``document_ocr_child`` after it has set its
own limits. Tesseract is optional; nothing else of the suite needs it.
"""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

from ..engine.errors import FileError
from ..engine.paste.document import has_text, is_pdf
from .safe_io import run_parser

_logger = logging.getLogger(__name__)

_CHILD = str(Path(__file__).with_name("document_ocr_child.py"))
#: bytes of memory, seconds of processor time, seconds on the clock; per picture
MEMORY, CPU_SECONDS, WALL_SECONDS = 1024 * 2**20, 60, 90
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
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-S", _CHILD, str(MEMORY), str(CPU_SECONDS), *words],
            input=bytes(picture),
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            close_fds=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileError("ocr_too_much") from None
    if child.returncode:
        _logger.info("tesseract: %s %r", child.returncode, child.stderr[-300:])
        raise FileError("ocr_failed")
    return child.stdout.decode("utf-8", "replace")[:MOST_CHARS]


def _languages(binary):
    listed = subprocess.run(
        [binary, "--list-langs"], capture_output=True, timeout=10, check=False
    )
    there = listed.stdout.decode("utf-8", "replace").split()
    return "+".join(code for code in LANGUAGES if code in there) or "eng"
