"""Run Odoo: its environment, command line and databases."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import odoo_source, postgres, pyenv, system, wkhtmltopdf
from .base import ROOT, DevError, plain_environment, run, subdir, writable

TOOLS = ("chromium", "poppler-utils", "fontconfig", "libmagic1")
KEPT = ("HOME", "USER", "TMPDIR", "CI", "SSL_CERT_FILE", "DISPLAY", "XDG_CACHE_HOME")
OWN = ("AR_", "ODOO_", "CUSTOMER_AR_")
#: seals sample data on this machine only; a real server has a secret of its own
SAMPLE_KEY = "sample:" + base64.b64encode(b"sample data, not a secret at all").decode()
FONTS = ("fonts-noto-cjk", "fonts-dejavu-core")
#: Odoo with a rare garbage collection: a run of tests ends before the memory does, and a
#: twentieth of its time goes into looking through what stays
PATIENT = """
import gc, runpy
gc.set_threshold(50_000, 50, 100)
runpy.run_module("odoo", run_name="__main__", alter_sys=True)
"""
_BUSY = re.compile("being accessed|must be a member of the role")
#: names of databases that end with the process whose number they have
PASSING = re.compile(r"_t(?P<process>\d+)(_\w+)?$")


def environment() -> dict[str, str]:
    """Return the environment Odoo and everything that talks to its database get."""
    path = f"{pyenv.venv() / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    kept = {k: v for k, v in os.environ.items() if k in KEPT or k.startswith(OWN)}
    return {
        "CUSTOMER_AR_VAULT_KEYS": SAMPLE_KEY,
        **kept,
        **plain_environment(),
        **postgres.environment(),
        "HOME": home(),
        "CUSTOMER_AR_SERVER": postgres.server_key(),
        "PATH": f"{path}:{wkhtmltopdf.binaries()}",
        "PYTHONPATH": str(odoo_source.odoo().python_path),
    }


def home() -> str:
    """Return a folder for what programs keep in somebody's home, such as Chromium."""
    own = os.environ.get("HOME", "")
    return own if own and writable(Path(own)) else str(subdir("home"))


def prepare() -> None:
    """Have everything that Odoo's tests and reports call."""
    system.look_at_disk()
    system.need("python3-venv", "postgresql", *TOOLS, *FONTS)
    wkhtmltopdf.provide()
    pyenv.venv()
    odoo_source.odoo()
    postgres.environment()


def data_dir() -> Path:
    """Return the folder of filestores and sessions."""
    return subdir("data", postgres.server_key())


def filestore(database: str) -> Path:
    """Return the folder of a database's attachments."""
    return data_dir() / "filestore" / database


def command(
    *arguments: str, subcommand: str | None = None, patient: bool = False
) -> list[str]:
    """Return the command line of Odoo with this checkout's addons.

    ``patient``: for a process that ends soon, see ``PATIENT``.
    """
    rc = subdir("data") / "odoo.conf"
    if not rc.exists():
        rc.write_text("[options]\n")
    folders = [*odoo_source.odoo().addons, ROOT]
    return [
        str(pyenv.python()),
        *(["-c", PATIENT] if patient else ["-m", "odoo"]),
        *([subcommand] if subcommand else []),
        f"--config={rc}",
        f"--addons-path={','.join(map(str, folders))}",
        f"--data-dir={data_dir()}",
        *arguments,
    ]


def addons() -> list[str]:
    """Return the names of the addons of this checkout, the suite first."""
    return sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))


def sql(database: str, statement: str) -> list[str]:
    """Run a statement and return the rows as text, columns parted by a tab."""
    line = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database]
    return run([*line, "-c", statement], env=postgres.environment()).splitlines()


def databases(prefix: str) -> list[str]:
    """Return the names of the databases that begin so."""
    names = sql("postgres", "SELECT datname FROM pg_database ORDER BY 1")
    return [name for name in names if name.startswith(prefix)]


def sessions() -> int:
    """Return how many others are connected to the server."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    return int(sql("postgres", others)[0]) - 1


def copy_database(source: str, target: str) -> None:
    """Make ``target`` a copy of ``source`` with its attachments, replacing it."""
    drop_database(target)
    place = postgres.place(passing=bool(PASSING.search(target)))
    create = f'CREATE DATABASE "{target}" TEMPLATE "{source}" {place}'
    for attempt in range(30):
        try:
            sql("postgres", create)
            break
        except DevError as error:
            if not _BUSY.search(str(error)) or attempt == 29:
                raise
            time.sleep(1)
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).exists():  # attachments never change: links are copies
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def rename_database(source: str, target: str) -> None:
    """Give a finished database its name; files a lost one of that name left go first."""
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).exists():
        filestore(source).rename(filestore(target))
    sql("postgres", f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def drop_database(name: str) -> None:
    """Remove a database with its attachments."""
    if not PASSING.search(name) and name in databases(name):
        sql("postgres", f'ALTER DATABASE "{name}" IS_TEMPLATE false')
    drop = f'DROP DATABASE IF EXISTS "{name}"'
    for attempt in range(10):
        try:  # by force, unless the server's own vacuum is there: that goes when asked
            sql("postgres", f"{drop} WITH (FORCE)" if attempt % 2 == 0 else drop)
            break
        except DevError as error:
            if not _BUSY.search(str(error)) or attempt == 9:
                raise
    shutil.rmtree(filestore(name), ignore_errors=True)


@contextlib.contextmanager
def passing_database(template: str, name: str) -> Iterator[str]:
    """Copy the template for the time of the block."""
    copy_database(template, name)
    try:
        yield name
    finally:
        drop_database(name)


def shell(database: str, script: str) -> str:
    """Run a script in Odoo's shell and return what it and the log printed."""
    words = ["-d", database, "--no-http", "--log-level=warn"]
    line = command(*words, subcommand="shell", patient=True)
    done = subprocess.run(
        line,
        input=script,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode or "Traceback" in done.stdout:
        raise DevError(f"A script in Odoo's shell failed:\n{done.stdout[-3000:]}")
    return done.stdout
