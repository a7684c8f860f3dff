"""Paths, progress lines, locks and commands shared by all parts of ./dev."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = "customer_ar_suite"
_STARTED = time.monotonic()


class DevError(Exception):
    """Something cannot be had; the message is the one sentence the user reads."""


def say(text: str) -> None:
    """Print a progress line with the seconds since the start."""
    print(f"[{time.monotonic() - _STARTED:5.0f}s] {text}", file=sys.stderr, flush=True)


def cache() -> Path:
    """Folder for everything that is built outside the checkout."""
    if own := os.environ.get("CUSTOMER_AR_CACHE"):
        path = Path(os.path.expanduser(own)).resolve()
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        path = Path(base) / SUITE
        if not writable(path):  # nobody's home, as on some build machines
            path = Path(tempfile.gettempdir()) / f"{SUITE}-{os.geteuid()}"
    path.mkdir(parents=True, exist_ok=True)
    return path


def writable(path: Path) -> bool:
    """Tell whether we may write into a folder, or make it."""
    there = next((p for p in (path, *path.parents) if p.exists()), None)
    return bool(there and path.is_absolute() and os.access(there, os.W_OK | os.X_OK))


def subdir(*names: str) -> Path:
    """Folder below the cache, made when it is missing."""
    path = cache().joinpath(*names)
    path.mkdir(parents=True, exist_ok=True)
    return path


def digest(*parts: object) -> str:
    """Short name for a set of inputs."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


def plain_environment() -> dict[str, str]:
    """Return what makes Python programs behave the same everywhere.

    Nothing is written into the checkout: compiled files and found examples neither.
    """
    return {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(subdir("pycache")),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(subdir("hypothesis")),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def checkout_key() -> str:
    """Name of this checkout, usable in database names."""
    name = "".join(c if c.isalnum() else "_" for c in ROOT.name.lower())[:20]
    return f"{name}_{digest(ROOT)[:6]}"


@contextlib.contextmanager
def locked(name: str, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock that other ./dev processes of the same cache respect.

    Yields False when ``wait`` is false and another process holds it.
    """
    with (subdir("locks") / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                yield False
                return
            say(f"waiting for another ./dev that works on: {name}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield True


def build_once(target: Path, what: str, build: Callable[[Path], None]) -> Path:
    """Make the folder ``target`` unless a finished one is there.

    A marker written last tells a finished folder from an interrupted one, which is
    thrown away.
    """
    marker = target / ".complete"
    if not marker.exists():
        with locked(f"build-{target.name}"):
            if not marker.exists():
                say(what)
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir(parents=True)
                build(target)
                marker.touch()
    return target


def run(
    command: Sequence[object],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    why: str | None = None,
    **options: object,
) -> str:
    """Run a command quietly and return what it printed; raise DevError if it fails."""
    done = subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )
    if done.returncode:
        words = " ".join(str(word) for word in command)
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise DevError(f"{why or 'A command failed'} ({words[:200]}):\n{tail}")
    return str(done.stdout)


def end_with_parent() -> None:
    """Have the kernel end this process when ./dev is killed."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def code_digest(folder: Path, *, without_tests: bool = False) -> str:
    """Name the content of a folder's files, all or those that no test consists of."""
    left_out = {"__pycache__", *(["tests"] if without_tests else [])}
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and left_out.isdisjoint(name.parts):
            found.update(str(name).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def free_port() -> int:
    """Return a TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_atomically(path: Path, text: str) -> None:
    """Replace a small file so that a reader never sees half of it."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)
