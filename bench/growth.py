"""The ledger's flows at a tenth of the customers and at all of them, in one run."""

from __future__ import annotations

import json
from collections.abc import Callable

#: flows that look at everything, and some that look at the same number of customers
FLOWS = (
    "aging_today",
    "aging_past",
    "aging_list",
    "exposure",
    "known_on",
    "proof",
    "statement_activity",
    "statement_open_item",
    "statement_pdf",
)
TIMES = 10


def figures(
    measure: Callable[[str, int, bool], list[str]], customers: int, with_peers: bool
) -> list[str]:
    """The measurements of both sizes, then how the times have grown with the volume.

    One JSON line each; the last ones per flow and part: the ratio of its times, beside that
    of the volumes.
    """
    small, large = (
        measure(",".join(FLOWS), size, with_peers)
        for size in (customers // TIMES, customers)
    )
    before, after = _times(small), _times(large)
    grown = [
        json.dumps(_growth(*key, before[key], after[key]))
        for key in before
        if key in after
    ]
    return [*small, *large, *grown]


def _times(lines: list[str]) -> dict[tuple[str, str], dict]:
    """{(flow, part of it): its measurement}; the baselines make no difference."""
    found = (json.loads(line) for line in lines)
    return {(row["flow"], str(row["size"].get("part", ""))): row for row in found}


def _growth(flow: str, part: str, small: dict, large: dict) -> dict:
    items = [row["size"]["journal_items"] for row in (small, large)]
    return {
        "flow": flow,
        "dataset": part or "whole",
        "metric": "times the time at a tenth",
        "value": round(large["ours_s"] / max(small["ours_s"], 0.0001), 1),
        "anchor": f"{items[1] / items[0]:.1f} times the journal items",
        "small_s": small["ours_s"],
        "large_s": large["ours_s"],
    }
