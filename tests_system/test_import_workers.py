"""One import and its undo between workers: at the same time, and dying in the middle."""

from __future__ import annotations

import os
import random

from tools.dev import odoo_run

from . import worker
from .test_kill import IMPORT, KILLS, SEED, _customers, _todo

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
    worker.script(database, NOTHING_ELSE)
    worker.script(database, IMPORT % {"rows": ROWS})
    with worker.tried(database):
        one, _shares = _worked([worker.script(database, COUNTED)])
        assert _customers(database) == (ROWS, ROWS, ROWS)
    # when two take it up at the same moment
    both, shares = _worked(worker.together(database, COUNTED, COUNTED))
    # then nothing is lost or doubled, and both have worked
    assert _customers(database) == (ROWS, ROWS, ROWS)
    assert sum(shares) == ROWS, shares
    assert min(shares) > 0, shares
    print(
        f"\n{ROWS} rows: one worker {one:.1f} s, two {both:.1f} s: x {one / both:.2f}"
    )


def _worked(printed: list[str]) -> tuple[float, list[int]]:
    """Seconds from the first row to the last, and each worker's rows; not Odoo's start."""
    found = [text.rpartition("WORKED ")[2].split()[:3] for text in printed]
    begun, ended = (min(float(f[1]) for f in found), max(float(f[2]) for f in found))
    return ended - begun, [int(share) for share, _begun, _ended in found]


#: what waits for a worker from the start would be timed with the import
NOTHING_ELSE = """
for name in env["ar.run.mixin"]._run_models():
    env[name].search([("run_state", "=", "running")]).action_cancel_run()
env.cr.commit()
"""
#: works off what there is; says how many rows were its own, from when to when
COUNTED = """
import time
batches = type(env["customer.import.batch"])
process, own = batches._process_items, [0]
def counted(self, items):
    process(self, items)
    own[0] += len(items)
batches._process_items = counted
begun = time.time()
env["ar.run.mixin"]._cron_process_runs()
print("WORKED", own[0], begun, time.time())
"""


def test_undo_survives_kills(database):
    # given an import that is done, and its undo waiting for a worker
    worker.script(database, IMPORT % {"rows": ROWS})
    worker.script(database, worker.WORK)
    assert _customers(database) == (ROWS, ROWS, ROWS)
    worker.script(database, UNDO)
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database)
        assert _customers(database) == (0, 0, 0)
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(SEED), 0
    while died < KILLS and _left(database):
        died += worker.killed_at(database, dice.randint(whole // 20, whole // 2))
    worker.script(database, worker.WORK)
    # then every customer is gone once, and each item knows what became of it
    assert died
    assert _customers(database) == (0, 0, 0)
    assert not _todo(database)
    assert odoo_run.sql(
        database,
        "SELECT run_state, outcome, count(*) FROM customer_import_undo_item GROUP BY 1, 2",
    ) == [f"done\tremoved\t{ROWS}"]


def _left(database: str) -> bool:
    return bool(
        odoo_run.sql(
            database,
            "SELECT 1 FROM customer_import_undo_item WHERE run_state = 'todo' LIMIT 1",
        )
    )


TWIN = IMPORT.replace("clerk-kill", "clerk-twin").replace("kill.csv", "twin.csv")


def test_two_files_with_the_same_customers_at_once(database):
    """Codes are created once; the later file's rows say that the customer is there."""
    worker.script(database, IMPORT % {"rows": ROWS})
    other = TWIN.replace("Kill Test {n} Ltd", "Kill Twin {n} Ltd") % {"rows": ROWS}
    worker.script(database, other)
    worker.together(database, worker.WORK, worker.WORK)
    customers, different, _contacts = _customers(database)
    assert (customers, different) == (ROWS, ROWS)
    assert not _todo(database)
