"""One import and its undo between workers: at the same time, and dying in the middle."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker
from .test_kill import IMPORT, KILLS, ROWS, STEPS, WORK, _customers, _todo

UNDO = (
    STEPS
    + """
batch = env["customer.import.batch"].search([("filename", "=", "kill.csv")])
undo = env(user=batch.create_uid)["customer.import.undo"]._begin(
    batch.with_user(batch.create_uid), "wrong file")
assert undo.run_state == "running", undo.run_state
env.cr.commit()
"""
)


#: works off what there is, when the other one is there, too; says how many rows were its own
COUNTED = (
    STEPS
    + """
import time
from pathlib import Path
batches = type(env["customer.import.batch"])
process, own = batches._process_items, [0]
def counted(self, items):
    process(self, items)
    own[0] += len(items)
batches._process_items = counted
Path(%(folder)r, "%(me)s").touch()
while not Path(%(folder)r, "%(other)s").exists():
    time.sleep(0.002)
env["ar.run.mixin"]._cron_process_runs()
print("WORKED", own[0])
"""
)


def test_two_workers_share_one_import(database, tmp_path):
    """Every row exactly once, and each worker does its part."""
    worker.script(database, IMPORT % {"rows": ROWS})
    # when two take it up at the same moment
    names = ({"me": "one", "other": "two"}, {"me": "two", "other": "one"})
    scripts = [COUNTED % {"folder": str(tmp_path), **who} for who in names]
    printed = worker.together(database, *scripts)
    # then nothing is lost or doubled, and both have worked
    assert _customers(database) == (ROWS, ROWS, ROWS)
    shares = [int(text.rpartition("WORKED ")[2].split()[0]) for text in printed]
    assert sum(shares) == ROWS, shares
    assert min(shares) > 0, shares


def test_undo_survives_kills(database):
    # given an import that is done, and its undo waiting for a worker
    worker.script(database, IMPORT % {"rows": ROWS})
    worker.script(database, WORK)
    assert _customers(database) == (ROWS, ROWS, ROWS)
    worker.script(database, UNDO)
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database, WORK)
        assert _customers(database) == (0, 0, 0)
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(worker.SEED), 0
    while died < KILLS and _left(database):
        died += worker.killed_at(database, dice.randint(whole // 20, whole // 2), WORK)
    worker.script(database, WORK)
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
    worker.together(database, WORK, WORK)
    customers, different, _contacts = _customers(database)
    assert (customers, different) == (ROWS, ROWS)
    assert not _todo(database)
