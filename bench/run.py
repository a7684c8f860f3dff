"""Time flows of the suite beside plain Odoo, OCA addons and the SQL floor, in one run.

    ./dev bench aging_today                  20,000 customers, 1.1 million journal items
    ./dev bench all --customers 2000 --peers --json
    ./dev bench matching_quality             how often the matcher is right, no database
    ./dev bench growth                       the ledger's flows at a tenth and at the whole
    ./dev bench import_workers               one import, worked off by one and by two

Prints one JSON object per measurement and line, or a table without ``--json``. ``ratio`` is
``baseline_s / ours_s``: how many times longer the other way takes. ``oca`` is the addon on the
database that ours runs on, where our indexes help it; ``oca_alone`` the same on one that has
never had the suite.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench import database, growth, oca, odoo, peers, quality, workers
from tools.dev.base import ROOT, DevError

SCRIPT = """
import sys, traceback
sys.path.insert(0, {root!r})
from pathlib import Path
from bench.flows import FLOWS
from bench.inside import Bench
failed = []
names = sorted(FLOWS) if {flow!r} == "all" else {flow!r}.split(",")
for name in names:
    if name not in FLOWS:
        raise SystemExit("no flow %s; there are: %s" % (name, ", ".join(sorted(FLOWS))))
    # one company, as a user sees it; the sample data give the admin others, too
    user = env(user=2, context=dict(env.context, allowed_company_ids=[1]))
    bench = Bench(user, name, {peers!r}, Path({results!r}))
    bench.alone = {alone!r}
    try:
        FLOWS[name](bench)
    except Exception as error:
        failed.append(name)
        print("".join(traceback.format_exception(error)))
    env.cr.rollback()
    env.clear()
if failed:
    raise SystemExit("failed: " + ", ".join(failed))
"""

ALONE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from bench.inside import Bench
from bench.oca import JOBS
for name in {names!r}:
    user = env(user=2, context=dict(env.context, allowed_company_ids=[1]))
    bench = Bench(user, name, True, Path({results!r}))
    bench.note(JOBS[name](bench))
    env.cr.rollback()
    env.clear()
"""


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("flow", help="name of a flow, or 'all'")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--peers", action="store_true", help="also time the OCA addons")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args()
    try:
        if options.flow == "matching_quality":
            lines = [json.dumps(row) for row in quality.figures()]
        elif options.flow == "growth":
            lines = growth.figures(measure, options.customers, options.peers)
        elif options.flow == "import_workers":
            lines = workers.figures(options.customers)
        else:
            lines = measure(options.flow, options.customers, options.peers)
    except DevError as error:
        print(f"./dev: {error}", file=sys.stderr)
        return 1
    for line in lines:
        print(line if options.json else _row(json.loads(line)))
    return 0 if lines else 1


def measure(flow: str, customers: int, with_peers: bool) -> list[str]:
    """Return the JSON lines of flows, parted by commas, on a database of that size."""
    name = database.with_suite(customers)
    extra: list[str] = []
    alone: dict[str, float] = {}
    if with_peers:
        extra = odoo.with_addons(peers.addons_path())
        alone = _alone(flow, customers, extra)
        name = database.with_peers(name)
    return _lines(name, SCRIPT, extra, flow=flow, peers=with_peers, alone=alone)


def _alone(flow: str, customers: int, extra: list[str]) -> dict[str, float]:
    """Return the seconds of OCA's addons by flow, where the suite is not installed."""
    names = [name for name in oca.JOBS if flow == "all" or name in flow.split(",")]
    if not names:
        return {}
    found = _lines(database.alone(customers), ALONE, extra, names=names)
    return {row["flow"]: row["seconds"] for row in map(json.loads, found)}


def _lines(name: str, script: str, extra: list[str], **values: object) -> list[str]:
    """Return the JSON lines that a script writes on a database."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        script = script.format(root=str(ROOT), results=str(results), **values)
        try:
            odoo.shell(name, script, *extra)
        except DevError as error:
            # what other flows have found stays worth printing
            print(f"./dev: {error}", file=sys.stderr)
        return results.read_text().splitlines() if results.exists() else []


def _row(found: dict) -> str:
    if "metric" in found:
        return "{flow:24} {dataset:24} {metric}: {value} (anchor {anchor})".format(
            **found
        )
    return (
        f"{found['flow']:24} {found['ours_s']:>9.3f} s   {found['baseline']:14}"
        f"{found['baseline_s']:>9.3f} s   x {found['ratio']}"
    )


if __name__ == "__main__":
    sys.exit(main())
