"""Pictures of every paper: each layout, letter and language, short and long.

``./dev papers`` prints them from invented figures on the kept or the demo database and
turns the pages into PNG files, to be looked at.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from . import odoo_run
from .base import ROOT, DevError, say, subdir

INSIDE = ROOT / "tests_system" / "papers.py"
#: pages of one paper that are worth looking at: the first ones and the last
FIRST_PAGES = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev papers``."""
    parser.add_argument("-d", "--database")
    parser.add_argument("--target", type=Path, help="folder of the pictures")
    parser.add_argument("--only", default="", help="papers whose name contains this")


def main(database: str, options: argparse.Namespace) -> int:
    """Print, and make a picture of the pages that differ."""
    target = (options.target or subdir("papers")).resolve()
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.p*"):
        old.unlink()
    env = {
        **odoo_run.environment(),
        "AR_PAPERS": str(target),
        "AR_PAPERS_ONLY": options.only,
    }
    words = odoo_run.command(
        "-d", database, "--no-http", "--log-level=warn", subcommand="shell"
    )
    code = subprocess.run(
        words,
        input=INSIDE.read_text(encoding="utf-8"),
        env=env,
        text=True,
        check=False,
    ).returncode
    files = sorted(target.glob("*.pdf"))
    if code or not files:
        raise DevError("No paper was printed.")
    for file in files:
        _pictures(file)
    say(f"{len(files)} papers: {target}")
    return 0


def _pictures(file: Path) -> None:
    pages = _page_count(file)
    wanted = sorted({*range(1, min(pages, FIRST_PAGES) + 1), pages})
    for page in wanted:
        picture = file.with_name(f"{file.stem}_p{page}of{pages}")
        words = ["pdftoppm", "-r", "80", "-f", str(page), "-l", str(page), "-png"]
        subprocess.run([*words, "-singlefile", str(file), str(picture)], check=True)


def _page_count(file: Path) -> int:
    found = subprocess.run(
        ["pdfinfo", str(file)], capture_output=True, text=True, check=True
    ).stdout
    return int(found.partition("Pages:")[2].split()[0])
