"""Formatters, linters, types and the static gate: what is checked without running."""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from . import odoo_run, pyenv, static_gate
from .base import (
    ROOT,
    SUITE,
    checkout_key,
    code_digest,
    digest,
    say,
    subdir,
    write_atomically,
)
from .outcome import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev lint``."""
    parser.add_argument("--fix", action="store_true", help="mend what ruff can mend")


def main(*, fix: bool = False) -> Outcome:
    """Run every check and print the findings of those that fail."""
    if fix:
        _tool("ruff", "check", "-q", "--no-cache", "--fix", ".")
        _tool("ruff", "format", "-q", "--no-cache", ".")
    checks: dict[str, Callable[[], str]] = {
        "ruff": lambda: _tool("ruff", "check", "-q", "--no-cache", "."),
        "format": lambda: _tool("ruff", "format", "-q", "--check", "--no-cache", "."),
        "types of the engine": lambda: _mypy(f"{SUITE}/engine"),
        "types of the tools": lambda: _mypy("tools/dev"),
        "pylint-odoo": _pylint,
        "xml": _xml,
        "static gate": static_gate.report,
    }
    failed = 0
    for name, check in checks.items():
        findings = check()
        say(f"lint: {name}: {'findings' if findings else 'good'}")
        if findings:
            failed += 1
            print(findings)
    return Outcome(len(checks) - failed, failed)


def _tool(name: str, *words: str) -> str:
    """Return what a tool of the environment complains about, nothing when content."""
    done = subprocess.run(
        [pyenv.venv() / "bin" / name, *words],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": "",
        },  # what else is imported is the environment's
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "no explanation" if done.returncode else ""


def _mypy(folder: str) -> str:
    cache = str(pyenv.venv() / "mypy_cache")
    return _tool("mypy", "--no-error-summary", f"--cache-dir={cache}", folder)


def _pylint() -> str:
    """Return what it finds, which takes half a minute; it is content with what it knows."""
    rules = ROOT / ".pylintrc"
    addons = odoo_run.addons()
    codes = (code_digest(ROOT / addon) for addon in addons)
    read = digest(pyenv.venv().name, rules.read_text(), *addons, *codes)
    good = subdir("lint") / f"{checkout_key()}_pylint.txt"
    if good.exists() and good.read_text() == read:
        return ""
    findings = _tool("pylint", f"--rcfile={rules}", "--score=n", *addons)
    if not findings:
        write_atomically(good, read)
    return findings


def _xml() -> str:
    """Return the XML files that no parser can read."""
    findings = []
    for folder in odoo_run.addons():
        for path in sorted(Path(ROOT, folder).rglob("*.xml")):
            if "tests" in path.relative_to(ROOT).parts:
                continue  # samples of broken files are on purpose
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                findings.append(
                    f"{path.relative_to(ROOT)}:{error.position[0]}: {error}"
                )
    return "\n".join(findings)
