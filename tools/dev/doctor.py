"""Say what is there, what is missing and how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import postgres, system
from .base import ROOT, cache


def main() -> int:
    """Print the state of the machine and of the cache; 1 when something is missing."""
    absent = system.missing(*system.PACKAGES)
    _line("checkout", str(ROOT))
    _line("python", f"{sys.version.split()[0]} ({sys.executable})")
    _line("cache", f"{cache()} ({_size(cache())})")
    for folder in sorted(path for path in cache().iterdir() if path.is_dir()):
        _line(f"  {folder.name}", _size(folder))
    _line("odoo", os.environ.get("ODOO_SOURCE") or _odoo())
    for name in system.PACKAGES:
        _line(name, "missing" if name in absent else "there")
    if "postgresql" not in absent:
        _postgres()
    needed = system.ENOUGH_GB
    free = shutil.disk_usage(cache()).free // 2**30
    _line(
        "free disk", f"{free} GB{'' if free >= needed else f': {needed} GB are needed'}"
    )
    if absent:
        root = "" if os.geteuid() == 0 else "sudo "
        print("\nMissing packages come by themselves at the next command that needs")
        print(f"them, or now by: {root}apt-get install {' '.join(absent)}")
    return 1 if absent else 0


def _line(what: str, state: str) -> None:
    print(f"{what:<20} {state}")


def _odoo() -> str:
    found = [p.parent for p in cache().glob("odoo/*/.complete")]
    return ", ".join(map(str, found)) or "comes at the first ./dev test"


def _postgres() -> None:
    if host := os.environ.get("PGHOST"):
        _line("server", f"PGHOST={host} (not ours)")
        return
    cluster = postgres.Cluster()
    _line("server", f"{cluster.home} ({'runs' if cluster.ready() else 'does not run'})")
    if cluster.home.exists():
        _line("  databases", _size(cluster.home))


def _size(path: Path) -> str:
    done = subprocess.run(
        ["du", "-sh", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout.split("\t")[0] or "?"
