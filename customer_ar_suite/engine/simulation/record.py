"""What is kept of a look at a document: enough to look again, exactly.

>>> one = Recorded(1, 7, 3, Date(2026, 5, 4), "invoice", 500, Standing(900, allowed=1000),
...                rules=(HoldRule(1, "over_limit", "block"),))
>>> load(one._replace(standing=Standing(), rules=()), dump(one)) == one
True
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Date
from typing import Any, NamedTuple

from ..credit_hold import Hit, HoldRule, Standing

_DATES = ("valid_from", "valid_to", "oldest_due")


class Recorded(NamedTuple):
    """One look at a document; amounts in minor units of the company's currency.

    ``rules`` are those that applied then, ``hits`` and ``verdict`` what came out.
    """

    key: int
    document: int  #: looks at the same document have the same number
    partner_id: int
    day: Date
    stage: str
    amount: int
    standing: Standing
    posted: int = 0
    family_posted: int = 0
    released: int | None = None  #: up to which amount it had been released
    known: tuple[str, ...] = ()  #: what was known when that release was asked for
    rules: tuple[HoldRule, ...] = ()
    hits: tuple[Hit, ...] = ()
    verdict: str = "free"
    has_passed: bool = False


def dump(one: Recorded) -> dict[str, Any]:
    """What is stored beside the columns: plain values by name."""
    standing: dict[str, Any] = one.standing._asdict()
    standing |= {
        name: day and day.isoformat() for name in _DATES if (day := standing[name])
    }
    return {
        "standing": standing,
        "posted": one.posted,
        "family_posted": one.family_posted,
        "released": one.released,
        "known": list(one.known),
        "rules": [rule._asdict() for rule in one.rules],
        "hits": [hit._asdict() for hit in one.hits],
    }


def load(bare: Recorded, stored: Mapping[str, Any]) -> Recorded:
    """The look again: ``bare`` has what stands in columns."""
    standing = dict(stored["standing"])
    for name in _DATES:
        if standing.get(name):
            standing[name] = Date.fromisoformat(standing[name])
    return bare._replace(
        standing=Standing(**standing),
        posted=stored["posted"],
        family_posted=stored["family_posted"],
        released=stored["released"],
        known=tuple(stored["known"]),
        rules=tuple(HoldRule(**rule) for rule in stored["rules"]),
        hits=tuple(Hit(**hit) for hit in stored["hits"]),
    )
