"""Who is asked about a mutant: tests that pass else and get there, quick ones first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.dev import mutant_trial
from tools.dev.base import DevError
from tools.dev.mutant_trial import Mutant

if TYPE_CHECKING:
    from tools.dev.mutant_fork import Report, Task

ENTRY = "suite/models/thing.py:7"
MUTANT = Mutant("thing.py:9", "ar.thing", "suite/models/thing.py", 9, "Thing.go", ENTRY)
#: on the code as it is: seconds of each test, and whether it enters the method
CLASSES = {
    "TestSlow": {"TestSlow.test_a": (9.0, True), "TestSlow.test_b": (1.0, True)},
    "TestQuick": {"TestQuick.test_a": (0.5, True), "TestQuick.test_b": (0.1, False)},
    "TestOther": {"TestOther.test_a": (0.1, False)},
}


class Runs:
    """Stands for the processes: notes what they are asked, fails what is to fail."""

    def __init__(self) -> None:
        self.looked_at: list[str] = []
        self.asked: list[list[str]] = []
        self.failing: set[str] = set()
        self.endless = False

    def __call__(self, task: Task, database: str) -> Report | None:
        if task["watched"]:
            (name,) = task["tests"]
            self.looked_at.append(name)
            passed: Any = {
                test: {"seconds": seconds, "touched": [ENTRY] if enters else []}
                for test, (seconds, enters) in CLASSES.get(name, {}).items()
            }
            return {"passed": passed, "failed": []}
        self.asked.append(task["tests"])
        if self.endless:
            return None
        return {"passed": {}, "failed": sorted(self.failing & set(task["tests"]))}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
    """No Odoo: three classes, of which two are of the model."""
    found = Runs()
    monkeypatch.setattr(mutant_trial, "_run", found)
    monkeypatch.setattr(mutant_trial, "subdir", lambda *names: tmp_path)
    monkeypatch.setattr(
        mutant_trial, "_stages", lambda mutant: [["TestSlow", "TestQuick"], CLASSES]
    )
    return found


def tried(mutant: Mutant = MUTANT) -> str:
    """What is reported of a mutant."""
    reported: list[str] = []
    trial = mutant_trial._Trial(
        [ENTRY], lambda _mutant, result: reported.append(result)
    )
    trial.take(mutant, "database")
    return reported[0] if reported else ""


def test_tests_that_enter_the_method_are_asked_quick_ones_first(runs: Runs) -> None:
    runs.failing = {"TestSlow.test_a"}
    assert tried() == "killed"
    assert runs.asked == [["TestQuick.test_a", "TestSlow.test_b", "TestSlow.test_a"]]


def test_who_was_asked_is_not_asked_again(runs: Runs) -> None:
    assert tried() == "survived"
    assert len(runs.asked) == 1
    assert runs.looked_at == ["TestSlow", "TestQuick", "TestOther"]


def test_classes_are_looked_at_once(runs: Runs) -> None:
    assert [tried(), tried()] == ["survived", "survived"]
    assert len(runs.looked_at) == 3


def test_nobody_gets_there(runs: Runs) -> None:
    assert tried(MUTANT._replace(entry="suite/models/thing.py:50")) == "unreached"
    assert runs.asked == []


def test_constraints_and_proofs_of_identity_are_asked_of_all(runs: Runs) -> None:
    everybody = [
        ["TestQuick.test_b", "TestQuick.test_a", "TestSlow.test_b", "TestSlow.test_a"],
        ["TestOther.test_a"],
    ]
    assert tried(Mutant("x", "ar.thing", statement="DROP TRIGGER x ON y")) == "survived"
    assert runs.asked == everybody
    runs.asked.clear()
    assert tried(MUTANT._replace(decorator="ar_identity_required")) == "survived"
    assert runs.asked == everybody


def test_what_does_not_come_to_an_end_is_noticed(runs: Runs) -> None:
    runs.endless = True
    assert tried() == "killed"


def test_a_mutant_that_cannot_be_tried_stays_untried(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise DevError("nothing loaded has line 9")

    monkeypatch.setattr(mutant_trial, "_notices", refuse)
    assert tried() == ""
