"""Packages of the machine: what is needed, what is missing, how to install it."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import time
from collections.abc import Callable

from .base import DevError, cache, locked, run, say

ENOUGH_GB = 6  # Odoo, its tools, the databases


def _has_binary(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _has_file(*patterns: str) -> Callable[[], bool]:
    return lambda: any(glob.glob(pattern, recursive=True) for pattern in patterns)


def _has_venv() -> bool:
    python = os.environ.get("CUSTOMER_AR_PYTHON", "python3")
    probe = [python, "-c", "import venv, ensurepip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


# Debian package -> is it (or its equal) there?
PACKAGES: dict[str, Callable[[], bool]] = {
    "python3-venv": _has_venv,
    "postgresql": _has_file(
        "/usr/lib/postgresql/1[5-9]/bin/initdb", "/usr/lib/postgresql/2*/bin/initdb"
    ),
    "wkhtmltopdf": _has_binary("wkhtmltopdf"),
    "chromium": _has_binary("google-chrome", "chromium", "chromium-browser"),
    "poppler-utils": _has_binary("pdftotext"),
    "gettext": _has_binary("msgmerge"),
    "fonts-noto-cjk": _has_file("/usr/share/fonts/**/NotoSansCJK-Regular.ttc"),
    "fonts-dejavu-core": _has_file("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    # without it Odoo guesses file types by itself, and complains of broken files
    "libmagic1": _has_file("/usr/lib*/*/libmagic.so.1", "/usr/lib*/libmagic.so.1"),
    "fontconfig": _has_binary("fc-cache"),
}


def missing(*names: str) -> list[str]:
    """Return those of the packages that are not on the machine."""
    return [name for name in names if not PACKAGES[name]()]


def as_root(command: list[str]) -> list[str]:
    """Return the command as root runs it, through sudo where we are somebody else."""
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command]
    if os.geteuid() == 0:
        return command
    if shutil.which("sudo"):
        return ["sudo", "-n", *command]
    raise DevError("Neither root nor sudo is there to install packages.")


def offered(name: str) -> bool:
    """Tell whether the machine's own release has the package."""
    with locked("apt"):
        _refresh()
    policy = run(["apt-cache", "policy", name], env={"LC_ALL": "C"})
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def look_at_disk() -> None:
    """Say so when the disk is about to be full; what comes of it is hard to read."""
    free = shutil.disk_usage(cache()).free // 2**30
    if free < ENOUGH_GB:
        say(f"only {free} GB free at {cache()}: a first run needs {ENOUGH_GB}")


def need(*names: str) -> None:
    """Install the packages that are missing."""
    if not missing(*names):
        return
    with locked("apt"):
        absent = missing(*names)
        if not absent:
            return
        help_ = f"run 'apt-get install {' '.join(absent)}' as root, then ./dev again"
        if not shutil.which("apt-get"):
            raise DevError(f"{', '.join(absent)} missing and no apt-get: {help_}.")
        say(f"installing {', '.join(absent)} by apt")
        complaint = _refresh()
        _apt(
            "install", "-y", "-q", "--no-install-recommends", *absent,
            why=f"apt-get cannot install {', '.join(absent)}; {help_}{complaint}",
        )  # fmt: skip
        if still := missing(*absent):
            raise DevError(f"{', '.join(still)} installed but not found; {help_}.")


def _refresh() -> str:
    """Fetch apt's lists; return its complaint: one bad source need not stop us."""
    try:
        _apt("update", why="apt-get cannot refresh its lists")
    except DevError as error:
        say("apt-get cannot refresh all its lists; going on with those it has")
        return f"\n{error}\n"
    return ""


def _apt(*words: str, why: str) -> None:
    """Run apt-get as root; wait while another process holds its locks."""
    command = as_root(["apt-get", "-o", "DPkg::Lock::Timeout=900", *words])
    for _attempt in range(60):
        try:
            run(command, why=why)
            return
        except DevError as error:
            if "Could not get lock" not in str(error):
                raise
        time.sleep(5)
    raise DevError(f"{why} (another process keeps apt's lock).")
