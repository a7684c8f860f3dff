"""Long tests: one part with large numbers, in rounds that are remembered."""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime, timezone
from pathlib import Path

from . import mutants, odoo_tests, suites
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
    parser.add_argument(
        "part",
        help="word in the names of engine tests; long_WORD tags Odoo's; 'kills': "
        "the tests that kill workers, --examples times each round; 'gates': every call "
        "over HTTP, a part of them each round; 'mutants': --examples controls are taken "
        "away, one at a time",
    )
    parser.add_argument("--rounds", type=int, default=10, help="seeds to run (10)")
    parser.add_argument(
        "--examples", type=int, default=1000, help="per property (1000)"
    )
    parser.add_argument(
        "--only",
        default="",
        help="these rounds, such as 5,9,16 of 24; of mutants those with this in their name",
    )


def main(options: argparse.Namespace) -> Outcome:
    """Run the rounds that are not done yet for this code, then report."""
    part = options.part
    if part == "mutants":
        return _mutants(options.examples, options.only)
    code = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
    memory = subdir("long") / f"{digest(ROOT, part, code, options.examples)}.json"
    done = json.loads(memory.read_text()) if memory.exists() else {}
    started = time.monotonic()
    seeds = [int(number) for number in options.only.split(",") if number]
    for seed in seeds or range(1, options.rounds + 1):
        if str(seed) in done:
            say(f"{part}: round {seed} is done already")
            continue
        say(f"{part}: round {seed} of {options.rounds}")
        extra = {"AR_ROUNDS": str(options.rounds)}
        done[str(seed)] = list(_round(part, seed, options.examples, extra))
        write_atomically(memory, json.dumps(done))
    total = Outcome(0, 0)
    for counts in done.values():
        total = total.also(Outcome(*counts))
    if not total.passed and not total.failed:
        raise DevError(
            f"No engine test is called {part}, none in Odoo tagged long_{part}."
        )
    _report(part, code, len(done), options.examples, total, time.monotonic() - started)
    return total


def _mutants(count: int, only: str) -> Outcome:
    """Take controls away; the rights among them all at once, they are quick to try."""
    code = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
    started = time.monotonic()
    total = mutants.run(count, only)
    if not only:
        total = total.also(odoo_tests.run_tags("long_mutants"))
    part = f"mutants: {only}" if only else "mutants"
    _report(part, code, 1, count, total, time.monotonic() - started)
    return total


def _round(part: str, seed: int, examples: int, more: dict[str, str]) -> Outcome:
    extra = {
        "AR_LONG": part,
        "AR_SEED": str(seed),
        "AR_EXAMPLES": str(examples),
        **more,
    }
    if part == "kills":
        return suites.system(extra={**extra, "AR_KILLS": str(examples)})
    total = suites.pytest([suites.ENGINE, "-k", part], extra)
    tests = (ROOT / SUITE / "tests").glob("test_*.py")
    if any(f'"long_{part}"' in path.read_text() for path in tests):
        total = total.also(odoo_tests.run_tags(f"long_{part}", extra))
    return total


def _report(
    part: str, code: str, rounds: int, examples: int, total: Outcome, seconds: float
) -> None:
    text = REPORT.read_text() if REPORT.exists() else HEADING
    day = datetime.now(tz=timezone.utc).date()
    numbers = f"{rounds} | {examples} | {total.passed} | {total.failed}"
    row = f"| {day} | {part} | {code} | {numbers} | {seconds / 60:.1f} |\n"
    Path(REPORT.parent).mkdir(exist_ok=True)
    write_atomically(REPORT, text + row)
