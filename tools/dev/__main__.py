"""The commands of ./dev."""

from __future__ import annotations

import argparse
import sys

from . import odoo_run, odoo_tests
from .base import DevError, checkout_key


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
    words = ["-d", _kept_database(options.database), "--no-http"]
    return odoo_run.interactive(odoo_run.command(*words, subcommand="shell"))


def _psql(options: argparse.Namespace) -> int:
    database = _kept_database(options.database)
    return odoo_run.interactive(["psql", "-d", database, *options.words])


def _test_odoo(options: argparse.Namespace) -> int:
    return odoo_tests.main(options).close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("test-odoo", help="Odoo's tests on a fresh database")
    odoo_tests.add_arguments(command)
    command.set_defaults(call=_test_odoo)

    command = commands.add_parser("shell", help="Odoo's shell on the kept database")
    command.add_argument("-d", "--database")
    command.set_defaults(call=_shell)

    command = commands.add_parser("psql", help="psql on the kept database")
    command.add_argument("-d", "--database")
    command.add_argument("words", nargs="*", help="arguments for psql, after --")
    command.set_defaults(call=_psql)
    return parser


def main() -> int:
    """Carry out one command."""
    options = _parser().parse_args()
    try:
        return int(options.call(options))
    except DevError as error:
        print(f"./dev: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("./dev: interrupted", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
