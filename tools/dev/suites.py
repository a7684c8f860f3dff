"""Tests without Odoo: the engine, the tools, the shared data."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from . import log_gate, pyenv, shards
from .base import ROOT, SUITE, plain_environment, say
from .outcome import Outcome

ENGINE = f"{SUITE}/tests/engine"
SHARED_DATA = ROOT.parent / "shared" / "data"
SYSTEM = "tests_system"
DATA_TESTS = ROOT / "tests_data"
NOT_LONG = ("-k", "not only_long")


def engine(words: Sequence[str] = ()) -> Outcome:
    """Run the engine's tests and its doctests, all of them on all cores."""
    say("testing the engine")
    doctests = ["--doctest-modules", f"{SUITE}/engine"]
    return pytest([ENGINE, *doctests, *(words or [*NOT_LONG, "-n", "auto"])])


def tools() -> Outcome:
    """Run the tests of ./dev itself."""
    say("testing the tools")
    return pytest(["tools/dev/tests"])


def data() -> Outcome:
    """Run the engine's tests on the shared data."""
    there = any(DATA_TESTS.glob("test_*.py"))
    return pytest([str(DATA_TESTS)]) if there else Outcome(0, 0)


def system(words: Sequence[str] = (), extra: dict[str, str] | None = None) -> Outcome:
    """Run the tests that start and kill whole Odoo processes, or the files named."""
    say("testing what kills and restarts")
    return pytest(words or [SYSTEM], extra)


def system_groups(count: int) -> list[list[str]]:
    """Return so many groups of their files, about equally long."""
    files = [f"{SYSTEM}/{path.name}" for path in (ROOT / SYSTEM).glob("test_*.py")]
    return shards.balanced(files, shards.remembered(), count)


def has_data() -> bool:
    """Tell whether the shared data and tests for it are there."""
    tests = any(DATA_TESTS.glob("test_*.py")) or odoo_tests_of_data()
    return SHARED_DATA.is_dir() and tests


def odoo_tests_of_data() -> bool:
    """Tell whether the suite has tests in Odoo that read the shared data."""
    files = (ROOT / SUITE / "tests").rglob("test_*.py")
    return any("ar_shared_data" in path.read_text() for path in files)


def golden() -> int:
    """Write the golden files anew and show what changed."""
    subprocess.run(
        [pyenv.python(), "-m", "pytest", ENGINE, *NOT_LONG],
        cwd=ROOT,
        env={**environment(), "AR_GOLDEN": "write"},
        check=False,
    )
    return subprocess.call(["git", "--no-pager", "diff", "--stat"], cwd=ROOT)


def environment() -> dict[str, str]:
    """Return the environment of tests without Odoo."""
    return {
        **os.environ,
        **plain_environment(),
        "AR_SHARED_DATA": str(SHARED_DATA),
    }


def pytest(words: Sequence[str], extra: dict[str, str] | None = None) -> Outcome:
    """Run pytest; a skipped test that is not allowed counts as failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        line = [pyenv.python(), "-m", "pytest", *words, f"--junitxml={report}"]
        env = {**environment(), **(extra or {})}
        command = [str(word) for word in line]
        code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        if not report.exists():
            return Outcome(0, 1)
        outcome = _counted(report)
    if code not in (0, 5) and not outcome.failed:
        return Outcome(outcome.passed, 1)
    return outcome


def _counted(report: Path) -> Outcome:
    allowed = log_gate.allowed_patterns()
    passed = failed = 0
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        file = f"{(case.get('classname') or '').replace('.', '/')}.py"
        seconds[file] += float(case.get("time") or 0)
        name = f"{case.get('classname')}.{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skip is None:
            passed += 1
        else:
            text = f"INFO pytest: skipped {name} : {skip.get('message')}"
            if not any(pattern.search(text) for pattern in allowed):
                say(f"not good: {text}")
                failed += 1
    shards.keep({k: v for k, v in seconds.items() if k.startswith(f"{SYSTEM}/")})
    return Outcome(passed, failed)
