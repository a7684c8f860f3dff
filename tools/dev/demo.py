"""A running Odoo with the suite and its demo data, one per checkout."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TypedDict

from . import odoo_run
from .base import (
    ROOT,
    SUITE,
    DevError,
    checkout_key,
    free_port,
    locked,
    run,
    say,
    subdir,
    write_atomically,
)
from .template import template

WAIT = 180


class State(TypedDict, total=False):
    """What is remembered of the demo between two calls."""

    pid: int
    port: int | None
    log: str
    code: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev demo``."""
    parser.add_argument(
        "--foreground",
        action="store_true",
        help="show the log; Ctrl-C stops the server",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin with a new database"
    )
    parser.add_argument("--port", type=int, help="HTTP port (default: a free one)")


def main(options: argparse.Namespace) -> int:
    """Have the demo run and print where."""
    key = f"demo-{checkout_key()}"
    with locked(key):
        state = _state()
        changed = state.get("code") != _code()
        if options.fresh or changed or not _alive(state):
            stop()
            if options.fresh or changed or database() not in odoo_run.databases("ar_"):
                _install(state, fresh=options.fresh)
            state = _start(options.port or state.get("port"))
    print(_sign(state))
    if options.foreground:
        _follow(state)
    return 0


def database() -> str:
    """Return the name of this checkout's demo database."""
    return f"ar_{checkout_key()}_demo"


def stop() -> bool:
    """Stop this checkout's server; tell whether one ran."""
    state = _state()
    if not _alive(state):
        return False
    say(f"stopping the demo server (process {state['pid']})")
    os.kill(state["pid"], signal.SIGTERM)
    for _tick in range(100):
        if not _alive(state):
            return True
        time.sleep(0.2)
    os.kill(state["pid"], signal.SIGKILL)
    return True


def _state_file() -> Path:
    return subdir("demo") / f"{checkout_key()}.json"


def _state() -> State:
    path = _state_file()
    if not path.exists():
        return State()
    state: State = json.loads(path.read_text())
    return state


def _code() -> str:
    """Return a digest of the addon's files."""
    found = hashlib.sha256()
    for path in sorted((ROOT / SUITE).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _alive(state: State) -> bool:
    """Tell whether the process is there and is still our server."""
    line = Path("/proc", str(state.get("pid", "none")), "cmdline")
    try:
        return database().encode() in line.read_bytes()
    except OSError:
        return False


def _install(state: State, *, fresh: bool) -> None:
    """Install the suite into a new database, or update it in the one that is there.

    The state is written after success only: a run that was cut off begins anew.
    """
    exists = database() in odoo_run.databases(database())
    if fresh or not exists or "code" not in state:
        source = template(SUITE)
        say("installing the suite with demo data")
        odoo_run.copy_database(source, database())
        task = "-i"
    else:
        odoo_run.prepare()
        say("updating the suite: its code has changed")
        task = "-u"
    code = _code()
    write_atomically(_state_file(), json.dumps({"port": state.get("port")}))
    words = ["-d", database(), task, SUITE, "--with-demo", "--no-http"]
    why = "The suite does not install; try './dev demo --fresh'"
    words += ["--stop-after-init", "--log-level=warn"]
    log = run(odoo_run.command(*words), env=odoo_run.environment(), why=why)
    if "demo data failed" in log:
        raise DevError(f"The demo data do not install:\n{log[-3000:]}")
    write_atomically(
        _state_file(), json.dumps({"port": state.get("port"), "code": code})
    )


def _start(port: int | None) -> State:
    port = port if port and _is_free(port) else free_port()
    log = subdir("logs") / f"{database()}.log"
    say(f"starting the server (log: {log})")
    odoo_run.prepare()
    words = ["-d", database(), f"--db-filter=^{database()}$", "--no-database-list"]
    words += ["--http-interface=127.0.0.1", f"--http-port={port}", "--workers=0"]
    with log.open("a") as output:
        server = subprocess.Popen(
            odoo_run.command(*words),
            env=odoo_run.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    state = _state()
    state |= {"pid": server.pid, "port": port, "log": str(log)}
    write_atomically(_state_file(), json.dumps(state))
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DevError(f"The server ended at once: see {log}.")
        if _answers(f"http://127.0.0.1:{port}/web/login"):
            return state
        time.sleep(0.5)
    raise DevError(f"The server does not answer after {WAIT} seconds: see {log}.")


def _is_free(port: int) -> bool:
    return not _answers(f"http://127.0.0.1:{port}/", any_status=True)


def _answers(url: str, *, any_status: bool = False) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return any_status or answer.status == 200
    except urllib.error.HTTPError:
        return any_status
    except OSError:
        return False


def _sign(state: State) -> str:
    return (
        f"\n  Odoo 19 with {SUITE} and demo data\n"
        f"  address:   http://127.0.0.1:{state['port']}/odoo\n"
        "  login:     admin\n"
        "  password:  admin\n"
        f"  database:  {database()}\n"
        "  stop it:   ./dev stop\n"
    )


def _follow(state: State) -> None:
    """Show the log until Ctrl-C, then stop the server."""
    tail = subprocess.Popen(["tail", "-n", "20", "-f", str(state["log"])])
    try:
        while _alive(state):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        tail.terminate()
        stop()
