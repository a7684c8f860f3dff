"""What a check is: it looks at all rows and says what it found about which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ..registry import Registry
from .rows import CustomerRow, Finding, Settings


class Check(Protocol):
    """A check of a customer file."""

    code: str
    label: str

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings
    ) -> Iterator[tuple[int, Finding]]:
        """Pairs (position in ``rows``, finding)."""
        ...


CHECKS: Registry[Check] = Registry("check of a customer file")


def run_checks(
    rows: Sequence[CustomerRow],
    settings: Settings,
    checks: Iterable[Check] | None = None,
) -> list[CustomerRow]:
    """The rows with the findings of all checks added."""
    found: dict[int, list[Finding]] = {}
    for check in CHECKS if checks is None else checks:
        for position, finding in check.check(rows, settings):
            found.setdefault(position, []).append(finding)
    return [
        row.with_findings(found[i]) if i in found else row for i, row in enumerate(rows)
    ]
