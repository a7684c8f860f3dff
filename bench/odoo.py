"""Odoo as the benchmarks start it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.dev import odoo_run, odoo_source
from tools.dev.base import ROOT, DevError


def with_addons(folder: Path) -> list[str]:
    """Return the option that adds a folder of addons to those of the checkout."""
    folders = [*odoo_source.odoo().addons, ROOT, folder]
    return [f"--addons-path={','.join(map(str, folders))}"]


def server(database: str, *words: str) -> None:
    """Run Odoo on a database until it stops by itself."""
    _run(odoo_run.command("-d", database, "--no-http", "--log-level=warn", *words))


def shell(database: str, script: str, *words: str) -> None:
    """Run a script in Odoo's shell; what it prints is shown only when it fails."""
    words = ("-d", database, "--no-http", "--log-level=warn", *words)
    _run(odoo_run.command(*words, subcommand="shell"), script)


def _run(line: list[str], script: str | None = None) -> None:
    done = subprocess.run(
        line,
        input=script,
        env=odoo_run.environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode or "Traceback" in done.stdout:
        raise DevError(f"Odoo failed in a benchmark:\n{done.stdout[-3000:]}")
