"""The server dies and its memory is emptied: it comes up again with what lay on the disk."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tools.dev import postgres, postgres_memory
from tools.dev.base import run


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of its own, with a database on the disk and one in memory."""
    monkeypatch.setenv("CUSTOMER_AR_CACHE", str(tmp_path))
    monkeypatch.delenv("PGHOST", raising=False)
    cluster = postgres.Cluster()
    cluster.start()
    try:
        postgres_memory.provide(cluster)
        for name, place in (("stays", "pg_default"), ("passes", "ar_memory")):
            _ask(cluster, "postgres", f"CREATE DATABASE {name} TABLESPACE {place}")
            _write(cluster, name)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(postgres_memory._folder(cluster), ignore_errors=True)
        shutil.rmtree(cluster.home.parent, ignore_errors=True)


def test_emptied_memory_after_a_crash(server):
    # given changes since the last checkpoint, which recovery goes through again
    _kill(server)
    shutil.rmtree(postgres_memory._folder(server))
    # when it is started as ever
    server.start()
    # then what was on the disk is there, what was in memory is forgotten
    assert _names(server) == ["stays"]
    assert _ask(server, "stays", "SELECT sum(x) FROM figures") == ["5000050000"]
    # and there is a place in memory again
    postgres_memory.provide(server)
    _ask(server, "postgres", "CREATE DATABASE next TABLESPACE ar_memory")
    _write(server, "next")


def test_a_crash_alone_loses_nothing(server):
    _kill(server)
    server.start()
    assert _names(server) == ["passes", "stays"]
    assert _ask(server, "passes", "SELECT sum(x) FROM figures") == ["5000050000"]


def test_memory_emptied_while_it_stood_still(server):
    server.stop()
    shutil.rmtree(postgres_memory._folder(server))
    server.start()
    assert _names(server) == ["stays"]


def _write(cluster: postgres.Cluster, name: str) -> None:
    _ask(cluster, name, "CREATE TABLE figures AS SELECT generate_series(1, 100000) x")


def _names(cluster: postgres.Cluster) -> list[str]:
    ours = "datname IN ('stays', 'passes')"
    return _ask(
        cluster, "postgres", f"SELECT datname FROM pg_database WHERE {ours} ORDER BY 1"
    )


def _ask(cluster: postgres.Cluster, database: str, statement: str) -> list[str]:
    line = [cluster.bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement]
    env = {**cluster.environment(), "PGOPTIONS": "-c synchronous_commit=on"}
    return run([*line, database], env=env).splitlines()


def _kill(cluster: postgres.Cluster) -> None:
    """End the server as the machine would: its own processes go when they miss it."""
    number = int((cluster.data / "postmaster.pid").read_text().split("\n")[0])
    os.kill(number, signal.SIGKILL)
    while Path("/proc", str(number)).exists():
        time.sleep(0.05)
