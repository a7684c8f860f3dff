"""Duplicates: how well they are found on labelled sets, and how fast among the volume's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.dev.suites import SHARED_DATA

from ..inside import Bench
from ..labelled import measure
from . import flow

#: seconds a form may wait for the answer, and a search of all customers may take in all
LOOKUP_TARGET, SEARCH_TARGET = 0.1, 600.0
ROWS = 2_000


@flow
def duplicates(bench: Bench) -> None:
    """Precision, recall and F1 of every labelled set; one lookup; a file; everybody."""
    for result in measure(Path(SHARED_DATA), "odoo.addons.customer_ar_suite"):
        for name in ("precision", "recall", "f1"):
            dataset = f"{result.name} ({result.fed})"
            value, anchor = getattr(result, name), result.anchors.get(name)
            bench.accuracy(dataset, name, value, anchor)
    _time(bench)


def _time(bench: Bench) -> None:
    index = bench.env["customer.duplicate.index"]
    made = bench.time(index._refresh_stale, 1, warm=False)
    count = index.sudo().search_count([])
    bench.report(made, "target", SEARCH_TARGET, part="keys of all", customers=count)
    finder = bench.env["customer.duplicate.finder"]
    one = bench.time(lambda: finder._find([_typed(finder, 1)]), 20)
    bench.report(one, "target", LOOKUP_TARGET, part="one lookup", customers=count)
    rows = [_typed(finder, n) for n in range(1, ROWS + 1)]
    many = bench.time(lambda: finder._find(rows), 1)
    bench.report(many, "target", SEARCH_TARGET, part="rows of a file", rows=ROWS)
    inside = bench.time(lambda: _inside(finder, rows), 1)
    bench.report(inside, "target", SEARCH_TARGET, part="inside a file", rows=ROWS)
    search = bench.time(lambda: _search(bench), 1, warm=False, undo=True)
    bench.report(search, "target", SEARCH_TARGET, part="everybody", customers=count)


def _typed(finder: Any, number: int) -> Any:
    """A customer nearly like one of the volume's, as a clerk types him."""
    return finder._customer(
        number,
        {
            "name": f"Harbour Textile {number} Limited",
            "email": f"AP{number}@Example.com",
            "vat": f"GB{100000000 + number}",
            "city": "Delft",
        },
    )


def _inside(finder: Any, rows: list[Any]) -> int:
    return sum(1 for _pair in finder._find_inside(rows))


def _search(bench: Bench) -> None:
    run = (
        bench.env["customer.duplicate.run"]
        .sudo()
        .create({"company_id": bench.company.id})
    )
    run._slice()
    run._set_run_state("running")
    while run._work_off_chunk() is not None:
        pass
    found = run.run_state, run.pair_count, run.error_count
    if found[0] != "done" or found[2]:
        raise AssertionError(f"search ended as {found}")
