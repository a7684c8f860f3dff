"""What would have been different: per document and per customer.

All looks at a document count as one: it was held if any of them held it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import NamedTuple

from ..credit_hold import Hit, hits
from ..exposure import used_percent
from .replay import Draft, Outcome, rules_of

#: how strict a verdict is; what was released had been held first
LEVELS = {"free": 0, "warn": 1, "released": 2, "approve": 2, "block": 3}
_WORST = ("free", "warn", "released", "approve", "block")
HELD = 2


class Result(NamedTuple):
    """A document then and under the draft; days: how long it was (would be) held."""

    key: int
    document: int
    partner_id: int
    day: Date
    amount: int
    then: str
    now: str
    hits_then: tuple[Hit, ...]
    hits_now: tuple[Hit, ...]
    days_then: int | None
    days_now: int | None
    has_passed: bool = True  #: did it pass in the end, then?

    @property
    def was_held(self) -> bool:
        """Was it held?"""
        return LEVELS[self.then] >= HELD

    @property
    def is_held(self) -> bool:
        """Would it be?"""
        return LEVELS[self.now] >= HELD

    @property
    def is_unsold(self) -> bool:
        """Did it pass, and would be held to the end of the period?"""
        return self.has_passed and self.is_held and self.days_now is None

    @property
    def change(self) -> str:
        """``same``, ``held``, ``freed``, ``stricter``, ``milder``."""
        then, now = LEVELS[self.then], LEVELS[self.now]
        if then == now:
            return "same"
        if self.is_held != self.was_held:
            return "held" if self.is_held else "freed"
        return "stricter" if now > then else "milder"


@dataclass
class Tally:
    """A customer's sums; amounts in minor units."""

    judged: int = 0
    looks: int = 0
    exact: int = 0
    held_then: int = 0
    held_now: int = 0
    amount_then: int = 0
    amount_now: int = 0
    new_held: int = 0
    new_amount: int = 0
    freed: int = 0
    freed_amount: int = 0
    warned_then: int = 0
    warned_now: int = 0
    days_then: int = 0
    days_now: int = 0
    unsold: int = 0  #: passed then, held to the end by the draft
    unsold_amount: int = 0
    used_then: int = 0  #: per cent of what was allowed, at the last look
    used_now: int = 0


def results(
    outcomes: Iterable[Outcome],
    draft: Draft,
    held: Mapping[int, int | None] | None = None,
) -> list[Result]:
    """One per document, in the order in which they were first looked at.

    :param held: days by document, from the course of history; None: history went on as it did
    """
    by_partner: dict[int, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_partner[one.recorded.partner_id].append(one)
    found = []
    for partner_id in sorted(by_partner):
        looks = sorted(
            by_partner[partner_id], key=lambda one: (one.recorded.day, one.recorded.key)
        )
        documents: dict[int, list[Outcome]] = defaultdict(list)
        for one in looks:
            documents[one.recorded.document].append(one)
        found += [_result(own, looks, draft, held) for own in documents.values()]
    return found


def _result(
    own: Sequence[Outcome],
    looks: Sequence[Outcome],
    draft: Draft,
    held: Mapping[int, int | None] | None,
) -> Result:
    then = max(own, key=lambda one: _WORST.index(one.recorded.verdict))
    now = max(own, key=lambda one: _WORST.index(one.verdict))
    days_then = _days_held(own)
    if LEVELS[now.verdict] < HELD:
        days_now = None
    elif held is not None:
        days_now = held.get(now.recorded.document)
    elif LEVELS[then.recorded.verdict] >= HELD:
        days_now = days_then
    else:
        days_now = _wait(now, looks, draft)
    return Result(
        now.recorded.key,
        now.recorded.document,
        now.recorded.partner_id,
        own[0].recorded.day,
        own[-1].recorded.amount,
        then.recorded.verdict,
        now.verdict,
        then.recorded.hits,
        now.hits,
        days_then,
        days_now,
        any(one.recorded.has_passed for one in own),
    )


def _days_held(own: Sequence[Outcome]) -> int | None:
    """From the first hold until it passed; None: it was not held, or has not passed."""
    held = [one.recorded.day for one in own if LEVELS[one.recorded.verdict] >= HELD]
    passed = [one.recorded.day for one in own if one.recorded.has_passed]
    return (passed[-1] - held[0]).days if held and passed else None


def _wait(held: Outcome, looks: Sequence[Outcome], draft: Draft) -> int | None:
    """Until the first later look in which nothing would hold the customer any more.

    None: until the end of the period there was none.
    """
    start = held.recorded.day
    for later in looks:
        one = later.recorded
        if one.day <= start:
            continue
        found = hits(later.standing, rules_of(one, draft), 0, one.day)
        if all(hit.action == "warn" for hit in found):
            return (one.day - start).days
    return None


def tally(outcomes: Sequence[Outcome], compared: Iterable[Result]) -> Tally:
    """The sums of one customer."""
    sums = Tally(looks=len(outcomes), exact=sum(one.is_exact for one in outcomes))
    for one in compared:
        sums.judged += 1
        sums.warned_then += one.then == "warn"
        sums.warned_now += one.now == "warn"
        sums.days_then += one.days_then or 0
        sums.days_now += one.days_now or 0
        if one.was_held:
            sums.held_then += 1
            sums.amount_then += one.amount
        if one.is_held:
            sums.held_now += 1
            sums.amount_now += one.amount
        if one.is_unsold:
            sums.unsold += 1
            sums.unsold_amount += one.amount
        if one.change == "held":
            sums.new_held += 1
            sums.new_amount += one.amount
        elif one.change == "freed":
            sums.freed += 1
            sums.freed_amount += one.amount
    if outcomes:
        last = max(outcomes, key=lambda one: (one.recorded.day, one.recorded.key))
        sums.used_then = _used(
            last.recorded.standing.exposure, last.recorded.standing.allowed
        )
        sums.used_now = _used(last.standing.exposure, last.standing.allowed)
    return sums


def _used(exposure: int, allowed: int | None) -> int:
    return 0 if allowed is None else used_percent(exposure, allowed)
