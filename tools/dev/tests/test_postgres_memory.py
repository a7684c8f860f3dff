"""Databases that pass lie in memory only where there is enough of it."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.dev import odoo_run, postgres, postgres_memory

GIGABYTE = 2**30


@pytest.fixture(autouse=True)
def provided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[object]:
    """A server of ours, which has the place already; 8 GB are free."""
    servers: list[object] = []
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr(postgres, "Cluster", object)
    monkeypatch.setattr(postgres_memory, "provide", servers.append)
    monkeypatch.setattr(postgres_memory, "SHARED_MEMORY", tmp_path)
    postgres._with_memory.cache_clear()
    free(monkeypatch, 8, 8)
    return servers


def free(monkeypatch: pytest.MonkeyPatch, shared: int, memory: int) -> None:
    usage = SimpleNamespace(total=16 * GIGABYTE, free=shared * GIGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr(postgres_memory, "_memory", lambda: memory * GIGABYTE)


def test_what_passes_is_in_memory_what_stays_on_disk(provided: list[object]) -> None:
    assert postgres.place(passing=True) == "TABLESPACE ar_memory"
    assert postgres.place(passing=False) == "TABLESPACE pg_default"
    assert len(provided) == 1


@pytest.mark.parametrize(("shared", "memory"), [(1, 8), (8, 1)])
def test_too_little_memory(
    monkeypatch: pytest.MonkeyPatch, shared: int, memory: int
) -> None:
    free(monkeypatch, shared, memory)
    assert postgres.place(passing=True) == "TABLESPACE pg_default"


def test_no_folder_in_memory(
    monkeypatch: pytest.MonkeyPatch, provided: list[object], tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres_memory, "SHARED_MEMORY", tmp_path / "none")
    assert postgres.place(passing=True) == ""
    assert not provided


def test_the_server_of_somebody_else_decides_itself(
    monkeypatch: pytest.MonkeyPatch, provided: list[object]
) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    assert postgres.place(passing=True) == ""
    assert not provided


def test_the_memory_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
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
