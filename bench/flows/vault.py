"""What encryption costs: the same values sealed and plain; a rotation of all of them."""

from __future__ import annotations

import base64
import os
import time
from typing import Any

from ..inside import Bench
from . import flow

VALUES = 10_000
SEALED, PLAIN = "ar_identity_number", "function"


@flow
def vault_throughput(bench: Bench) -> None:
    """Write, read and find 10,000 values, sealed and plain by turns; then rotate them."""
    keys = {name: _key(name, byte) for name, byte in (("first", 1), ("second", 2))}
    before = os.environ.get("CUSTOMER_AR_VAULT_KEYS")  # opens what is sealed already
    _use_keys(keys["first"], before)
    env = bench.env(su=True)
    people = env["res.partner"].search([], limit=VALUES, order="id")
    for name, work in (("write", _write), ("read", _read), ("find", _find)):
        sealed, plain = (_best(bench, work, people, one) for one in (SEALED, PLAIN))
        bench.report(sealed, f"plain:{name}", plain, rows=len(people))
        count = 1 if work is _find else len(people)
        bench.accuracy(
            f"{len(people)} values", f"{name}/s", round(count / sealed), None
        )
    env.flush_all()
    _use_keys(keys["second"], keys["first"], before)
    entries = env["customer.vault.entry"].search([("key_name", "=", "first")])
    started = time.perf_counter()
    for field, rows in entries.grouped("field").items():
        for start in range(0, len(rows), 200):
            chunk = rows[start : start + 200]
            records = env["res.partner"].browse(chunk.mapped("res_id"))
            chunk._rotate_values(records, field)
    env.flush_all()
    seconds = time.perf_counter() - started
    assert not env["customer.vault.entry"].search_count([("key_name", "=", "first")])
    # 100,000 values in ten minutes
    bench.accuracy(
        f"{len(entries)} values", "rotated/s", round(len(entries) / seconds), ">= 167"
    )


def _best(bench: Bench, work: Any, people: Any, name: str) -> float:
    times = [
        bench.time(lambda turn=turn: work(people, name, turn), 1, warm=False)  # type: ignore[misc]
        for turn in range(3)
    ]
    return min(times[1:])  # the first one warms up


def _write(people: Any, name: str, turn: int) -> None:
    for person in people:
        person[name] = f"ID-{person.id}-{name}-{turn}"
    people.env.flush_all()


def _read(people: Any, name: str, turn: int) -> None:
    assert all(people.mapped(name)), turn


def _find(people: Any, name: str, turn: int) -> None:
    wanted = people[turn * 77]
    value = f"ID-{wanted.id}-{name}-2"
    assert wanted in people.search([(name, "=", value)])


def _use_keys(*keys: str | None) -> None:
    os.environ["CUSTOMER_AR_VAULT_KEYS"] = ",".join(filter(None, keys))


def _key(name: str, byte: int) -> str:
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"
