"""One import and its undo between workers: at the same time, and dying in the middle."""

from __future__ import annotations

import os
import time

from tools.dev import odoo_run

from . import worker
from .test_kill import IMPORT, _customers

ROWS = int(os.environ.get("AR_ROWS", "600"))
UNDO = """
batch = env["customer.import.batch"].search([("filename", "=", "kill.csv")])
undo = env(user=batch.create_uid)["customer.import.undo"]._begin(
    batch.with_user(batch.create_uid), "wrong file")
assert undo.run_state == "running", undo.run_state
env.cr.commit()
"""


def test_two_workers_share_one_import(database):
    """Every row exactly once, each worker does its part; the time of both is printed."""
    worker.script(database, IMPORT % {"rows": ROWS})
    alone = f"{database}_alone"
    odoo_run.copy_database(database, alone)
    started = time.monotonic()
    worker.script(alone, worker.WORK)
    one = time.monotonic() - started
    assert _customers(alone) == (ROWS, ROWS, ROWS)
    odoo_run.drop_database(alone)
    # when two take it up at the same moment
    started = time.monotonic()
    printed = worker.together(database, COUNTED, COUNTED)
    both = time.monotonic() - started
    # then nothing is lost or doubled, and both have worked
    assert _customers(database) == (ROWS, ROWS, ROWS)
    shares = [int(text.rpartition("SHARE ")[2].split()[0]) for text in printed]
    assert sum(shares) == ROWS, shares
    assert min(shares) > 0, shares
    print(f"\n{ROWS} rows: one worker {one:.1f} s, two {both:.1f} s, shares {shares}")


#: works off what there is and says how many rows were its own
COUNTED = """
batches = type(env["customer.import.batch"])
process, own = batches._process_items, [0]
def counted(self, items):
    process(self, items)
    own[0] += len(items)
batches._process_items = counted
env["ar.run.mixin"]._cron_process_runs()
print("SHARE", own[0])
"""
