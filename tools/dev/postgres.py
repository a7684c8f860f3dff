"""PostgreSQL: a private cluster, or the server that the PG* variables name."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from . import system
from .base import DevError, cache, digest, locked, run, say, write_atomically

ROLE = "odoo"
PORT = 5432  # of a socket in a folder of our own; nothing listens on TCP


def environment() -> dict[str, str]:
    """Return the PG* variables of a running server, started when it is ours."""
    if os.environ.get("PGHOST"):
        return {k: v for k, v in os.environ.items() if k.startswith("PG")}
    cluster = Cluster()
    cluster.start()
    return cluster.environment()


def server_key() -> str:
    """Tell servers apart where files belong to databases (filestores)."""
    host = os.environ.get("PGHOST")
    return digest(host, os.environ.get("PGPORT")) if host else "private"


class Cluster:
    """A cluster for development: fast, unsafe at power loss, thrown away freely."""

    def __init__(self) -> None:
        """Find the programs and the place; nothing is started."""
        system.need("postgresql")
        self.bin = _newest_bin()
        self.owner = _unprivileged()
        major = self.bin.parent.name
        self.home = _reachable_home(self.owner) / major
        self.data = self.home / "data"
        self.log = self.home / "log.txt"

    def environment(self) -> dict[str, str]:
        """Return what clients need to reach the cluster."""
        return {"PGHOST": str(self.home), "PGPORT": str(PORT), "PGUSER": ROLE}

    def ready(self) -> bool:
        """Tell whether the server answers."""
        command = [self.bin / "psql", "-qAtc", "select 1", "postgres"]
        env = {**os.environ, **self.environment()}
        return subprocess.run(command, env=env, capture_output=True).returncode == 0

    def start(self) -> None:
        """Make and start the cluster unless it runs."""
        if self.ready():
            return
        with locked("postgres"):
            if self.ready():
                return
            if self._was_cut_off():
                say("the machine stopped while PostgreSQL ran: making a new cluster")
                shutil.rmtree(self.data)
            if not (self.data / ".complete").exists():
                self._make()
            else:
                self._start()

    def stop(self) -> None:
        """Stop the server if it runs."""
        if (self.data / "postmaster.pid").exists():
            self._as_owner([self.bin / "pg_ctl", "stop", "-D", self.data, "-m", "fast"])

    def _make(self) -> None:
        say("making a private PostgreSQL cluster")
        shutil.rmtree(self.data, ignore_errors=True)
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.owner:
            os.chown(self.home, self.owner.pw_uid, self.owner.pw_gid)
        self._as_owner(
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust"]
            + ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        )
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("include_if_exists 'customer_ar.conf'\n")
        self._start()
        create = f"CREATE ROLE {ROLE} LOGIN CREATEDB"
        command = [self.bin / "psql", "-qc", create, "-U", "postgres", "postgres"]
        run(command, env={"PGHOST": str(self.home), "PGPORT": str(PORT)})
        (self.data / ".complete").touch()

    def _start(self) -> None:
        self._forget_dead_server()
        write_atomically(self.data / "customer_ar.conf", _settings(self.home))
        write_atomically(self.home / "boot_id", _boot_id())
        command = [self.bin / "pg_ctl", "start", "-w", "-t", "120", "-D", self.data]
        for attempt in range(6):  # processes of a killed server need a moment to go
            try:
                self._as_owner([*command, "-l", self.log])
                return
            except DevError:
                if attempt == 5:
                    log = f"; its log is {self.log}"
                    raise DevError(f"PostgreSQL does not start{log}.") from None
                time.sleep(5)

    def _forget_dead_server(self) -> None:
        """Remove a pid file whose number now belongs to another program."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().split("\n")[0]
        name = Path("/proc", pid, "comm")
        if not name.exists() or not name.read_text().startswith("postgres"):
            pid_file.unlink()

    def _was_cut_off(self) -> bool:
        """Tell whether the machine went down under the server (files unreliable)."""
        boot = self.home / "boot_id"
        if not (self.data / ".complete").exists() or not boot.exists():
            return False
        if boot.read_text() == _boot_id():
            return False
        state = self._as_owner([self.bin / "pg_controldata", "-D", self.data])
        return not re.search(r"cluster state:\s+shut down\n", state)

    def _as_owner(self, command: list[str | Path]) -> str:
        options: dict[str, Any] = {"cwd": self.home, "preexec_fn": _own_signals}
        if self.owner:
            options |= {"user": self.owner.pw_uid, "group": self.owner.pw_gid}
            options["extra_groups"] = []
        # pg_ctl's children keep its output open: only a file lets us return.
        output = self.home / f"command.{os.getpid()}.txt"
        with output.open("w") as handle:
            done = subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                **options,
            )
        text = output.read_text(errors="replace")
        output.unlink()
        if done.returncode:
            raise DevError(f"{Path(command[0]).name} failed:\n{text[-2000:]}")
        return text


def _own_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for ./dev, not for it


def _newest_bin() -> Path:
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: float(path.parent.parent.name)).parent


def _unprivileged() -> pwd.struct_passwd | None:
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


def _reachable_home(owner: pwd.struct_passwd | None) -> Path:
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
    base = Path("/var/lib" if owner else "/tmp")  # noqa: S108
    return base / "customer_ar_suite" / digest(home)


def _boot_id() -> str:
    source = Path("/proc/sys/kernel/random/boot_id")
    return source.read_text().strip() if source.exists() else ""


def _settings(socket_folder: Path) -> str:
    """Return settings for a test server: memory and durability, no planner knobs."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shm = shutil.disk_usage("/dev/shm").total // 2**20 if Path("/dev/shm").exists() else 0
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
