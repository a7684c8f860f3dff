"""Keep the template of terms and the Chinese translation complete."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path

from . import odoo_run, pyenv
from .base import ROOT, DevError, checkout_key, say
from .installed import installed
from .outcome import Outcome

EXPORT = """
from odoo.tools.translate import trans_export
with open({path!r}, "wb") as output:
    trans_export(None, [{addon!r}], output, "po", env)
"""
LANGUAGE = "zh_CN"
MERGE = Path(__file__).with_name("merge_terms.py")
_DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date:.*\n', re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev i18n``."""
    parser.add_argument(
        "--check", action="store_true", help="change no file, only say what is missing"
    )
    parser.add_argument("--addon", help="only this addon (default: each in turn)")


def main(options: argparse.Namespace) -> Outcome:
    """Export the terms, merge them into the translation, list what is missing."""
    outcome = Outcome(0, 0)
    for addon in [options.addon] if options.addon else odoo_run.addons():
        outcome = outcome.also(_one(addon, check=options.check))
    return outcome


def kept_up() -> bool:
    """Tell whether some addon already has its template of terms."""
    return any(_folder(addon).is_dir() for addon in odoo_run.addons())


def _folder(addon: str) -> Path:
    return ROOT / addon / "i18n"


def _one(addon: str, *, check: bool) -> Outcome:
    terms = _exported(addon)
    pot, po = _folder(addon) / f"{addon}.pot", _folder(addon) / f"{LANGUAGE}.po"
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, "draft.po")
        new_pot = Path(folder, "draft.pot")
        new_pot.write_text(terms)
        words = [pyenv.python(), MERGE, new_pot, po, draft]
        done = subprocess.run(words, text=True, stdout=subprocess.PIPE, check=False)
        findings = done.stdout.strip()
        if done.returncode not in (0, 1):
            raise DevError(f"The terms of {addon} cannot be merged.")
        if check:
            if not pot.exists() or pot.read_text() != terms:
                findings += f"\n{pot.relative_to(ROOT)}: not current, run ./dev i18n"
        else:
            pot.parent.mkdir(exist_ok=True)
            pot.write_text(terms)
            po.write_text(draft.read_text())
    if findings.strip():
        print(findings.strip())
        say(f"{addon}: terms are missing")
        return Outcome(0, 1)
    say(f"{addon}: every term is translated")
    return Outcome(1, 0)


def _exported(addon: str) -> str:
    """Export from the addon without demo data, which is not translated."""
    name = f"ar_{checkout_key()}_i18n_t{os.getpid()}"
    with (
        tempfile.TemporaryDirectory() as folder,
        odoo_run.passing_database(installed(addon, demo=False), name),
    ):
        say(f"exporting the terms of {addon}")
        target = Path(folder, "terms.pot")
        odoo_run.shell(name, EXPORT.format(path=str(target), addon=addon))
        return _DATES.sub("", target.read_text())
