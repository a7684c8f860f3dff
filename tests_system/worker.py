"""Scripts for Odoo's shell, each a process of its own that may be killed."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.dev import nest, odoo_run
from tools.dev.base import ROOT, SUITE, DevError

#: so many kills and rounds ./dev test-long kills --examples wants; else each test has few
LONG = int(os.environ.get("AR_KILLS") or 0)
SEED = int(os.environ.get("AR_SEED", "1"))

#: ends the process, without any clean-up, at the n-th statement it sends from now on
KILL_AT = """
import os, signal
from odoo.sql_db import Cursor
_execute, _left = Cursor.execute, [{statement}]
def _deadly(self, *args, **kwargs):
    _left[0] -= 1
    if _left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return _execute(self, *args, **kwargs)
Cursor.execute = _deadly
"""
WORK = "env['ar.run.mixin']._cron_process_runs()\n"
COUNT = """
from odoo.sql_db import Cursor
_execute, _seen = Cursor.execute, [0]
def _counting(self, *args, **kwargs):
    _seen[0] += 1
    return _execute(self, *args, **kwargs)
Cursor.execute = _counting
"""


#: who lost repeats what he did as often as Odoo has him, sooner: it waits up to seconds
IMPATIENT = """
import random, types
import odoo.service.model
odoo.service.model.random = types.SimpleNamespace(
    uniform=lambda low, high: random.uniform(low, high / 10))
"""


def small_steps(size: int, *models: str) -> str:
    """Return what goes before a script so that workers take little at a time.

    Few rows then are many chunks: as many places at which one can die.
    """
    return "".join(
        f"type(env[{name!r}])._run_chunk_size = {size}\n"
        f"type(env[{name!r}])._run_interactive_limit = 0\n"
        for name in models
    )


def script(database: str, text: str) -> str:
    """Run a script to its end and return what it printed."""
    if not nest.has(database):
        return odoo_run.shell(database, text)
    code, printed = nest.run(database, text)
    if code or "Traceback" in printed:
        raise DevError(f"A script failed ({code}):\n{printed[-3000:]}")
    return printed


def together(database: str, *texts: str) -> list[str]:
    """Run scripts at the same time, a process each, and return what they printed."""
    with ThreadPoolExecutor(len(texts)) as pool:
        return list(pool.map(lambda text: script(database, IMPATIENT + text), texts))


def killed_at(database: str, statement: int, text: str = WORK) -> bool:
    """Run a script until the given statement; tell whether the kill came in time."""
    code, printed = nest.run(database, KILL_AT.format(statement=statement) + text)
    assert code in (0, -9), printed[-2000:]
    return code == -9


@contextlib.contextmanager
def tried(database: str) -> Iterator[None]:
    """Undo everything that happens to the database in the block."""
    kept = f"{database}_kept"
    odoo_run.copy_database(database, kept)
    try:
        yield
    finally:
        odoo_run.drop_database(database)
        odoo_run.rename_database(kept, database)


def statements_of_a_whole_run(database: str, text: str = WORK) -> int:
    """Run a script undisturbed and return how many statements that took."""
    printed = script(database, COUNT + text + "print('STATEMENTS', _seen[0])\n")
    return int(printed.rpartition("STATEMENTS ")[2].split()[0])


def verified(export: Path, key: str) -> str:
    """Return the last word of the stand-alone checker on an exported audit log."""
    done = subprocess.run(
        ["python3", "-I", ROOT / SUITE / "tools" / "verify_audit.py", export],
        env={"CUSTOMER_AR_AUDIT_KEY": key, "PATH": os.environ["PATH"]},
        text=True,
        capture_output=True,
        check=False,
    )
    return done.stdout.splitlines()[-1] if done.stdout else done.stderr
