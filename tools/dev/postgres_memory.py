"""Databases that pass live in memory where there is enough of it.

A database of Odoo is four thousand files. To make and remove those on a disk costs seconds
of processor time on some file systems, in memory a few tenths; nobody misses them later.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import postgres
from .base import digest, locked, run

ON_DISK = "pg_default"
IN_MEMORY = "ar_memory"
SHARED_MEMORY = Path("/dev/shm")
ENOUGH = (
    3 * 2**30
)  # bytes to spare: some 150 MB for each database at once, and the rest
_provided: set[str] = set()


def clause(*, passing: bool) -> str:
    """Return the words that say where a new database comes to lie.

    ``passing``: it is dropped before ./dev ends.
    """
    if os.environ.get("PGHOST") or not _possible():
        return ""
    cluster = postgres.Cluster()
    place = str(cluster.home)
    if place not in _provided:
        with locked("postgres-memory"):
            _provide(cluster, SHARED_MEMORY / f"customer_ar_suite-{digest(place)}")
        _provided.add(place)
    free = min(shutil.disk_usage(SHARED_MEMORY).free, _memory())
    return f"TABLESPACE {IN_MEMORY if passing and free > ENOUGH else ON_DISK}"


def _possible() -> bool:
    if not SHARED_MEMORY.is_dir() or not os.access(SHARED_MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(SHARED_MEMORY).total > ENOUGH


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


def _provide(cluster: postgres.Cluster, folder: Path) -> None:
    """Have the tablespace; what the machine forgot when it was switched off goes first."""
    known = f"FROM pg_tablespace WHERE spcname = '{IN_MEMORY}'"
    there = _administer(cluster, f"SELECT 1 {known}")
    if there and any(folder.glob("PG_*")):
        return
    if there:
        lost = f"SELECT datname FROM pg_database WHERE dattablespace = (SELECT oid {known})"
        for name in _administer(cluster, lost):
            _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')
        _administer(cluster, f"DROP TABLESPACE {IN_MEMORY}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if cluster.owner:
        os.chown(folder, cluster.owner.pw_uid, cluster.owner.pw_gid)
    _administer(cluster, f"CREATE TABLESPACE {IN_MEMORY} LOCATION '{folder}'")
    both = f"{IN_MEMORY}, {ON_DISK}"  # who names a place must have the right to it
    _administer(cluster, f"GRANT CREATE ON TABLESPACE {both} TO {postgres.ROLE}")


def _administer(cluster: postgres.Cluster, statement: str) -> list[str]:
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
