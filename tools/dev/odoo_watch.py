"""Watch one Odoo process that runs tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TextIO

from . import log_gate, odoo_run, shards
from .base import end_with_parent, free_port, say, subdir
from .outcome import Outcome


def watched(
    database: str,
    tags: str | None,
    arguments: list[str],
    extra: dict[str, str] | None = None,
    *,
    noisy: bool = False,
    may_be_none: bool = False,
) -> Outcome:
    """Run the tests in one Odoo process; it and its browsers end with us."""
    log = subdir("logs") / f"{database}.log"
    say(f"{f'testing {tags[:80]}' if tags else 'installing'} in {database}; log: {log}")
    words = ["-d", database, *arguments, "--stop-after-init"]
    words += ["--http-interface=127.0.0.1", f"--http-port={free_port()}"]
    if tags:  # how long each class takes is told at the end, to share out the next run
        words += [f"--test-tags={tags}", "--log-handler=odoo.tests.stats:DEBUG"]
    with log.open("w", errors="replace") as output:
        server = subprocess.Popen(
            odoo_run.command(*words, "--max-cron-threads=0", patient=True),
            env={**odoo_run.environment(), **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        try:
            lines = list(_shown(server, output))
            code = server.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
    shards.remember(lines)
    return _judged(lines, code, noisy=noisy, may_be_none=may_be_none)


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


def _judged(lines: list[str], code: int, *, noisy: bool, may_be_none: bool) -> Outcome:
    verdict = log_gate.judge(lines, log_gate.allowed_patterns())
    reasons = verdict.reasons(may_be_none=may_be_none)
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
