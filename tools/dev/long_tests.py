"""Long tests: one part with large numbers, in rounds that are remembered."""

from __future__ import annotations

import argparse
import json
import re
import time
from datetime import datetime, timezone
from pathlib import Path

from . import odoo_tests, suites
from .base import ROOT, SUITE, DevError, digest, run, say, subdir, write_atomically
from .outcome import Outcome

REPORT = ROOT / "docs" / "long-tests.md"
HEADING = """# Long tests

Each line is one call of `./dev test-long PART`: so many rounds with other seeds, each
with the number of examples given.

| date | part | code | rounds | examples | passed | failed | minutes |
|---|---|---|---|---|---|---|---|
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``./dev test-long``."""
    parser.add_argument("part", help="NAME of tests called or tagged long_NAME")
    parser.add_argument("--rounds", type=int, default=10, help="seeds to run (10)")
    parser.add_argument(
        "--examples", type=int, default=1000, help="per property (1000)"
    )


def main(options: argparse.Namespace) -> Outcome:
    """Run the rounds that are not done yet for this code, then report."""
    mark = f"long_{options.part}"
    in_engine, in_odoo = _places(mark)
    if not in_engine and not in_odoo:
        raise DevError(f"No test is called or tagged {mark}.")
    code = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
    memory = subdir("long") / f"{digest(ROOT, mark, code, options.examples)}.json"
    done = json.loads(memory.read_text()) if memory.exists() else {}
    started = time.monotonic()
    for seed in range(1, options.rounds + 1):
        if str(seed) in done:
            say(f"round {seed} is done already")
            continue
        say(f"{mark}: round {seed} of {options.rounds}")
        outcome = _round(mark, seed, options.examples, in_engine, in_odoo)
        done[str(seed)] = list(outcome)
        write_atomically(memory, json.dumps(done))
    total = Outcome(0, 0)
    for counts in done.values():
        total = total.also(Outcome(*counts))
    _report(mark, code, len(done), options.examples, total, time.monotonic() - started)
    return total


def _places(mark: str) -> tuple[bool, bool]:
    """Tell whether tests of this part run without and with Odoo."""
    word = re.compile(rf"\b\w*{re.escape(mark)}\b")
    hits = [
        p for p in ROOT.glob(f"{SUITE}*/tests/**/*.py") if word.search(p.read_text())
    ]
    engine = ROOT / suites.ENGINE
    without = [path for path in hits if engine in path.parents]
    return bool(without), len(hits) > len(without)


def _round(mark: str, seed: int, examples: int, engine: bool, odoo: bool) -> Outcome:
    extra = {"AR_LONG": mark, "AR_SEED": str(seed), "AR_EXAMPLES": str(examples)}
    total = Outcome(0, 0)
    if engine:
        words = [suites.ENGINE, "-k", mark]
        total = total.also(suites.pytest(words, extra))
    if odoo:
        total = total.also(odoo_tests.run_tags(mark, extra))
    return total


def _report(
    mark: str, code: str, rounds: int, examples: int, total: Outcome, seconds: float
) -> None:
    text = REPORT.read_text() if REPORT.exists() else HEADING
    day = datetime.now(tz=timezone.utc).date()
    numbers = f"{rounds} | {examples} | {total.passed} | {total.failed}"
    row = f"| {day} | {mark} | {code} | {numbers} | {seconds / 60:.1f} |\n"
    Path(REPORT.parent).mkdir(exist_ok=True)
    write_atomically(REPORT, text + row)
