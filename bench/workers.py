"""One import worked off by one worker and by two, processes of their own."""

from __future__ import annotations

import json
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor

from tools.dev import odoo_run
from tools.dev.base import ROOT

from . import database

#: customers of the volume for each row; fewer rows than these are no work for two
SHARE, FEWEST = 2, 2_000

PREPARE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from bench.flows import customer_import
from bench.inside import Bench
user = env(user=2, context=dict(env.context, allowed_company_ids=[1]))
bench = Bench(user, "import_workers", False, Path({folder!r}, "none"))
customer_import._prepare(bench)
batch = customer_import._checked(bench, customer_import._rows({rows}, "WORKERS"))
batch.totals_confirmed = True
batch.action_apply()
assert batch.run_state == "running", batch.run_state
env.cr.commit()
"""

#: says for how long it worked, from the moment at which all are there
WORK = """
import time
from pathlib import Path
env["ar.run.mixin"]._run_models()
Path({folder!r}, {me!r}).touch()
while len(list(Path({folder!r}).iterdir())) < {workers}:
    time.sleep(0.002)
started = time.perf_counter()
env["ar.run.mixin"]._cron_process_runs()
print("WORKED", time.perf_counter() - started)
"""


def figures(customers: int) -> list[str]:
    """The measurement: seconds of two workers, beside those of one."""
    name, rows = database.with_suite(customers), max(FEWEST, customers // SHARE)
    prepared = f"{name}_workers"
    odoo_run.copy_database(name, prepared)
    with tempfile.TemporaryDirectory() as folder:
        script = PREPARE.format(root=str(ROOT), folder=folder, rows=rows)
        odoo_run.shell(prepared, script)
    one, two = (_seconds(prepared, rows, workers) for workers in (1, 2))
    odoo_run.drop_database(prepared)
    return [
        json.dumps(
            {
                "flow": "import_workers",
                "size": {"customers": customers, "rows": rows},
                "ours_s": round(two, 2),
                "baseline": "one worker",
                "baseline_s": round(one, 2),
                "ratio": round(one / two, 2),
            }
        )
    ]


def _seconds(prepared: str, rows: int, workers: int) -> float:
    """Return how long so many workers take together, each row done once."""
    name = f"{prepared}_{workers}"
    odoo_run.copy_database(prepared, name)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        scripts = [
            WORK.format(folder=folder, me=str(me), workers=workers)
            for me in range(workers)
        ]
        printed = list(pool.map(lambda text: odoo_run.shell(name, text), scripts))
    made = odoo_run.sql(
        name, "SELECT count(*) FROM res_partner WHERE ref LIKE 'WORKERS-%'"
    )
    odoo_run.drop_database(name)
    if made != [str(rows)]:
        raise AssertionError(f"{workers} workers made {made} of {rows} customers")
    return max(float(re.findall(r"WORKED (\S+)", text)[-1]) for text in printed)
