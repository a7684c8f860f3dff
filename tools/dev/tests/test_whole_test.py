"""The plan is whole and in order; the machine is neither over- nor underused."""

import os

import pytest

from tools.dev import shards, whole_test
from tools.dev.base import DevError

LIMITS = {"memory.max": 0.0, "cpu.max": 0.0}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A machine of 16 cores and 32 GB; the test sets limits."""
    limits = dict(LIMITS)
    monkeypatch.delenv("CUSTOMER_AR_JOBS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(16)))
    monkeypatch.setattr(
        os,
        "sysconf",
        lambda name: 4096 if name == "SC_PAGE_SIZE" else 32 * 2**30 // 4096,
    )
    monkeypatch.setattr(whole_test, "_of_container", limits.__getitem__)
    return limits


def test_parts_come_after_what_they_need() -> None:
    seen: set[str] = set()
    for part in whole_test.plan(3):
        assert set(part.needs) <= seen
        assert part.name not in seen
        seen.add(part.name)
    assert {
        "prepare",
        "install",
        "lint",
        "engine",
        "odoo 4 of 4",
        "system 6 of 6",
    } <= seen


def test_longest_first_whatever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"TestModuleRpc": 9000.0, "tests_system/test_kill.py": 8000.0}
    monkeypatch.setattr(shards, "remembered", lambda: found)
    names = [part.name for part in whole_test.plan(2)]
    first = [one for one in names if one.startswith(("odoo", "system"))][:2]
    assert [name.split()[0] for name in first] == ["odoo", "system"]


@pytest.mark.parametrize(
    ("limits", "slots"),
    [
        ({}, 4),
        ({"cpu.max": 2.0}, 3),
        ({"cpu.max": 0.5}, 1),
        ({"memory.max": 4.0 * 2**30}, 2),
        ({"memory.max": 1.0 * 2**30}, 1),
    ],
)
def test_slots(machine: dict[str, float], limits: dict[str, float], slots: int) -> None:
    machine.update(limits)
    assert whole_test.slots_of_machine() == slots


def test_slots_as_wanted(
    machine: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_AR_JOBS", "9")
    assert whole_test.slots_of_machine() == 9
    monkeypatch.setenv("CUSTOMER_AR_JOBS", "many")
    with pytest.raises(DevError, match="CUSTOMER_AR_JOBS=many"):
        whole_test.slots_of_machine()
