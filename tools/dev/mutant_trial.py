"""Try mutants: each in a process of its own, forked off an Odoo that is loaded once."""

from __future__ import annotations

import json
import os
import re
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from . import nest, odoo_run
from .base import (
    ROOT,
    SUITE,
    DevError,
    code_digest,
    locked,
    say,
    subdir,
    write_atomically,
)

if TYPE_CHECKING:
    from .mutant_fork import Report, Task, Witnessed

WORKERS = 2
#: seconds after which a class of tests is too slow to be asked about one control
SLOW = 120
#: before what mutant_fork.main prints at its end
_REPORT = re.compile(r"^REPORT (.+)$", re.M)
#: tests that look at everything; asked when those of the model have noticed nothing
EVERYTHING = (
    "TestModuleAccess",
    "TestGateRoutes",
    "TestIdentityCoverage",
    "TestIdentity",
)
#: tests too slow or too broad to say anything about one check
_NOT_WITNESSES = re.compile(
    r"test_(tours|demo|gates|rpc|module|architecture|role_matrix)|\w+_tour$"
)
#: methods of so many models that their name tells nothing
_COMMON = ("create", "write", "unlink", "read", "copy")
_FIRST = f"""
import sys
sys.path.append({str(ROOT)!r})
from tools.dev import mutant_fork
mutant_fork.prepare()
"""
_SCRIPT = """
from tools.dev import mutant_fork
mutant_fork.main(env, {task!r})
"""


class Mutant(NamedTuple):
    """One control that is missing."""

    key: str
    model: str  # technical name, whose tests are asked first
    path: str = ""
    line: int = 0
    method: str = ""  # with its class
    entry: str = ""  # where the method begins, as path:line
    decorator: str = ""
    statement: str = ""


def try_all(
    mutants: list[Mutant],
    database: str,
    watched: list[str],
    report: Callable[[Mutant, str], None],
) -> None:
    """Try the mutants, some at a time, each worker on its own copy of the database."""
    classes = dict.fromkeys(
        name for mutant in mutants for name in witnesses(mutant.model)
    )
    trial = _Trial(watched, report)
    waiting: deque[Callable[[str], object]] = deque(
        [
            *(partial(trial.look_at, name) for name in classes),
            *(partial(trial.take, mutant) for mutant in mutants),
        ]
    )

    def work(number: int) -> None:
        name = f"{database}_t{os.getpid()}_{number}"
        with odoo_run.passing_database(database, name), nest.nest(name, _FIRST):
            while waiting:
                try:
                    step = waiting.popleft()
                except IndexError:  # the other worker was quicker
                    return
                step(name)

    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            list(pool.map(work, range(WORKERS)))
        finally:  # whoever ends ./dev waits for what has begun, not for the rest
            waiting.clear()


class _Trial:
    """What the workers share: what is known of the tests on the code as it is."""

    def __init__(
        self, watched: list[str], report: Callable[[Mutant, str], None]
    ) -> None:
        self.watched, self.report = watched, report
        self.folder = subdir("long", "witnesses", code_digest(ROOT / SUITE)[:10])

    def take(self, mutant: Mutant, database: str) -> None:
        """Try one mutant and report."""
        try:
            self.report(mutant, self._result(mutant, database))
        except DevError as error:
            say(f"not tried: {mutant.key}: {error}")

    def _result(self, mutant: Mutant, database: str) -> str:
        asked: set[str] = set()
        reached = False
        for classes in _stages(mutant):
            tests = self._tests(
                mutant, [x for x in classes if x not in asked], database
            )
            asked.update(classes)
            reached = reached or bool(tests)
            if tests and _notices(mutant, tests, database):
                return "killed"
        return "survived" if reached else "unreached"

    def _tests(
        self, mutant: Mutant, classes: Iterable[str], database: str
    ) -> list[str]:
        """Return what passes else and enters the method, quick classes first."""
        found = []
        for name in classes:
            tests = {
                test: known["seconds"]
                for test, known in self.look_at(name, database).items()
                # a test that is asked who it is may not get to what is behind that
                if mutant.statement
                or mutant.decorator == "ar_identity_required"
                or mutant.entry in known["touched"]
            }
            found.append((sum(tests.values()), sorted(tests, key=lambda x: tests[x])))
        return [test for _seconds, tests in sorted(found) for test in tests]

    def look_at(self, name: str, database: str) -> dict[str, Witnessed]:
        """Return the tests of a class that pass, run once for each state of the code."""
        memory = self.folder / f"{name}.json"
        with locked(f"witness-{self.folder.name}-{name}"):
            if not memory.exists():
                task = _task([name], watched=self.watched, patience=SLOW)
                report = _run(task, database)
                passed = report["passed"] if report else {}
                left_out = ", ".join(report["failed"]) if report else "too slow"
                if left_out:
                    say(f"no witness: {name}: {left_out}")
                write_atomically(memory, json.dumps(passed))
        known: dict[str, Witnessed] = json.loads(memory.read_text())
        return known


def _notices(mutant: Mutant, tests: list[str], database: str) -> bool:
    """Run the tests without the control: does one of them fail, or not come to an end?"""
    report = _run(_task(tests, mutant), database)
    return not report or bool(report["failed"])


def _task(
    tests: list[str],
    mutant: Mutant | None = None,
    watched: list[str] | None = None,
    patience: int = 5 * SLOW,
) -> Task:
    mutant = mutant or Mutant("", "")
    return {
        "tests": tests,
        "watched": watched or [],
        "patience": patience,
        "path": mutant.path,
        "line": mutant.line,
        "method": mutant.method,
        "decorator": mutant.decorator,
        "statement": mutant.statement,
    }


def _run(task: Task, database: str) -> Report | None:
    """Return the report of a process, None when it was too slow."""
    code, printed = nest.run(database, _SCRIPT.format(task=task))
    if code == -signal.SIGALRM:
        return None
    found = _REPORT.findall(printed)
    if code or not found:
        raise DevError(f"The tests did not run ({code}):\n{printed[-1500:]}")
    report: Report = json.loads(found[-1])
    return report


# -- who is asked -----------------------------------------------------------------------------


def _stages(mutant: Mutant) -> Iterator[Iterable[str]]:
    yield witnesses(mutant.model)
    yield callers(mutant.method.rpartition(".")[2])
    yield EVERYTHING


def witnesses(model: str) -> list[str]:
    """Classes of the tests that name the model most often, or its kin."""
    kin = ".".join(model.split(".")[:2])
    return _best(lambda text: text.count(f'"{model}"') * 10 + text.count(kin))


def callers(method: str) -> list[str]:
    """Classes of the tests that call the method most often."""
    if not method or method in _COMMON or method.startswith("__"):
        return []
    return _best(lambda text: text.count(f".{method}("))


def _best(count: Callable[[str], int]) -> list[str]:
    counted = [(count(text), text) for text in _texts()]
    best = sorted((one for one in counted if one[0]), key=lambda one: -one[0])[:2]
    return [
        name
        for _n, text in best
        for name in re.findall(r"^class (Test\w+)", text, re.M)
    ]


@cache
def _texts() -> list[str]:
    files = sorted((ROOT / SUITE / "tests").glob("test_*.py"))
    return [path.read_text() for path in files if not _NOT_WITNESSES.match(path.stem)]
