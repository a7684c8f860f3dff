"""Judge a run of Odoo's tests by its log: a good exit code alone proves little."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ALLOWED = Path(__file__).with_name("log_allowed.txt")
_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) (?P<db>\S+) "
    r"(?P<logger>\S+): (?P<text>.*)$"
)
_RESULT = re.compile(
    r"(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<tests>\d+) tests"
)
BAD = ("WARNING", "ERROR", "CRITICAL")


class Entry(NamedTuple):
    """One entry of the log with the lines that continue it."""

    level: str
    logger: str
    text: str


class Verdict(NamedTuple):
    """What a log says about a run."""

    tests: int
    failed: int
    skipped: tuple[str, ...]
    noise: tuple[Entry, ...]

    def reasons(self, *, may_be_none: bool = False) -> list[str]:
        """Return why the run is not good, beyond the failed tests."""
        found = [] if self.tests or may_be_none else ["no test was run"]
        found += [f"skipped: {text}" for text in self.skipped]
        return found + [f"{e.level} {e.logger}: {e.text[:2000]}" for e in self.noise]


def level(line: str) -> str:
    """Return the level of an entry's first line, nothing for the lines after it."""
    match = _LINE.match(line.rstrip("\n"))
    return match["level"] if match else ""


def entries(lines: Iterable[str]) -> list[Entry]:
    """Split a log into its entries."""
    found: list[Entry] = []
    for line in lines:
        line = line.rstrip("\n")
        if match := _LINE.match(line):
            found.append(Entry(match["level"], match["logger"], match["text"]))
        elif found:
            last = found[-1]
            found[-1] = last._replace(text=f"{last.text}\n{line}")
        elif line.startswith("Traceback"):
            found.append(Entry("CRITICAL", "python", line))
    return found


def allowed_patterns(path: Path = ALLOWED) -> list[re.Pattern[str]]:
    """Read the noise of Odoo itself that is no fault of the suite."""
    lines = path.read_text().splitlines()
    return [re.compile(x) for x in lines if x.strip() and not x.startswith("#")]


def judge(lines: Iterable[str], allowed: list[re.Pattern[str]]) -> Verdict:
    """Sum up a log of one run."""
    tests = failed = 0
    skipped: list[str] = []
    noise: list[Entry] = []
    for entry in entries(lines):
        line = f"{entry.level} {entry.logger}: {entry.text}"
        if entry.logger == "odoo.tests.result" and (
            match := _RESULT.search(entry.text)
        ):
            tests = int(match["tests"])
            failed = int(match["failed"]) + int(match["errors"])
        elif any(pattern.search(line) for pattern in allowed):
            continue
        elif entry.level == "INFO" and entry.text.startswith("skipped "):
            skipped.append(entry.text[8:].split("\n")[0])
        elif entry.level == "ERROR" and entry.text.startswith(("FAIL: ", "ERROR: ")):
            continue  # a failed test: counted in the result line
        elif entry.level in BAD or "DeprecationWarning" in entry.text:
            noise.append(entry)
    return Verdict(tests, failed, tuple(skipped), tuple(noise))
