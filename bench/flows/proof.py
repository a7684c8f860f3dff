"""The books proven whole, and the receivables as they were known at another moment."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from ..inside import Bench
from . import flow

PROOF_TARGET = 60.0  # seconds
KNOWN_TARGET = 2.0


@flow
def proof(bench: Bench) -> None:
    """Every invariant of ``customer.ar.check`` on all journal items of the company."""
    checks = bench.env["customer.ar.check"]
    before = bench.env.cr.sql_log_count
    seconds = bench.time(
        lambda: checks._prove(bench.company, bench.today), 1, warm=False, undo=True
    )
    statements = bench.env.cr.sql_log_count - before
    bench.report(seconds, "target", PROOF_TARGET, sql_statements=statements)
    check = checks._prove(bench.company, bench.today)
    for result in check.result_ids:
        # beside the whole proof: what each invariant takes of it
        bench.report(result.seconds, "proof", seconds, part=result.code)


@flow
def known_on(bench: Bench) -> None:
    """Open items of every customer, as known now and as known before the recording began."""
    ledger = bench.env["ar.ledger"]
    now = bench.env.cr.now()
    past = datetime.combine(bench.today - timedelta(days=90), time(12))
    scope = {"company_ids": bench.company.ids}
    plain = bench.time(lambda: ledger._open_items(bench.today, **scope))
    for part, moment in (("exact", now), ("approximate", past)):
        before = bench.env.cr.sql_log_count
        ours = bench.time(
            lambda moment=moment: ledger._open_items(
                bench.today, known_on=moment, **scope
            ),
            1,
        )
        statements = (bench.env.cr.sql_log_count - before) // 2
        bench.report(ours, "not_asked", plain, part=part, sql_statements=statements)
        bench.report(ours, "target", KNOWN_TARGET, part=part)
