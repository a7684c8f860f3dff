"""OCA addons that do the same job, installed from PyPI into a folder of their own.

They are measured, never read: nothing of theirs is part of this project.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.dev import odoo_run, pyenv
from tools.dev.base import DevError, digest, locked, say, subdir

ADDONS = (
    "account_financial_report",
    "partner_statement",
    "account_reconcile_oca",
    "account_financial_risk",
)


def addons_path() -> Path:
    """Return the folder of the peers' addons, installed when missing."""
    target = subdir("peers", digest(*ADDONS))
    with locked("peers"):
        if not (target / "done").exists():
            say(f"installing peers: {', '.join(ADDONS)}")
            shutil.rmtree(target, ignore_errors=True)
            _install(target)
            (target / "done").touch()
    return target / "odoo" / "addons"


def _install(target: Path) -> None:
    # one call: a second one would replace the folder ``odoo`` of the first
    needs = (
        "date_range",
        "report_xlsx",
        "report_xlsx_helper",
        "account_statement_base",
    )
    wanted = [f"odoo-addon-{addon}>=19.0,<19.1" for addon in (*needs, *ADDONS)]
    line = [str(pyenv.python()), "-m", "pip", "install", "-q", "--no-deps", "--pre"]
    done = subprocess.run(
        [*line, "--target", str(target), *wanted],
        env=odoo_run.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DevError(f"pip cannot install the peers: {done.stderr[-400:]}")
