"""Run Odoo's tests on a copy of the template database and judge the log."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from . import log_gate, odoo_run
from .base import SUITE, checkout_key, free_port, locked, say, subdir
from .outcome import Outcome
from .template import template


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
    """Run the suite's tests with these tags on a fresh database."""
    options = defaults()
    options.tags = tags
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
                return _run(kept, tags, install, options, extra)
            again = ["-u", addon] if options.update else []
            return _run(kept, tags, again, options, extra)
    _drop_left_over()
    with odoo_run.passing_database(source, f"{prefix}t{os.getpid()}") as name:
        return _run(name, tags, install, options, extra)


def _drop_left_over() -> None:
    """Remove databases and logs of runs that were killed."""
    for name in odoo_run.databases(f"ar_{checkout_key()}_"):
        pid = name.rpartition("t")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            odoo_run.drop_database(name)


def _run(
    database: str,
    tags: str,
    arguments: list[str],
    options: argparse.Namespace,
    extra: dict[str, str] | None,
) -> Outcome:
    log = subdir("logs") / f"{re.sub('t[0-9]+$', 'test', database)}.log"
    say(f"testing {tags} in {database} (log: {log})")
    words = ["-d", database, *arguments, f"--test-tags={tags}", "--stop-after-init"]
    words += ["--http-interface=127.0.0.1", f"--http-port={free_port()}"]
    with log.open("w", errors="replace") as output:
        server = subprocess.Popen(
            odoo_run.command(*words, "--max-cron-threads=0"),
            env={**odoo_run.environment(), **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            lines = list(_shown(server, output))
        finally:
            server.kill()
        code = server.wait()
    return _judged(lines, code, noisy=options.noisy)


def _shown(server: subprocess.Popen[str], log: TextIO) -> Iterator[str]:
    """Pass the log on; show its warnings and, twice a minute, how far it is."""
    assert server.stdout
    started, last, showing = 0, time.monotonic(), False
    for line in server.stdout:
        log.write(line)
        log.flush()
        started += ": Starting Test" in line or ": Starting " in line and "..." in line
        if level := log_gate.level(line):
            showing = level in log_gate.BAD
        if showing:
            sys.stderr.write(line)
        if time.monotonic() - last > 30:
            last = time.monotonic()
            say(f"{started} tests started")
        yield line


def _judged(lines: list[str], code: int, *, noisy: bool) -> Outcome:
    verdict = log_gate.judge(lines, log_gate.allowed_patterns())
    reasons = verdict.reasons()
    if noisy and verdict.tests:
        reasons = []
    if code not in (0, 1) or code and not verdict.failed:
        reasons.append(f"Odoo ended with exit code {code}")
    for reason in reasons:
        say(f"not good: {reason}")
    failed = verdict.failed + len(reasons)
    say(
        f"{verdict.tests} tests in Odoo, {failed} failed, "
        f"{len(verdict.skipped)} skipped"
    )
    return Outcome(max(0, verdict.tests - verdict.failed), failed)
