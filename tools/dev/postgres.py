"""PostgreSQL: a private cluster, or the server that the PG* variables name."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import postgres_memory, postgres_place, system
from .base import DevError, digest, locked, run, say, write_atomically
from .postgres_place import PORT

ROLE = "odoo"


def environment() -> dict[str, str]:
    """Return the PG* variables of a running server, started when it is ours."""
    if os.environ.get("PGHOST"):
        return {k: v for k, v in os.environ.items() if k.startswith("PG")}
    return dict(_ours())


@functools.cache
def _ours() -> dict[str, str]:
    """Start our server, or find that it runs; that much is asked once."""
    cluster = Cluster()
    cluster.start()
    return cluster.environment()


def place(*, passing: bool) -> str:
    """Return the words that say where a new database comes to lie.

    ``passing``: it is dropped before ./dev ends.
    """
    if os.environ.get("PGHOST") or not postgres_memory.possible():
        return ""
    _with_memory()
    in_memory = passing and postgres_memory.has_room()
    where = postgres_memory.IN_MEMORY if in_memory else postgres_memory.ON_DISK
    return f"TABLESPACE {where}"


@functools.cache
def _with_memory() -> None:
    with locked("postgres-memory"):
        postgres_memory.provide(Cluster())


def server_key() -> str:
    """Tell servers apart where files belong to databases (filestores)."""
    if own := os.environ.get("CUSTOMER_AR_SERVER"):  # we run below another ./dev
        return own
    host = os.environ.get("PGHOST")
    return digest(host, os.environ.get("PGPORT")) if host else "private"


class Cluster:
    """A cluster for development: fast, unsafe at power loss, thrown away freely."""

    def __init__(self) -> None:
        """Find the programs and the place; nothing is started."""
        system.need("postgresql")
        self.bin = postgres_place.newest_bin()
        self.owner = postgres_place.unprivileged()
        major = self.bin.parent.name
        self.home = postgres_place.reachable_home(self.owner) / major
        self.data = self.home / "data"
        self.log = self.home / "log.txt"

    def environment(self) -> dict[str, str]:
        """Return what clients need to reach the cluster."""
        return {"PGHOST": str(self.home), "PGPORT": str(PORT), "PGUSER": ROLE}

    def ready(self) -> bool:
        """Tell whether the server answers."""
        command = [str(self.bin / "psql"), "-qAtc", "select 1", "postgres"]
        env = {**os.environ, **self.environment()}
        done = subprocess.run(command, env=env, capture_output=True, check=False)
        return done.returncode == 0

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
        postgres_place.forget_dead_server(self.data / "postmaster.pid")
        settings = postgres_place.settings(self.home)
        write_atomically(self.data / "customer_ar.conf", settings)
        write_atomically(self.home / "boot_id", postgres_place.boot_id())
        postgres_memory.before_start(self)
        command = [self.bin / "pg_ctl", "start", "-w", "-t", "120", "-D", self.data]
        for _attempt in range(6):  # processes of a killed server need a moment to go
            try:
                self._as_owner([*command, "-l", self.log])
                postgres_memory.after_start(self)
                return
            except DevError:
                time.sleep(5)
        raise DevError(f"PostgreSQL does not start; its log is {self.log}.")

    def _was_cut_off(self) -> bool:
        """Tell whether the machine went down under the server (files unreliable)."""
        boot = self.home / "boot_id"
        if not (self.data / ".complete").exists() or not boot.exists():
            return False
        if boot.read_text() == postgres_place.boot_id():
            return False
        state = self._as_owner([self.bin / "pg_controldata", "-D", self.data])
        return not re.search(r"cluster state:\s+shut down\n", state)

    def _as_owner(self, command: Sequence[object]) -> str:
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
            raise DevError(f"{Path(str(command[0])).name} failed:\n{text[-2000:]}")
        return text


def _own_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for ./dev, not for it
