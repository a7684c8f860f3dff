"""Run Odoo's tests on a copy of the template database and judge the log."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from . import chrome_process, odoo_run
from .base import SUITE, checkout_key, locked, subdir
from .installed import installed, with_books
from .odoo_watch import watched
from .outcome import Outcome
from .template import template, with_siblings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev test-odoo``."""
    parser.add_argument(
        "tags", nargs="?", help="test tags, e.g. /customer_ar_suite:TestX.test_y"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the database for --rerun and --update"
    )
    parser.add_argument(
        "--rerun",
        action="store_true",
        help="kept database, post_install tests, no update",
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="kept database, update the addon, then test",
    )
    parser.add_argument(
        "--installed",
        action="store_true",
        help="copy of a database with this code installed: post_install tests only",
    )
    parser.add_argument(
        "--books",
        action="store_true",
        help="with --installed: the company of the tests is there, no class makes it",
    )
    parser.add_argument(
        "--addon", help="only this addon of the checkout (default: each in turn)"
    )
    parser.add_argument(
        "--noisy",
        action="store_true",
        help="log warnings and skips do not fail the run",
    )


def main(options: argparse.Namespace) -> Outcome:
    """Test the addons of the checkout one after the other."""
    choice = options.keep or options.rerun or options.update or options.tags
    names = [options.addon] if options.addon else odoo_run.addons()
    if choice and not options.addon:
        names = [SUITE]
    total = Outcome(0, 0)
    for addon in names:
        total = total.also(_test(addon, options))
    return total


def run_tags(tags: str, extra: dict[str, str] | None = None) -> Outcome:
    """Run the suite's tests with these tags on a copy of the installed database."""
    options = defaults()
    options.tags, options.installed = tags, True
    return _test(SUITE, options, extra)


def defaults() -> argparse.Namespace:
    """Return the options of a call without any."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([])


def _test(
    addon: str, options: argparse.Namespace, extra: dict[str, str] | None = None
) -> Outcome:
    tags = options.tags or f"/{addon}"
    prefix = f"ar_{checkout_key()}_{addon.removeprefix(SUITE).strip('_')}"
    install = ["-i", addon, "--with-demo"]
    source = template(addon)
    if options.keep or options.rerun or options.update:
        kept = f"{prefix}kept"
        with locked(kept):
            if options.keep or kept not in odoo_run.databases(kept):
                odoo_run.copy_database(source, kept)
            else:
                update = ["-u", ",".join(with_siblings(addon))]
                install = update if options.update else []
            return watched(kept, tags, install, extra, noisy=options.noisy)
    _drop_left_over()
    if options.installed:
        source = with_books() if options.books else installed(addon)
        install = []
    with (
        chrome_process.kept() as browser,
        odoo_run.passing_database(source, f"{prefix}t{os.getpid()}") as name,
    ):
        return watched(
            name, tags, install, browser | (extra or {}), noisy=options.noisy
        )


def _drop_left_over() -> None:
    """Remove databases and logs of runs that were killed."""
    with locked("left over"):
        for name in odoo_run.databases(f"ar_{checkout_key()}_"):
            passing = odoo_run.PASSING.search(name)
            if passing and not Path("/proc", passing["process"]).exists():
                odoo_run.drop_database(name)
    logs = subdir("logs").glob(f"ar_{checkout_key()}_*t[0-9]*.log")
    for log in sorted(logs, key=lambda path: path.stat().st_mtime)[:-12]:
        log.unlink(missing_ok=True)
