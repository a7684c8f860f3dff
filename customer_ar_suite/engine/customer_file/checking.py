"""What a check is: it looks at all rows and says what it found about which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Protocol

from ..registry import Registry
from .rows import CustomerRow, Finding, Settings

#: digest of a field's comparable value -> number of the first row of the file that has it
Seen = MutableMapping[int, int]


class Check(Protocol):
    """A check of a customer file."""

    code: str
    label: str

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """Pairs (position in ``rows``, finding).

        :param rows: all rows of a file, or a part of them after the parts before it
        :param seen: what the parts before had, for checks that compare rows
        """
        ...


CHECKS: Registry[Check] = Registry("check of a customer file")


def run_checks(
    rows: Sequence[CustomerRow],
    settings: Settings,
    checks: Iterable[Check] | None = None,
    seen: Seen | None = None,
) -> list[CustomerRow]:
    """The rows with the findings of all checks added.

    :param seen: the same for all parts of a file
    """
    seen = {} if seen is None else seen
    found: dict[int, list[Finding]] = {}
    for check in CHECKS if checks is None else checks:
        for position, finding in check.check(rows, settings, seen):
            found.setdefault(position, []).append(finding)
    return [
        row.with_findings(found[i]) if i in found else row for i, row in enumerate(rows)
    ]
