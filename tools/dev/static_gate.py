"""Security rules that are read off the source: each finding is file:line: why.

A place that may break a rule stands in ``ALLOWED`` with its reason.
"""

from __future__ import annotations

import ast
import re
import sys
from fnmatch import fnmatch
from typing import NamedTuple

from .base import ROOT
from .gate_rules import Gate

# (rule, file below the repository, "*" for any text) -> why it may
ALLOWED = {
    ("file-reader", "*/engine/tabular/*.py"): "the guarded readers themselves",
    (
        "file-reader",
        "*/bank_formats/mt940.py",
    ): "the library reads single, checked fields",
    ("file-reader", "*/bank_formats/ofx.py"): "the library reads a checked copy",
    ("file-reader", "*/engine/xml_reader.py"): "the guarded reader of XML",
    ("file-reader", "*/engine/safe_io.py"): "the guarded readers themselves",
    ("file-reader", "*/controllers/ar_download.py"): "writes a zip file, reads none",
    ("file-reader", "*/ar_statement_run_download.py"): "writes a zip file, reads none",
    (
        "file-reader",
        "*/wizard/customer_audit_export.py",
    ): "writes a zip file, reads none",
    ("file-reader", "*/models/customer_privacy_export.py"): "writes a zip, reads none",
    (
        "file-reader",
        "*/engine/evidence/__init__.py",
    ): "writes packs; reads them in the child process, sizes checked first",
    (
        "file-reader",
        "*/models/customer_dimension_traces.py",
    ): "views of the database, which Odoo has checked",
    ("file-reader", "*/demo/tables.py"): "reads the addon's own tables",
    ("file-reader", "*/demo/bank_files.py"): "writes sample files, reads none",
    ("runner", "*/models/safe_io.py"): "starts the child process with limits",
    (
        "runner",
        "*/models/safe_io_child.py",
    ): "unpacks rows and errors by a list of classes",
    (
        "getattr",
        "*/models/safe_io_child.py",
    ): "names come from the suite, not from a user",
    (
        "context",
        "*/models/res_users_identitycheck.py",
    ): "what was typed; it is verified",
    ("float-equal", "*/engine/*"): "amounts are integers there",
    ("float-equal", "*/models/ar_ledger/*"): "amounts are integers there",
}


_LIVE_TEXT = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b|\beval\(|\bmarkup\("
    r"|\bnew Function\("
)


class Finding(NamedTuple):
    """One broken rule."""

    path: str
    line: int
    rule: str
    why: str

    def __str__(self) -> str:
        """Return the line that editors understand."""
        return f"{self.path}:{self.line}: {self.why} [{self.rule}]"


def report() -> str:
    """Return the findings in all addons of the checkout, one per line."""
    found: list[Finding] = []
    for manifest in sorted(ROOT.glob("*/__manifest__.py")):
        for path in sorted(manifest.parent.rglob("*")):
            name = str(path.relative_to(ROOT))
            if "/tests/" in name or "/static/lib/" in name:
                continue
            if path.suffix == ".py":
                found += check_python(name, path.read_text())
            elif path.suffix == ".xml":
                found += check_xml(name, path.read_text())
            elif path.suffix == ".js":
                found += check_javascript(name, path.read_text())
    return "\n".join(map(str, found))


def check_xml(name: str, text: str) -> list[Finding]:
    """Look for markup that lets unescaped text through."""
    lines = enumerate(text.splitlines(), 1)
    hits = (number for number, line in lines if re.search(r"\bt-raw\b", line))
    return [Finding(name, n, "t-raw", "t-raw prints text unescaped") for n in hits]


def check_javascript(name: str, text: str) -> list[Finding]:
    """Look for what writes unescaped text into the page or runs it."""
    why = "writes text into the page unescaped, or runs it"
    lines = enumerate(text.splitlines(), 1)
    return [
        Finding(name, number, "javascript", why)
        for number, line in lines
        if _LIVE_TEXT.search(line)
    ]


def check_python(name: str, text: str) -> list[Finding]:
    """Look for what one Python file must not hold."""
    gate = Gate(text)
    gate.visit(ast.parse(text))
    found = [Finding(name, line, rule, why) for line, rule, why in gate.found]
    return sorted(hit for hit in found if not _allowed(hit))


def _allowed(hit: Finding) -> bool:
    return any(
        rule == hit.rule and fnmatch(hit.path, pattern) for rule, pattern in ALLOWED
    )


if __name__ == "__main__":
    findings = report()
    print(findings)
    sys.exit(bool(findings))
