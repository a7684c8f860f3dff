"""Where a private PostgreSQL lives, who runs it and how it is set up."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from .base import cache, digest, run, writable

PORT = 5432  # of a socket in a folder of our own; nothing listens on TCP


def newest_bin() -> Path:
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: float(path.parent.parent.name)).parent


def unprivileged() -> pwd.struct_passwd | None:
    """Return who runs the server when we are root, which PostgreSQL refuses."""
    if os.geteuid():
        return None
    for name in ("postgres", "customer_ar"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    run(["useradd", "--system", "--no-create-home", "customer_ar"])
    return pwd.getpwnam("customer_ar")


def reachable_home(owner: pwd.struct_passwd | None) -> Path:
    """Return the cluster's folder: in the cache unless its owner cannot get there.

    A socket's path may have about 100 characters.
    """
    home = cache() / "postgres"
    folders = [path for path in home.parents if path.exists()]
    closed = owner and any(not path.stat().st_mode & 0o001 for path in folders)
    if owner and not closed and len(str(home)) < 80:
        return home
    if not owner and len(str(home)) < 80:
        return home
    places = [Path(name) for name in ("/var/lib", "/var/tmp", "/tmp")]
    base = next(filter(writable, places if owner else places[2:]), places[2])
    return base / "customer_ar_suite" / digest(home)


def boot_id() -> str:
    source = Path("/proc/sys/kernel/random/boot_id")
    return source.read_text().strip() if source.exists() else ""


def settings(socket_folder: Path) -> str:
    """Return settings for a test server: memory and durability, no planner knobs."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shm = (
        shutil.disk_usage("/dev/shm").total // 2**20 if Path("/dev/shm").exists() else 0
    )
    values = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{socket_folder}'",
        "unix_socket_permissions": "0700",
        "port": PORT,
        "max_connections": 200,
        "shared_buffers": f"{max(128, min(1024, total // 8))}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(256, total // 32))}MB",
        "dynamic_shared_memory_type": "posix" if shm > 256 else "mmap",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "30min",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }
    return "".join(f"{name} = {value}\n" for name, value in values.items())


def forget_dead_server(pid_file: Path) -> None:
    """Remove a pid file whose number now belongs to another program."""
    if pid_file.exists():
        name = Path("/proc", pid_file.read_text().split("\n")[0], "comm")
        if not name.exists() or not name.read_text().startswith("postgres"):
            pid_file.unlink()
