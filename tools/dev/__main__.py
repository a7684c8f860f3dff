"""The commands of ./dev."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from typing import Any

from . import (
    commands,
    demo,
    doctor,
    i18n,
    installed,
    lint,
    long_tests,
    odoo_tests,
    papers,
    suites,
)
from .base import DevError

REST = argparse.REMAINDER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    names = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str,
        call: Callable[[argparse.Namespace], int],
        text: str,
        **options: Any,
    ) -> argparse.ArgumentParser:
        command = names.add_parser(name, help=text, description=text, **options)
        command.set_defaults(call=call)
        return command

    demo.add_arguments(
        add("demo", demo.main, "start Odoo with the suite and demo data")
    )
    add("test", commands.test, "every test: what people and CI run")
    command = add(
        "test-engine",
        commands.test_engine,
        "the engine's tests, without a database",
        prefix_chars="+",  # options are pytest's
        add_help=False,
    )
    command.add_argument("words", nargs=REST, help="arguments for pytest")
    command = add("test-odoo", commands.test_odoo, "Odoo's tests on a fresh database")
    odoo_tests.add_arguments(command)
    add(
        "prepare", commands.prepare, "fetch what is missing, make the template database"
    )
    command = add("install", commands.install, "a database with the suite, for tests")
    installed.add_arguments(command)
    add("test-tools", commands.test_tools, "the tests of ./dev itself")
    command = add(
        "test-system",
        commands.test_system,
        "what is killed must be resumable",
        prefix_chars="+",  # options are pytest's
        add_help=False,
    )
    command.add_argument("words", nargs=REST, help="files, or options of pytest")
    add("test-data", commands.test_data, "tests that need ../shared/data")
    command = add(
        "test-long", commands.test_long, "one part with large numbers; can be resumed"
    )
    long_tests.add_arguments(command)
    lint.add_arguments(add("lint", commands.check, "formatters, linters, static gate"))
    add("golden", lambda _options: suites.golden(), "write golden files anew")
    add("roles", commands.roles, "write docs/ROLES.md anew from the access rights")
    command = add("bench", commands.bench, "time a flow: see ./dev bench --help")
    command.add_argument("words", nargs=REST, help="arguments for bench/run.py")
    command = add(
        "screenshots", commands.screenshots, "pictures of the demo for README"
    )
    command.add_argument("words", nargs=REST, help="names of pictures, or options")
    command = add(
        "papers",
        commands.pictures_of_papers,
        "pictures of statements and letters, to be looked at",
    )
    papers.add_arguments(command)
    command = add("i18n", commands.terms, "update the terms, list those not translated")
    i18n.add_arguments(command)
    for name, call in (("shell", commands.shell), ("psql", commands.psql)):
        command = add(name, call, f"{name} on the kept or the demo database")
        command.add_argument("-d", "--database")
        command.add_argument("words", nargs="*", help="more arguments, after --")
    command = add("stop", commands.stop, "stop the demo server and PostgreSQL")
    command.add_argument("--all", action="store_true", help="even when others use it")
    add("doctor", lambda _options: doctor.main(), "what is missing and how to get it")
    return parser


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
