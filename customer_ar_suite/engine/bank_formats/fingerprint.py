"""Recognising a bank line that was imported before, without relying on the bank's ids.

Two lines with the same fingerprint are either the same line in two files or genuine twins.
Twins are told apart by counting: the second one of a file is occurrence 2. A file that
overlaps with earlier ones brings occurrences that are known and perhaps a new one; imported
in any order, the result is the union of the files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ..text import compact
from .base import BankLine


class Identity(NamedTuple):
    """What makes a bank line unique within its journal."""

    fingerprint: str
    occurrence: int


def fingerprint(line: BankLine, currency: str) -> str:
    """A short code of all that two copies of the same line have in common.

    The bank's own words (``info``) count only where nothing else is said: they change
    between intraday report and statement. So does the status.
    """
    said = (
        compact(line.bank_reference),
        compact(line.end_to_end),
        compact("".join(line.structured)),
        compact(line.text),
    )
    parts = (
        line.booking_date.isoformat(),
        str(line.amount),
        currency,
        compact(line.counterparty_account),
        *(said if any(said) else (compact(line.info), compact(line.counterparty))),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def identities(fingerprints: Iterable[str]) -> list[Identity]:
    """Each fingerprint with the number of times it has come up so far.

    >>> [identity.occurrence for identity in identities(["a", "b", "a"])]
    [1, 1, 2]
    """
    seen: Counter[str] = Counter()
    found = []
    for one in fingerprints:
        seen[one] += 1
        found.append(Identity(one, seen[one]))
    return found


def new_ones(found: Iterable[Identity], known: Collection[Identity]) -> list[bool]:
    """Which of the identities of a file are not in the books yet.

    >>> file = identities(["a", "a"])
    >>> new_ones(file, {Identity("a", 1)})
    [False, True]
    """
    return [identity not in known for identity in found]
