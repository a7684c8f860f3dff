"""What the audit trail costs: the same work with and without it, in one run; checking."""

from __future__ import annotations

import os
import statistics
import time

from ..inside import Bench
from . import flow

ROWS = 10_000
KEY = "bench:the key of the server in the benchmarks"


@flow
def audit_overhead(bench: Bench) -> None:
    """Create 10,000 customers: without policies and with all shipped ones, by turns."""
    policies = bench.env["customer.audit.policy"]
    bench.env.cr.execute("SAVEPOINT audit")
    times: dict[bool, list[float]] = {False: [], True: []}
    costs: dict[bool, list[float]] = {False: [], True: []}
    shipped = policies.browse(policies._shipped())
    for turn in range(6):
        for is_on in (True, False) if turn % 2 else (False, True):
            shipped.write({"active": is_on})
            before = bench.processor()
            seconds = bench.time(lambda: _create(bench), 1, warm=False, undo=True)
            after = bench.processor()
            if turn:  # the first one warms up
                times[is_on].append(seconds)
                known = before is not None and after is not None
                costs[is_on].append(after - before if known else seconds)  # type: ignore[operator]
    ours, plain = (statistics.median(times[is_on]) for is_on in (True, False))
    bench.report(ours, "without audit", plain, rows=ROWS)
    ours, plain = (statistics.median(costs[is_on]) for is_on in (True, False))
    bench.accuracy(
        f"{ROWS} customers",
        "audit overhead % (processor)",
        round(100 * (ours / plain - 1), 1),
        "<= 5",
    )
    bench.env.clear()
    bench.env.cr.execute("ROLLBACK TO SAVEPOINT audit")


@flow
def audit_verify(bench: Bench) -> None:
    """Seal and check a log of 50,000 entries; entries per second."""
    os.environ["CUSTOMER_AR_AUDIT_KEY"] = KEY
    seals = bench.env["customer.audit.seal"]
    log = bench.env["customer.audit.entry"]
    partners = bench.env["res.partner"].search([], limit=ROWS)
    for _turn in range(5 * ROWS // len(partners)):
        log._ar_log(
            "record.write", partners, {"email": ["old@example.com", "new@example.com"]}
        )
    started = time.perf_counter()
    count = seals._seal_all()
    sealed = time.perf_counter() - started
    lines = list(seals._export_lines())
    bench.accuracy("log", "sealed entries/s", round(count / sealed), None)
    speeds = [_check(bench, lines) for _round in range(3)]
    bench.accuracy(
        "log", "checked entries/s (processor)", round(max(speeds)), ">= 50000"
    )


def _create(bench: Bench) -> None:
    bench.env["res.partner"].create(
        [
            {
                "name": f"Audit Customer {n} Ltd",
                "ref": f"AUDIT-{n}",
                "is_company": True,
                "email": f"audit{n}@example.com",
                "street": f"{n} Main Street",
                "city": "Springfield",
            }
            for n in range(ROWS)
        ]
    )


def _check(bench: Bench, lines: list[str]) -> float:
    from odoo.addons.customer_ar_suite.engine.audit import Checker

    keys = {key.id: key for key in bench.env["customer.audit.seal"]._keys()}
    checker = Checker(keys)
    started = time.process_time()  # works alone, whatever else the machine does
    for line in lines:
        checker.feed(line)
    assert not checker.finish()
    return checker.entry_count / (time.process_time() - started)
