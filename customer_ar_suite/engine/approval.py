"""Four eyes on a change: what is guarded, who may decide, what the votes come to.

>>> guards = [Guard(7, "credit_limit", low=1000_00, approvers=2)]
>>> strictest(guards, "credit_limit", None, (500_00, 900_00)) is None
True
>>> strictest(guards, "credit_limit", None, (500_00, 1000_00)).approvers
2
>>> outcome(2, ["approved"]), outcome(2, ["approved", "rejected"])
('pending', 'rejected')
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from .errors import ApprovalError


class Guard(NamedTuple):
    """A policy as far as it says which changes need approval."""

    policy_id: int
    field: str
    company_id: int | None = None
    low: int | None = None  # the band in minor units: low <= amount < high
    high: int | None = None
    approvers: int = 1


class Change(NamedTuple):
    """One field that is to change."""

    field: str
    old: Any
    new: Any


class Person(NamedTuple):
    """Who stands behind an account: two accounts may be one person."""

    user_id: int
    partner_id: int
    names: frozenset[str]  # login and e-mail addresses, folded


@dataclass(frozen=True)
class Question:
    """What one line of a request asks, and whom; frozen when it was made."""

    approvers: frozenset[int]
    deputies: frozenset[int]
    deputies_from: date
    expires_on: date
    makers: tuple[Person, ...]  # who asked for it or edited it last
    voters: tuple[Person, ...] = ()


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields of ``after`` that differ, in the order of their names."""
    return [
        Change(name, before.get(name), after[name])
        for name in sorted(after)
        if before.get(name) != after[name]
    ]


def strictest(
    guards: Iterable[Guard],
    field: str,
    company_ids: Collection[int] | None,
    amounts: Sequence[int] | None = None,
) -> Guard | None:
    """The guard that asks for most approvers among those that cover the change.

    ``company_ids`` None: the field is shared, so the word of every company counts.
    Of the old and the new amount the larger one decides: lowering a high limit is no
    smaller matter than granting it.
    """
    fitting = [
        guard
        for guard in guards
        if guard.field == field
        and (
            guard.company_id is None
            or company_ids is None
            or guard.company_id in company_ids
        )
        and (amounts is None or _in_band(guard, max(map(abs, amounts))))
    ]
    return max(fitting, key=_strictness) if fitting else None


def _strictness(guard: Guard) -> tuple[int, bool, int]:
    return guard.approvers, guard.company_id is not None, -guard.policy_id


def _in_band(guard: Guard, amount: int) -> bool:
    return (guard.low is None or amount >= guard.low) and (
        guard.high is None or amount < guard.high
    )


def same_person(one: Person, other: Person) -> bool:
    """Is it one account, one contact, or one e-mail address or login?"""
    return (
        one.user_id == other.user_id
        or one.partner_id == other.partner_id
        or bool(one.names & other.names)
    )


def check_decider(question: Question, person: Person, today: date) -> None:
    """Raise unless ``person`` may vote on the question today."""
    if today > question.expires_on:
        raise ApprovalError("approval_expired", date=question.expires_on)
    if any(same_person(person, maker) for maker in question.makers):
        raise ApprovalError("approval_own_change")
    if person.user_id not in question.approvers:
        if person.user_id not in question.deputies:
            raise ApprovalError("approval_not_approver")
        if today < question.deputies_from:
            raise ApprovalError(
                "approval_deputy_too_early", date=question.deputies_from
            )
    if any(same_person(person, voter) for voter in question.voters):
        raise ApprovalError("approval_voted_already")


def outcome(needed: int, verdicts: Collection[str]) -> str:
    """What the votes on one line come to; one rejection suffices."""
    if "rejected" in verdicts:
        return "rejected"
    approved = sum(verdict == "approved" for verdict in verdicts)
    return "approved" if approved >= max(needed, 1) else "pending"


def request_state(lines: Collection[str]) -> str:
    """State of a request whose lines have these states."""
    states = set(lines)
    if "pending" in states or not states:
        return "pending"
    if "approved" in states:
        return "approved" if states == {"approved"} else "partly"
    return "rejected" if "rejected" in states else "stale"


def payload_hash(payload: Any) -> str:
    """Fingerprint of what is asked for; the same on every machine and day."""
    text = json.dumps(
        payload, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
