"""Odoo, loaded once for a database, from which each script gets a process of its own.

To load it takes longer than most scripts. Each process is a fork, as the workers of
Odoo's server are, with its own connections and environment; it may be killed. Odoo itself
keeps no connection: the database may be replaced by another copy of what it was made of.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import odoo_run
from .base import end_with_parent

PATIENCE = 300  # seconds until Odoo is loaded
_nests: dict[str, Path] = {}

SERVE = """
import gc, json, os, select, socket, sys, traceback
import odoo
from odoo import SUPERUSER_ID, api, sql_db

def work(task):
    with open(task["output"], "wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.clear()
    os.environ.update(task["environment"])
    with env.registry.check_signaling().cursor() as cr:
        context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        own = api.Environment(cr, SUPERUSER_ID, context)
        cr.rollback()
        exec(task["text"], {
            "__name__": "__main__", "odoo": odoo, "env": own, "self": own.user})
        cr.rollback()
        own.registry.signal_changes()  # a column that was made, as at the end of a request

def begin(task):
    sys.stdout.flush()
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        work(task)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

def serve(path):
    env.cr.close()
    sql_db.close_all()  # a connection must not be shared with a fork
    gc.collect()
    gc.freeze()  # nor must each fork go through, and so copy, all that was loaded
    listener, waiting = socket.socket(socket.AF_UNIX), {}
    listener.bind(path)
    listener.listen()
    while True:
        if select.select([listener], [], [], 0.02)[0]:
            caller, _address = listener.accept()
            with caller.makefile() as lines:
                waiting[begin(json.loads(lines.readline()))] = caller
        for number in list(waiting):
            done, status = os.waitpid(number, os.WNOHANG)
            if done:
                with waiting.pop(number) as caller:
                    caller.sendall(b"%d\\n" % os.waitstatus_to_exitcode(status))
"""


@contextlib.contextmanager
def nest(database: str, first: str = "") -> Iterator[None]:
    """Have Odoo loaded for this database, for the time of the block.

    ``first``: a script that every process finds done, such as imports.
    """
    with tempfile.TemporaryDirectory(prefix="nest-") as folder:
        path, log = Path(folder, "socket"), Path(folder, "log")
        line = odoo_run.command(
            "-d",
            database,
            "--no-http",
            "--log-level=warn",
            subcommand="shell",
            patient=True,
        )
        with log.open("w") as output:
            process = subprocess.Popen(
                line,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=odoo_run.environment(),
                text=True,
                preexec_fn=end_with_parent,
            )
        try:
            assert process.stdin
            process.stdin.write(f"{first}\n{SERVE}\nserve({str(path)!r})\n")
            process.stdin.close()
            until = time.monotonic() + PATIENCE
            while not path.exists():
                assert process.poll() is None, log.read_text()[-3000:]
                assert time.monotonic() < until, "Odoo takes too long to load"
                time.sleep(0.05)
            _nests[database] = path
            yield
        finally:
            _nests.pop(database, None)
            process.kill()
            process.wait()


def has(database: str) -> bool:
    """Tell whether Odoo is loaded for it."""
    return database in _nests


def run(database: str, text: str) -> tuple[int, str]:
    """Run a script in a process of its own; return its exit code and what it printed."""
    with (
        tempfile.NamedTemporaryFile("r", errors="replace") as output,
        socket.socket(socket.AF_UNIX) as caller,
    ):
        task = {
            "text": text,
            "environment": odoo_run.environment(),
            "output": output.name,
        }
        caller.connect(str(_nests[database]))
        caller.sendall(json.dumps(task).encode() + b"\n")
        with caller.makefile() as answer:
            code = int(answer.readline())
        return code, output.read()
