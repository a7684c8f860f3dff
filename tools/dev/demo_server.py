"""The server of the demo: its process, its port, what is remembered of it."""

from __future__ import annotations

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
from .base import DevError, checkout_key, free_port, say, subdir, write_atomically

WAIT = 180


class State(TypedDict, total=False):
    """What is remembered of the demo between two calls."""

    pid: int
    port: int | None
    log: str
    code: str


def database() -> str:
    """Return the name of this checkout's demo database."""
    return f"ar_{checkout_key()}_demo"


def stop() -> bool:
    """Stop this checkout's server; tell whether one ran."""
    state = read_state()
    if not alive(state):
        return False
    say(f"stopping the demo server (process {state['pid']})")
    os.kill(state["pid"], signal.SIGTERM)
    for _tick in range(100):
        if not alive(state):
            return True
        time.sleep(0.2)
    os.kill(state["pid"], signal.SIGKILL)
    return True


def _state_file() -> Path:
    return subdir("demo") / f"{checkout_key()}.json"


def write_state(state: State) -> None:
    """Remember the demo's state."""
    write_atomically(_state_file(), json.dumps(state))


def read_state() -> State:
    """Return what is remembered, nothing at the first call."""
    path = _state_file()
    if not path.exists():
        return State()
    state: State = json.loads(path.read_text())
    return state


def alive(state: State) -> bool:
    """Tell whether the process is there and is still our server."""
    line = Path("/proc", str(state.get("pid", "none")), "cmdline")
    try:
        return database().encode() in line.read_bytes()
    except OSError:
        return False


def start(port: int | None) -> State:
    """Start the server in the background and wait until it answers."""
    port = port if port and _is_free(port) else free_port()
    log = subdir("logs") / f"{database()}.log"
    say(f"starting the server (log: {log})")
    odoo_run.prepare()
    words = ["-d", database(), f"--db-filter=^{database()}$", "--no-database-list"]
    words += ["--http-interface=127.0.0.1", f"--http-port={port}", "--workers=0"]
    with log.open("a") as output:
        server = subprocess.Popen(
            odoo_run.command(*words),
            env={**_audit(), **odoo_run.environment()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    state = read_state()
    state |= {"pid": server.pid, "port": port, "log": str(log)}
    write_state(state)
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DevError(f"The server ended at once: see {log}.")
        if _answers(f"http://127.0.0.1:{port}/web/login"):
            return state
        time.sleep(0.5)
    raise DevError(f"The server does not answer after {WAIT} seconds: see {log}.")


def _audit() -> dict[str, str]:
    """Have the demo seal its audit log; a real server has a secret of its own."""
    heads = subdir("demo", "heads")
    return {
        "CUSTOMER_AR_AUDIT_KEY": "demo:this secret is for demonstration only",
        "CUSTOMER_AR_AUDIT_ANCHOR_DIR": str(heads),
    }


def _is_free(port: int) -> bool:
    return not _answers(f"http://127.0.0.1:{port}/", any_status=True)


def _answers(url: str, *, any_status: bool = False) -> bool:
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=60) as answer:
            return any_status or answer.status == 200
    except urllib.error.HTTPError:
        return any_status
    except OSError:
        return False


def follow(state: State) -> None:
    """Show the log until Ctrl-C, then stop the server."""
    tail = subprocess.Popen(["tail", "-n", "20", "-f", str(state["log"])])
    try:
        while alive(state):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        tail.terminate()
        stop()
