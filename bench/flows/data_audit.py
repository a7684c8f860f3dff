"""A data audit of all customers: seconds, and statements per chunk of customers."""

from __future__ import annotations

import time

from ..inside import Bench
from . import flow

#: seconds a customer may take
TARGET = 0.02


@flow
def data_audit(bench: Bench) -> None:
    """Two audits of everybody: the first makes the findings, the second settles them."""
    bench.complete_customers()
    for part in ("first", "second"):
        run = bench.env["customer.quality.run"].sudo().create({})
        run._apply_selection(run._load_customers())
        run._set_run_state("running")
        count = run._count_todo()
        statements = bench.env.cr.sql_log_count
        started = time.perf_counter()
        chunks = 0
        while run._work_off_chunk() is not None:
            bench.env.invalidate_all()
            chunks += 1
        seconds = time.perf_counter() - started
        statements = bench.env.cr.sql_log_count - statements
        if run.run_state != "done" or run.error_count:
            raise AssertionError(f"{run.run_state}, {run.error_count} errors")
        bench.report(seconds, "target", TARGET * count, customers=count, part=part)
        bench.accuracy(
            f"{count} customers, {part}",
            "statements a chunk",
            statements // chunks,
            None,
        )
        bench.accuracy(f"{count} customers, {part}", "findings", run.open_count, None)
