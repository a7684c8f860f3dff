"""The flows that can be timed: name → function that takes a ``Bench`` and reports."""

from __future__ import annotations

from collections.abc import Callable

from ..inside import Bench

FLOWS: dict[str, Callable[[Bench], None]] = {}


def flow(run: Callable[[Bench], None]) -> Callable[[Bench], None]:
    """Make a function known as a flow under its own name."""
    FLOWS[run.__name__] = run
    return run


# each registers its flows
from . import (  # noqa: E402
    aging,
    audit,
    classification,
    customer_import,
    data_audit,
    duplicates,
    exposure,
    grants,
    guards,
    matching,
    merge,
    opening_items,
    prediction,
    proof,
    rating,
    statements,
    vault,
)
