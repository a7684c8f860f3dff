"""Databases that pass lie in memory only where there is enough of it."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.dev import odoo_run, postgres, postgres_memory

GIGABYTE = 2**30


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What a server of ours is told, which has never been asked; 8 GB are free."""
    statements: list[str] = []

    def administer(_cluster: object, statement: str) -> list[str]:
        statements.append(statement)
        return []

    free(monkeypatch, 8, 8)
    cluster = SimpleNamespace(home=tmp_path / "postgres", owner=None)
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr(postgres, "Cluster", lambda: cluster)
    monkeypatch.setattr(postgres_memory, "SHARED_MEMORY", tmp_path)
    monkeypatch.setattr(postgres_memory, "_provided", set())
    monkeypatch.setattr(postgres_memory, "_administer", administer)
    return statements


def free(monkeypatch: pytest.MonkeyPatch, shared: int, memory: int) -> None:
    usage = SimpleNamespace(total=16 * GIGABYTE, free=shared * GIGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr(postgres_memory, "_memory", lambda: memory * GIGABYTE)


def test_what_passes_is_in_memory_what_stays_on_disk(said: list[str]) -> None:
    assert postgres_memory.clause(passing=True) == "TABLESPACE ar_memory"
    assert postgres_memory.clause(passing=False) == "TABLESPACE pg_default"
    assert sum(text.startswith("CREATE TABLESPACE") for text in said) == 1


@pytest.mark.parametrize(("shared", "memory"), [(1, 8), (8, 1)])
def test_too_little_memory(
    said: list[str], monkeypatch: pytest.MonkeyPatch, shared: int, memory: int
) -> None:
    free(monkeypatch, shared, memory)
    assert postgres_memory.clause(passing=True) == "TABLESPACE pg_default"


def test_the_server_of_somebody_else_decides_itself(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    assert postgres_memory.clause(passing=True) == ""
    assert not said


def test_databases_lost_with_the_memory_are_forgotten(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that knows the place, and an empty folder: the machine was off
    answers = {"SELECT 1": ["1"], "SELECT datname": ["ar_lost_t1"]}

    def administer(_cluster: object, statement: str) -> list[str]:
        said.append(statement)
        return next((a for q, a in answers.items() if statement.startswith(q)), [])

    monkeypatch.setattr(postgres_memory, "_administer", administer)
    postgres_memory.clause(passing=True)
    words = [" ".join(text.split()[:2]) for text in said]
    assert words == [
        "SELECT 1",
        "SELECT datname",
        "DROP DATABASE",
        "DROP TABLESPACE",
        "CREATE TABLESPACE",
        "GRANT CREATE",
    ]


def test_the_memory_there_is() -> None:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < postgres_memory._memory() <= total


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("ar_main_1a2b3c_system_t4711", True),
        ("ar_main_1a2b3c_system_t4711_kept", True),
        ("ar_main_1a2b3c_tpl_demo_0123456789", False),
        ("ar_main_1a2b3c_demo", False),
    ],
)
def test_the_name_says_what_passes(name: str, passes: bool) -> None:
    assert bool(odoo_run.PASSING.search(name)) == passes
