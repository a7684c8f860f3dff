"""The commands of ./dev."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from . import (
    demo,
    doctor,
    i18n,
    lint,
    long_tests,
    odoo_run,
    odoo_tests,
    postgres,
    pyenv,
    suites,
)
from .base import ROOT, DevError, checkout_key, say
from .outcome import Outcome

REST = argparse.REMAINDER


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


def _shell(options: argparse.Namespace) -> int:
    words = ["-d", _kept_database(options.database), "--no-http", *options.words]
    return odoo_run.interactive(odoo_run.command(*words, subcommand="shell"))


def _psql(options: argparse.Namespace) -> int:
    database = _kept_database(options.database)
    return odoo_run.interactive(["psql", "-d", database, *options.words])


def _test(options: argparse.Namespace) -> int:
    """Everything that people and CI run; one closing line for all of it."""
    parts: list[Callable[[], Outcome]] = [lint.main, suites.tools, suites.engine]
    parts.append(lambda: odoo_tests.main(odoo_tests.defaults()))
    if suites.has_data():
        parts.append(_data)
    if i18n.kept_up():
        parts.append(lambda: i18n.main(argparse.Namespace(check=True, addon=None)))
    total = Outcome(0, 0)
    for part in parts:
        total = total.also(part())
    return total.close()


def _data() -> Outcome:
    outcome = suites.data()
    if suites.odoo_tests_of_data():
        extra = suites.environment()
        wanted = {"AR_SHARED_DATA": extra["AR_SHARED_DATA"]}
        outcome = outcome.also(odoo_tests.run_tags("ar_shared_data", wanted))
    return outcome


def _test_data(options: argparse.Namespace) -> int:
    if not suites.SHARED_DATA.is_dir():
        raise DevError(f"{suites.SHARED_DATA} is not there: nothing to test with.")
    return _data().close()


def _bench(options: argparse.Namespace) -> int:
    odoo_run.prepare()
    script = ROOT / "bench" / "run.py"
    if not script.exists():
        raise DevError("bench/run.py is not there.")
    env = odoo_run.environment()
    env["PYTHONPATH"] = f"{env['PYTHONPATH']}:{ROOT}"
    words = [str(pyenv.python()), str(script), *options.words]
    return subprocess.call(words, cwd=ROOT, env=env)


def _stop(options: argparse.Namespace) -> int:
    demo.stop()
    if not os.environ.get("PGHOST"):
        cluster = postgres.Cluster()
        if cluster.ready() and (options.all or not odoo_run.sessions()):
            say("stopping PostgreSQL")
            cluster.stop()
        elif cluster.ready():
            say("PostgreSQL goes on: others use it (./dev stop --all ends it)")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str, call: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(call=call)
        return command

    demo.add_arguments(
        add("demo", demo.main, "start Odoo with the suite and demo data")
    )
    add("test", _test, "every test: what people and CI run")
    command = add("test-engine", _test_engine, "the engine's tests, without a database")
    command.add_argument("words", nargs=REST, help="arguments for pytest")
    command = add("test-odoo", _test_odoo, "Odoo's tests on a fresh database")
    odoo_tests.add_arguments(command)
    add("test-data", _test_data, "tests that need ../shared/data")
    command = add(
        "test-long", _test_long, "one part with large numbers; can be resumed"
    )
    long_tests.add_arguments(command)
    lint.add_arguments(add("lint", _lint, "formatters, linters, static gate"))
    add("golden", lambda _options: suites.golden(), "write golden files anew")
    command = add("bench", _bench, "time a flow: see ./dev bench --help")
    command.add_argument("words", nargs=REST, help="arguments for bench/run.py")
    command = add("i18n", _i18n, "update the terms; fails when some are not translated")
    i18n.add_arguments(command)
    for name, call in (("shell", _shell), ("psql", _psql)):
        command = add(name, call, f"{name} on the kept or the demo database")
        command.add_argument("-d", "--database")
        command.add_argument("words", nargs="*", help="more arguments, after --")
    command = add("stop", _stop, "stop the demo server and PostgreSQL")
    command.add_argument("--all", action="store_true", help="even when others use it")
    add("doctor", lambda _options: doctor.main(), "what is missing and how to get it")
    return parser


def _test_engine(options: argparse.Namespace) -> int:
    return suites.engine(options.words).close()


def _lint(options: argparse.Namespace) -> int:
    return lint.main(fix=options.fix).close()


def _test_odoo(options: argparse.Namespace) -> int:
    return odoo_tests.main(options).close()


def _test_long(options: argparse.Namespace) -> int:
    return long_tests.main(options).close()


def _i18n(options: argparse.Namespace) -> int:
    return i18n.main(options).close()


def main() -> int:
    """Carry out one command."""
    options = _parser().parse_args(sys.argv[1:] or ["--help"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(options.call(options))
    except DevError as error:
        print(f"./dev: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("./dev: interrupted", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
