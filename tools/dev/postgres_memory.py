"""Databases that pass live in memory where there is enough of it.

A database of Odoo is four thousand files. To make and remove those on a disk costs seconds
of processor time on some file systems, in memory a few tenths; nobody misses them later.
The memory may be emptied at any time: when the machine or its container stops, or whoever
owns it logs out. Then these databases are lost, and nothing else may be.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .base import digest, run

if TYPE_CHECKING:
    from .postgres import Cluster

ON_DISK = "pg_default"
IN_MEMORY = "ar_memory"
SHARED_MEMORY = Path("/dev/shm")
ENOUGH = (
    3 * 2**30
)  # bytes to spare: some 150 MB for each database at once, and the rest


def possible() -> bool:
    """Tell whether the machine has a folder in memory that is large enough."""
    if not SHARED_MEMORY.is_dir() or not os.access(SHARED_MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(SHARED_MEMORY).total > ENOUGH


def has_room() -> bool:
    """Tell whether there is memory to spare now."""
    return min(shutil.disk_usage(SHARED_MEMORY).free, _memory()) > ENOUGH


def _memory() -> int:
    """Return the bytes that programs may still take, of the machine and the container."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    found = {name: int(rest.split()[0]) for name, rest in (x.split(":") for x in lines)}
    free = found["MemAvailable"] * 1024
    limit, used = (
        path.read_text().strip() if path.is_file() else ""
        for path in (
            Path("/sys/fs/cgroup/memory.max"),
            Path("/sys/fs/cgroup/memory.current"),
        )
    )
    return min(free, int(limit) - int(used)) if limit.isdigit() else free


def before_start(cluster: Cluster) -> None:
    """Give a server back the empty folder it had: without it none recovers from a crash."""
    folder = _folder(cluster)
    links = cluster.data.glob("pg_tblspc/*")
    if not folder.exists() and any(os.readlink(one) == str(folder) for one in links):
        _make(cluster, folder)


def after_start(cluster: Cluster) -> None:
    """Forget the databases whose files are lost."""
    if _known(cluster) and not _marker(cluster).exists():
        _forget(cluster)


def provide(cluster: Cluster) -> None:
    """Have the place in memory, and the right to name it and the disk."""
    if _known(cluster):
        if _marker(cluster).exists():
            return
        _forget(cluster)
    folder = _folder(cluster)
    shutil.rmtree(folder, ignore_errors=True)
    _make(cluster, folder)
    _administer(cluster, f"CREATE TABLESPACE {IN_MEMORY} LOCATION '{folder}'")
    both = f"{IN_MEMORY}, {ON_DISK}"  # who names a place must have the right to it
    _administer(cluster, f"GRANT CREATE ON TABLESPACE {both} TO PUBLIC")
    _marker(cluster).touch()


def _folder(cluster: Cluster) -> Path:
    return SHARED_MEMORY / f"customer_ar_suite-{digest(cluster.home)}"


def _marker(cluster: Cluster) -> Path:
    """Return a file that is lost with the databases."""
    return _folder(cluster) / "whole"


def _make(cluster: Cluster, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    if cluster.owner:
        os.chown(folder, cluster.owner.pw_uid, cluster.owner.pw_gid)


def _known(cluster: Cluster) -> bool:
    name = f"spcname = '{IN_MEMORY}'"
    return bool(_administer(cluster, f"SELECT 1 FROM pg_tablespace WHERE {name}"))


def _forget(cluster: Cluster) -> None:
    """Drop what the server believes to have there; what it recovered of it is not whole."""
    place = f"(SELECT oid FROM pg_tablespace WHERE spcname = '{IN_MEMORY}')"
    lost = f"SELECT datname FROM pg_database WHERE dattablespace = {place}"
    for name in _administer(cluster, lost):
        _administer(cluster, f'ALTER DATABASE "{name}" IS_TEMPLATE false')
        _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')
    shutil.rmtree(_folder(cluster), ignore_errors=True)
    _administer(cluster, f"DROP TABLESPACE {IN_MEMORY}")


def _administer(cluster: Cluster, statement: str) -> list[str]:
    """Run a statement as the server's administrator; warnings are no rows."""
    line = [
        str(cluster.bin / "psql"),
        "-XqAt",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        statement,
    ]
    env = {**cluster.environment(), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    env["PGOPTIONS"] = "-c client_min_messages=error"
    return run(line, env=env).splitlines()
