"""Databases with an addon installed: tests copy them, unchanged code re-uses them."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from . import nest, odoo_run, odoo_watch, template
from .base import ROOT, SUITE, DevError, checkout_key, code_digest, digest, locked, say
from .outcome import Outcome

BOOKS = f"""
from odoo.addons.{SUITE}.tests.common_books import keep_books
keep_books(env)
env.cr.commit()
"""
#: the files of the tests that say what it makes
MAKERS = ("common_books.py", "common_people.py")
#: comparing a sample password takes a third of a second each time, as it should
PASSWORDS = """
from passlib.context import CryptContext
quick = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)
for name in ("admin", "demo", "portal"):
    env.cr.execute(
        "UPDATE res_users SET password = %s WHERE login = %s AND password IS NOT NULL",
        (quick.hash(name), name),
    )
env.cr.commit()
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev install``."""
    parser.add_argument("--plain", action="store_true", help="without demo data")
    parser.add_argument(
        "--books", action="store_true", help="one with the company of the tests, too"
    )
    parser.add_argument("--addon", default=SUITE, help=f"default: {SUITE}")


def main(options: argparse.Namespace) -> Outcome:
    """Have the database; installing cleanly counts as one test."""
    try:
        if options.books:
            with_books()
        else:
            installed(options.addon, demo=not options.plain)
    except DevError as error:
        say(f"not good: {error}")
        return Outcome(0, 1)
    return Outcome(1, 0)


def installed(addon: str, *, demo: bool = True, books: bool = False) -> str:
    """Return the name of a database to copy, with the addon as it is now.

    Tests are no part of it: all of them run once it is there. Demo data count their
    dates back from the day of installation: yesterday's are not today's.
    ``books``: if it must be made, make that of ``with_books`` in passing.
    """
    _itself, *siblings = template.with_siblings(addon)
    if siblings:  # with what it builds on, which then is not installed twice
        source = installed(siblings[0], demo=demo)
    else:
        source = template.template(addon)
    folders = [ROOT / name for name in (addon, *siblings)]
    today = datetime.now(tz=timezone.utc).date()
    kind = f"{addon.removeprefix(SUITE)}_tpl_{'demo' if demo else 'plain'}_"
    prefix = f"ar_{checkout_key()}_{kind.strip('_')}_"
    codes = (code_digest(folder, without_tests=True) for folder in folders)
    name = prefix + digest(source, today, *codes)
    with locked(prefix):
        if not template.finished(name):
            # beside it: nobody has to wait for what is thrown away
            with ThreadPoolExecutor(1) as cleaner:
                for old in odoo_run.databases(prefix):
                    cleaner.submit(odoo_run.drop_database, old)
                _install(addon, source, name, demo=demo, books=books)
    return name


def with_books() -> str:
    """Return the name of such a database of the suite, with the company of its tests.

    Most test classes look at that company (tests/common_books.py) and at people who are
    kept there (tests/common_people.py); to make both in each of them would take seconds.
    """
    source = installed(SUITE, books=True)
    name = _books_of(source)
    with locked(name):
        if not template.finished(name):
            draft = f"{name}_t{os.getpid()}"
            with odoo_run.passing_database(source, draft), nest.nest(draft):
                _make_books(draft, name)
    return name


def _books_of(source: str) -> str:
    tests = ROOT / SUITE / "tests"
    makers = [(tests / name).read_text() for name in MAKERS]
    return f"{source}_{digest(*makers)[:4]}_books"


def _make_books(draft: str, name: str) -> None:
    """Make the company in the draft, for which Odoo is loaded; keep it as it then is."""
    say("making the company of the tests")
    _run(draft, BOOKS)
    template.finish(draft, name)


def _run(draft: str, script: str) -> None:
    code, printed = nest.run(draft, script)
    if code:
        raise DevError(f"A script in Odoo's shell failed:\n{printed[-3000:]}")


def _install(addon: str, source: str, name: str, *, demo: bool, books: bool) -> None:
    say(f"installing {addon} {'with' if demo else 'without'} demo data (1-2 minutes)")
    draft = f"{name}_t{os.getpid()}"
    with odoo_run.passing_database(source, draft):
        words = ["-i", addon, *(["--with-demo"] if demo else [])]
        if not demo:  # else it is loaded where the dependencies have theirs
            odoo_run.sql(draft, "UPDATE ir_module_module SET demo = false")
        outcome = odoo_watch.watched(draft, None, words, may_be_none=True)
        if outcome.failed:
            raise DevError(f"{addon} does not install cleanly.")
        if not demo:
            template.finish(draft, name)
            return
        with nest.nest(draft):  # Odoo is loaded once for what follows
            say("making the asset bundles")
            _run(draft, template.FINISH + PASSWORDS)
            template.finish(draft, name)
            if books:
                with locked(_books_of(name)):
                    _make_books(draft, _books_of(name))
