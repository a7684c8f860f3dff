"""Quality of customer data: what faults cost, which are settled, what is out of date.

A check looks at one dimension of quality and costs so many points per fault, up to its own
limit; a customer without a fault has 100.

>>> checks = [Check("rule_broken", ACCURACY, 15, 30), Check("address", COMPLETENESS, 10, 10)]
>>> found = [Fault("rule_broken", "vat", "7"), Fault("address", "street", share=40)]
>>> result = score(found, checks)
>>> result.points, [(one.check, one.points) for one in result.deductions]
(81, [('rule_broken', 15), ('address', 4)])
>>> result.by_dimension[ACCURACY], result.by_dimension[TIMELINESS]
(85, 100)
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

ACCURACY, COMPLETENESS = "accuracy", "completeness"
TIMELINESS, UNIQUENESS = "timeliness", "uniqueness"
DIMENSIONS = (ACCURACY, COMPLETENESS, TIMELINESS, UNIQUENESS)

#: states of findings that the next look may settle; closed ones are history
OPEN, IN_WORK, CORRECTED = "open", "in_work", "corrected"
VERIFIED, ACCEPTED, CLOSED = "verified", "accepted", "closed"
LIVE = (OPEN, IN_WORK, CORRECTED, VERIFIED, ACCEPTED)


class Check(NamedTuple):
    """What is looked for: its dimension, the points per fault and the most it costs."""

    code: str
    dimension: str
    weight: int
    most: int


class Fault(NamedTuple):
    """Something wrong with a customer.

    :param key: tells it from other faults of the same check and field: a rule, a customer
    :param share: percent of the check's points that it costs
    """

    check: str
    field: str = ""
    key: str = ""
    share: int = 100


class Deduction(NamedTuple):
    """What the faults of one check cost together."""

    check: str
    dimension: str
    points: int
    times: int


@dataclass(frozen=True)
class Score:
    """0 to 100 points, as a whole and per dimension, with what was taken off."""

    points: int
    by_dimension: Mapping[str, int]
    deductions: tuple[Deduction, ...]


def score(faults: Iterable[Fault], checks: Sequence[Check]) -> Score:
    """The score of one customer; faults of checks that are not asked cost nothing."""
    found: dict[str, list[int]] = {}
    for fault in faults:
        found.setdefault(fault.check, []).append(fault.share)
    taken = tuple(
        Deduction(
            check.code,
            check.dimension,
            min(check.most, _rounded(check.weight * sum(found[check.code]))),
            len(found[check.code]),
        )
        for check in checks
        if check.code in found
    )
    ranked = tuple(sorted(taken, key=lambda one: -one.points))
    return Score(
        _left(ranked),
        {d: _left(one for one in ranked if one.dimension == d) for d in DIMENSIONS},
        ranked,
    )


def _rounded(hundredths: int) -> int:
    return (hundredths + 50) // 100


def _left(deductions: Iterable[Deduction]) -> int:
    return max(0, 100 - sum(one.points for one in deductions))


# -- what the next look settles -----------------------------------------------------------


class Known(NamedTuple):
    """A finding of an earlier look that is not closed."""

    id: int
    customer: int
    fault: tuple[str, str, str]
    state: str
    accepted_until: date | None = None


@dataclass(frozen=True)
class Settlement:
    """What becomes of findings: made, found again, taken up again, no longer there."""

    new: tuple[tuple[int, Fault], ...]
    seen: tuple[int, ...]
    reopened: tuple[int, ...]
    gone: tuple[int, ...]


def settle(
    known: Iterable[Known],
    faults: Mapping[int, Sequence[Fault]],
    checks: Collection[str],
    as_of: date,
) -> Settlement:
    """Compare what is known of some customers with what is there.

    :param faults: customer -> his faults; whoever is not a key was not looked at
    :param checks: codes of the checks that were asked; findings of others stay as they are

    >>> known = [Known(1, 7, ("bounced", "email", ""), CORRECTED)]
    >>> settle(known, {7: []}, ["bounced"], date(2026, 7, 1)).gone
    (1,)
    >>> settle(known, {7: [Fault("bounced", "email")]}, ["bounced"], date(2026, 7, 1)).reopened
    (1,)
    >>> settle(known, {8: []}, ["bounced"], date(2026, 7, 1)).gone
    ()
    """
    there = {
        (customer, fault[:3]): fault
        for customer, found in faults.items()
        for fault in found
    }
    seen: list[int] = []
    reopened: list[int] = []
    gone: list[int] = []
    matched: set[tuple[int, tuple[str, str, str]]] = set()
    for one in known:
        if one.customer not in faults or one.fault[0] not in checks:
            continue
        place = (one.customer, one.fault)
        if place not in there:
            gone.append(one.id)
            continue
        matched.add(place)
        (reopened if _comes_back(one, as_of) else seen).append(one.id)
    new = tuple(
        (place[0], fault) for place, fault in there.items() if place not in matched
    )
    return Settlement(new, tuple(seen), tuple(reopened), tuple(gone))


def _comes_back(known: Known, as_of: date) -> bool:
    """Was it thought to be done with, and is not?"""
    if known.state == ACCEPTED:
        return known.accepted_until is not None and known.accepted_until < as_of
    return known.state in (CORRECTED, VERIFIED)


# -- time and samples ---------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of that month.

    >>> months_before(date(2026, 3, 31), 1), months_before(date(2026, 1, 15), 12)
    (datetime.date(2026, 2, 28), datetime.date(2025, 1, 15))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def out_of_date(
    confirmed: Mapping[str, date | None], as_of: date, months: int
) -> tuple[str, ...]:
    """The fields nobody has entered or confirmed for so many months.

    >>> out_of_date({"email": date(2025, 6, 30), "phone": date(2025, 7, 1), "vat": None},
    ...     date(2026, 7, 1), 12)
    ('email', 'vat')
    """
    limit = months_before(as_of, months)
    return tuple(
        field for field, day in confirmed.items() if day is None or day < limit
    )


def sample(ids: Collection[int], size: int, seed: str) -> list[int]:
    """``size`` of the ids, drawn so that the same seed draws the same ones again.

    >>> drawn = sample(range(1000), 10, "2026-07")
    >>> len(drawn), drawn == sample(range(1000), 10, "2026-07"), sample([5, 3], 9, "x")
    (10, True, [3, 5])
    """
    if size >= len(ids):
        return sorted(ids)

    def place(id_: int) -> bytes:
        return hashlib.sha256(f"{seed}:{id_}".encode()).digest()

    return sorted(sorted(ids, key=place)[:size])


def rate(faulty: int, checked: int) -> float:
    """Percent of the customers looked at that have a fault, to one place.

    >>> rate(1, 3), rate(0, 0)
    (33.3, 0.0)
    """
    return round(100 * faulty / checked, 1) if checked else 0.0
