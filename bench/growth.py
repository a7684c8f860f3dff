"""How the time of a flow grows with the volume: a tenth of the customers against all."""

from __future__ import annotations

import json
from collections.abc import Callable

#: flows that look at everything, and one that looks at the same number of customers
FLOWS = (
    "aging_today",
    "aging_past",
    "aging_list",
    "known_on",
    "proof",
    "statement_activity",
)
TIMES = 10


def figures(
    measure: Callable[[str, int, bool], list[str]], customers: int
) -> list[str]:
    """One JSON line per flow and part: the ratio of its times, beside that of the volumes."""
    lines = []
    for flow in FLOWS:
        small, large = (
            _times(measure(flow, size, False))
            for size in (customers // TIMES, customers)
        )
        lines += [
            json.dumps(_growth(flow, part, small[part], large[part]))
            for part in small
            if part in large
        ]
    return lines


def _times(lines: list[str]) -> dict[str, dict]:
    """{part of the flow: its measurement}; the baselines make no difference."""
    found = (json.loads(line) for line in lines)
    return {str(row["size"].get("part", "")): row for row in found}


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
