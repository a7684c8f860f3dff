"""What a flow gets inside Odoo: timing, the volume's customers, a place for its results."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import generate


class Bench:
    """One run of one flow on one database.

    Everything a flow compares is timed here, in one process on one database, one after the
    other; the figure is the median of the repetitions, the first of which warms up.
    """

    #: seconds of OCA's addons by flow, on a database without the suite
    alone: Mapping[str, float] = MappingProxyType({})

    def __init__(self, env: Any, flow: str, peers: bool, results: Path) -> None:
        self.env = env
        self.flow = flow
        self.peers = peers
        self.results = results
        self.size = generate.sizes(env)
        self.today = generate.TODAY
        self.company = env["res.company"].browse(1)

    def time(
        self,
        work: Callable[[], Any],
        repeat: int = 3,
        warm: bool = True,
        undo: bool = False,
    ) -> float:
        """Return the median seconds of ``work``, each time with an empty ORM cache.

        :param undo: take back in the database what ``work`` did, outside the time
        """
        times = []
        for _round in range(repeat + warm):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.cr.execute("SAVEPOINT bench")
            started = time.perf_counter()
            work()
            self.env.flush_all()
            times.append(time.perf_counter() - started)
            if undo:
                self.env.clear()
                self.env.cr.execute("ROLLBACK TO SAVEPOINT bench")
            self.env.cr.execute("RELEASE SAVEPOINT bench")
        return statistics.median(times[warm:])

    def processor(self) -> float | None:
        """Processor seconds used so far, here and in our process of the database server.

        Where the machine is busy with other things, they still say what a flow costs. None
        if the server is elsewhere.
        """
        self.env.cr.execute("SELECT pg_backend_pid()")
        path = Path("/proc", str(self.env.cr.fetchone()[0]), "stat")
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        ticks = int(words[11]) + int(words[12])
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")

    def sql(self, statement: str, **parameters: Any) -> float:
        """Return the median seconds of a floor statement, its rows fetched."""

        def fetch() -> None:
            self.env.cr.execute(statement, parameters)
            self.env.cr.fetchall()

        return self.time(fetch)

    def report(
        self, ours: float, baseline: str, baseline_s: float, **size: Any
    ) -> None:
        """Write one measurement: ``ratio`` says how many times longer the baseline takes."""
        self._write(
            flow=self.flow,
            size={**self.size, **size},
            ours_s=round(ours, 4),
            baseline=baseline,
            baseline_s=round(baseline_s, 4),
            ratio=round(baseline_s / ours, 2) if ours else None,
        )

    def note(self, seconds: float) -> None:
        """Write what a peer took alone, for :attr:`alone`."""
        self._write(flow=self.flow, seconds=seconds)

    def accuracy(self, dataset: str, metric: str, value: Any, anchor: Any) -> None:
        """Write one figure of quality."""
        self._write(
            flow=self.flow, dataset=dataset, metric=metric, value=value, anchor=anchor
        )

    def _write(self, **measurement: Any) -> None:
        with self.results.open("a", encoding="utf-8") as out:
            out.write(json.dumps(measurement, ensure_ascii=False) + "\n")

    # -- the volume -------------------------------------------------------------------------

    def complete_customers(self) -> None:
        """Fill in what the ORM computes of customers and the volume's SQL has left out."""
        self.env.cr.execute(
            "UPDATE res_partner SET partner_share = TRUE WHERE partner_share IS NULL"
        )
        self.env.invalidate_all()

    def customers(self, limit: int | None = None) -> list[int]:
        """Return customers of the volume with open items in the first company, by id."""
        self.env.cr.execute(
            """SELECT DISTINCT p.commercial_partner_id
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE a.account_type = 'asset_receivable' AND l.company_id = %s
                  AND NOT l.reconciled AND l.parent_state = 'posted'
                ORDER BY 1 LIMIT %s""",
            (self.company.id, limit),
        )
        return [row[0] for row in self.env.cr.fetchall()]
