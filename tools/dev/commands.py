"""What each command of ./dev does."""

from __future__ import annotations

import argparse
import os
import subprocess
from typing import NoReturn

from . import (
    demo,
    demo_server,
    i18n,
    installed,
    lint,
    long_tests,
    odoo_run,
    odoo_tests,
    papers,
    postgres,
    pyenv,
    suites,
    system,
    template,
    whole_test,
)
from .base import ROOT, SUITE, DevError, checkout_key, say
from .outcome import Outcome


def _kept_database(wanted: str | None) -> str:
    """Return the database to look into: the named one, else the kept or demo one."""
    if wanted:
        return wanted
    prefix = f"ar_{checkout_key()}_"
    names = odoo_run.databases(prefix)
    for name in (f"{prefix}kept", f"{prefix}demo", *names):
        if name in names:
            return name
    raise DevError("No database yet: run './dev test-odoo --keep' or './dev demo'.")


def shell(options: argparse.Namespace) -> int:
    """Open Odoo's shell."""
    words = ["-d", _kept_database(options.database), "--no-http", *options.words]
    _become(odoo_run.command(*words, subcommand="shell"))


def psql(options: argparse.Namespace) -> int:
    """Open psql."""
    database = _kept_database(options.database)
    _become(["psql", "-d", database, *options.words])


def _become(words: list[str]) -> NoReturn:
    """Replace ourselves by a program of Odoo's environment."""
    os.execvpe(words[0], words, odoo_run.environment())


def test(options: argparse.Namespace) -> int:
    """Everything that people and CI run; one closing line for all of it."""
    return whole_test.main().close()


def prepare(options: argparse.Namespace) -> int:
    """Have everything that does not depend on the suite's code."""
    for addon in odoo_run.addons():
        template.template(addon)
    return Outcome(1, 0).close()


def install(options: argparse.Namespace) -> int:
    """Have the database that tests copy."""
    return installed.main(options).close()


def test_tools(options: argparse.Namespace) -> int:
    """Run the tests of ./dev itself."""
    return suites.tools().close()


def test_system(options: argparse.Namespace) -> int:
    """Run the tests that kill and restart."""
    return suites.system(options.words).close()


def _data() -> Outcome:
    outcome = suites.data()
    if suites.odoo_tests_of_data():
        extra = suites.environment()
        wanted = {"AR_SHARED_DATA": extra["AR_SHARED_DATA"]}
        outcome = outcome.also(odoo_tests.run_tags("ar_shared_data", wanted))
    return outcome


def test_data(options: argparse.Namespace) -> int:
    """Run the tests that need the shared data."""
    if not suites.SHARED_DATA.is_dir():
        raise DevError(f"{suites.SHARED_DATA} is not there: nothing to test with.")
    return _data().close()


def bench(options: argparse.Namespace) -> int:
    """Time a flow, with the environment of Odoo and of the tools."""
    odoo_run.prepare()
    script = ROOT / "bench" / "run.py"
    if not script.exists():
        raise DevError("bench/run.py is not there.")
    env = odoo_run.environment()
    env["PYTHONPATH"] = f"{env['PYTHONPATH']}:{ROOT}"
    words = [str(pyenv.python()), str(script), *options.words]
    return subprocess.call(words, cwd=ROOT, env=env)


def screenshots(options: argparse.Namespace) -> int:
    """Take the pictures of the README from the running demo."""
    demo.main(argparse.Namespace(foreground=False, fresh=False, port=None))
    url = f"http://127.0.0.1:{demo_server.read_state()['port']}"
    words = [str(pyenv.python()), "-m", "tools.dev.screenshots", url, *options.words]
    return subprocess.call(words, cwd=ROOT)


def pictures_of_papers(options: argparse.Namespace) -> int:
    """Print every kind of paper and make pictures of the pages."""
    odoo_run.prepare()
    return papers.main(_kept_database(options.database), options)


def stop(options: argparse.Namespace) -> int:
    """Stop the demo server and, unless others use it, PostgreSQL."""
    demo_server.stop()
    if not os.environ.get("PGHOST") and not system.missing("postgresql"):
        cluster = postgres.Cluster()
        if cluster.ready() and (options.all or not odoo_run.sessions()):
            say("stopping PostgreSQL")
            cluster.stop()
        elif cluster.ready():
            say("PostgreSQL goes on: others use it (./dev stop --all ends it)")
    return 0


def roles(options: argparse.Namespace) -> int:
    """Write docs/ROLES.md anew and show what changed."""
    extra = {"AR_GOLDEN": "write"}
    outcome = odoo_tests.run_tags(f"/{SUITE}:TestRoleMatrix", extra)
    subprocess.call(["git", "--no-pager", "diff", "--stat", "docs/ROLES.md"], cwd=ROOT)
    return outcome.close()


def test_engine(options: argparse.Namespace) -> int:
    """Run the engine's tests."""
    return suites.engine(options.words).close()


def check(options: argparse.Namespace) -> int:
    """Run the linters."""
    return lint.main(fix=options.fix).close()


def test_odoo(options: argparse.Namespace) -> int:
    """Run Odoo's tests."""
    return odoo_tests.main(options).close()


def test_long(options: argparse.Namespace) -> int:
    """Run one part with large numbers."""
    return long_tests.main(options).close()


def terms(options: argparse.Namespace) -> int:
    """Keep the translation complete."""
    return i18n.main(options).close()
