"""May a customer be closed or deleted: what stands in the way, and what may be done instead.

>>> counts = {"documents": 12, "contacts": 2}
>>> [finding.code for finding in stops(judge("delete", counts))]
['documents']
>>> instead("delete", counts), stops(judge("close", counts))
('close', [])
>>> instead("delete", {"open_items": 1}) is None
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

CLOSE, DELETE, REOPEN = "close", "delete", "reopen"


class Check(NamedTuple):
    """One question about the account; ``stops`` names what it stands in the way of."""

    code: str
    stops: frozenset[str]


class Finding(NamedTuple):
    """The answer: nothing found, worth knowing, or a reason not to do it."""

    code: str
    found: int
    level: str  # ok, note, stop


_BOTH = frozenset((CLOSE, DELETE))
_DELETE = frozenset((DELETE,))
_NOTHING: frozenset[str] = frozenset()

#: In the order they are shown: what has to be settled first, then what must be kept, then
#: what merely goes along. Money first, because it is what people come to look for.
CHECKS = (
    Check("open_items", _BOTH),
    Check("unapplied", _BOTH),
    Check("draft_entries", _BOTH),
    Check("draft_payments", _BOTH),
    Check("bills", _BOTH),
    Check("bank_lines", _BOTH),
    Check("staged_lines", _BOTH),
    Check("proposals", _BOTH),
    Check("change_requests", _BOTH),
    Check("users", _BOTH),
    Check("subsidiaries", _DELETE),
    Check("documents", _DELETE),
    Check("hashed", _DELETE),
    Check("references", _DELETE),
    Check("contacts", _NOTHING),
)


def judge(kind: str, counts: Mapping[str, int]) -> list[Finding]:
    """Every check with what was counted for it, for closing, deleting or reopening."""
    return [
        Finding(check.code, count, _level(kind, check, count))
        for check in CHECKS
        for count in (counts.get(check.code, 0),)
    ]


def _level(kind: str, check: Check, count: int) -> str:
    if not count:
        return "ok"
    return "stop" if kind in check.stops else "note"


def stops(findings: Iterable[Finding]) -> list[Finding]:
    """The reasons not to do it."""
    return [finding for finding in findings if finding.level == "stop"]


def instead(kind: str, counts: Mapping[str, int]) -> str | None:
    """What may be done where ``kind`` may not: a settled customer can always be closed."""
    if kind == DELETE and stops(judge(DELETE, counts)):
        return None if stops(judge(CLOSE, counts)) else CLOSE
    return None


def worst(*counted: Mapping[str, int]) -> dict[str, int]:
    """The larger number of several looks at the same customer, check by check.

    A transaction sees the world as it was when it began; a second look from outside sees
    what others have finished since. What either of them finds counts.
    """
    return {
        check.code: max(counts.get(check.code, 0) for counts in counted)
        for check in CHECKS
    }
