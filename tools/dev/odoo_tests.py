"""Run Odoo's tests on a copy of the template database and judge the log."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from . import log_gate, odoo_run
from .base import SUITE, checkout_key, free_port, locked, say, subdir
from .template import template

SHOWN = ("WARNING", "ERROR", "CRITICAL")


class Outcome(NamedTuple):
    """Numbers of tests for the closing line."""

    passed: int
    failed: int

    def __add__(self, other: object) -> Outcome:
        """Sum two outcomes."""
        assert isinstance(other, Outcome)
        return Outcome(self.passed + other.passed, self.failed + other.failed)

    def close(self) -> int:
        """Print the closing line and return the exit code."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev test-odoo``."""
    parser.add_argument(
        "tags", nargs="?", help="test tags, e.g. /customer_ar_suite:TestX.test_y"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the database for --rerun and --update"
    )
    parser.add_argument(
        "--rerun", action="store_true", help="kept database, post_install tests, no update"
    )
    parser.add_argument(
        "--update", action="store_true", help="kept database, update the addon, then test"
    )
    parser.add_argument(
        "--addon", help="only this addon of the checkout (default: each in turn)"
    )
    parser.add_argument(
        "--noisy", action="store_true", help="log warnings and skips do not fail the run"
    )


def main(options: argparse.Namespace) -> Outcome:
    """Test the addons of the checkout one after the other."""
    total = Outcome(0, 0)
    one = options.rerun or options.update or options.keep or options.tags
    for addon in [options.addon] if options.addon else odoo_run.addons():
        if one and not options.addon and addon != SUITE:
            continue
        total += _test(addon, options)
    return total


def _test(addon: str, options: argparse.Namespace) -> Outcome:
    tags = options.tags or f"/{addon}"
    kept = f"ar_{checkout_key()}_{_short(addon)}kept"
    if options.rerun or options.update or options.keep:
        with locked(kept):
            fresh = kept not in odoo_run.databases(kept)
            if fresh or options.keep and not options.update and not options.rerun:
                odoo_run.copy_database(template(addon), kept)
                return _run(kept, tags, ["-i", addon, "--with-demo"], options)
            return _run(kept, tags, ["-u", addon] if options.update else [], options)
    _drop_left_over()
    name = f"ar_{checkout_key()}_{_short(addon)}t{os.getpid()}"
    with odoo_run.passing_database(template(addon), name):
        return _run(name, tags, ["-i", addon, "--with-demo"], options)


def _short(addon: str) -> str:
    return addon.removeprefix(SUITE).strip("_")


def _drop_left_over() -> None:
    """Remove databases of runs that were killed."""
    prefix = f"ar_{checkout_key()}_"
    for name in odoo_run.databases(prefix):
        pid = name.rpartition("t")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            odoo_run.drop_database(name)


def _run(
    database: str, tags: str, arguments: list[str], options: argparse.Namespace
) -> Outcome:
    log = subdir("logs") / f"{database}.log"
    say(f"testing {tags} in {database} (log: {log})")
    odoo_run.prepare()
    words = ["-d", database, *arguments, f"--test-tags={tags}", "--stop-after-init"]
    words += ["--http-interface=127.0.0.1", f"--http-port={free_port()}"]
    words += ["--max-cron-threads=0"]
    lines: list[str] = []
    with log.open("w", errors="replace") as output:
        server = subprocess.Popen(
            odoo_run.command(*words),
            env=odoo_run.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert server.stdout
        showing = False
        for line in server.stdout:
            output.write(line)
            output.flush()
            lines.append(line)
            if match := log_gate._LINE.match(line):
                showing = match["level"] in SHOWN
            if showing:
                sys.stderr.write(line)
        code = server.wait()
    return _judged(lines, code, options.noisy)


def _judged(lines: list[str], code: int, noisy: bool) -> Outcome:
    verdict = log_gate.judge(lines, log_gate.allowed_patterns())
    reasons = verdict.reasons()
    if noisy and verdict.tests:
        reasons = []
    if code and not verdict.failed:
        reasons.append(f"Odoo ended with exit code {code}")
    for reason in reasons:
        say(f"not good: {reason}")
    failed = verdict.failed + len(reasons)
    say(f"{verdict.tests} tests in Odoo, {failed} failed, {len(verdict.skipped)} skipped")
    return Outcome(max(0, verdict.tests - verdict.failed), failed)
