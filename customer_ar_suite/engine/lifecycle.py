"""Lifecycle of a customer relationship: which stage the facts speak for, and when the
customer should hear from us again.

Stages and rules are data; this file only reads them. A rule names the stages it starts from,
the stage it leads to and the conditions that must all hold. The first rule that applies wins;
a stage set by hand is left alone while it is held.

>>> rules = [Rule(1, frozenset({10}), 20, (Condition("invoice_count", ">=", 1.0),))]
>>> decide(10, {"invoice_count": 3.0}, rules, {}).to_stage
20
>>> decide(10, {"invoice_count": None}, rules, {}) is None
True
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from .errors import EngineError

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class LifecycleError(EngineError):
    """A stage, rule or event that cannot be."""


class Condition(NamedTuple):
    """``metric`` compared with ``value``; a fact that is not known fulfils nothing."""

    metric: str
    operator: str
    value: float


class Rule(NamedTuple):
    """Leads from any of ``from_stages`` (empty: any, also none) to ``to_stage``."""

    id: int
    from_stages: frozenset[int]
    to_stage: int
    conditions: tuple[Condition, ...]


class Proof(NamedTuple):
    """One condition that held, with the fact that made it hold."""

    metric: str
    operator: str
    value: float
    fact: float


@dataclass(frozen=True)
class Move:
    """The customer goes to another stage, and why."""

    to_stage: int
    rule_id: int
    proofs: tuple[Proof, ...]


def decide(
    stage: int | None,
    facts: Mapping[str, float | None],
    rules: Sequence[Rule],
    next_stages: Mapping[int, frozenset[int]],
) -> Move | None:
    """The move the facts speak for, None for staying.

    :param stage: where the customer is; None before his first stage
    :param facts: metric → value; None where there is none
    :param rules: in order; the first that applies wins, also when it says "stay"
    :param next_stages: stage → stages that may follow it; a stage not named: any
    :raises LifecycleError: ``lifecycle_operator`` for a comparison this version lacks
    """
    for rule in rules:
        if rule.from_stages and stage not in rule.from_stages:
            continue
        proofs = _proofs(rule, facts)
        if proofs is None:
            continue
        if rule.to_stage == stage:
            return None
        if may_follow(stage, rule.to_stage, next_stages):
            return Move(rule.to_stage, rule.id, proofs)
    return None


def may_follow(
    stage: int | None, to_stage: int, next_stages: Mapping[int, frozenset[int]]
) -> bool:
    """Whether a customer may go from one stage to the other.

    >>> may_follow(1, 3, {1: frozenset({2})}), may_follow(None, 3, {}), may_follow(2, 1, {})
    (False, True, True)
    """
    allowed = next_stages.get(stage) if stage is not None else None
    return not allowed or to_stage in allowed


def _proofs(rule: Rule, facts: Mapping[str, float | None]) -> tuple[Proof, ...] | None:
    proofs = []
    for condition in rule.conditions:
        compare = OPERATORS.get(condition.operator)
        if compare is None:
            raise LifecycleError("lifecycle_operator", operator=condition.operator)
        fact = facts.get(condition.metric)
        if fact is None or not compare(fact, condition.value):
            return None
        proofs.append(Proof(*condition, fact))
    return tuple(proofs)


def next_contact(
    last_contact: date | None, since: date | None, interval: int
) -> date | None:
    """The day by which the customer should hear from us; None where no interval is set.

    A new stage begins a new interval: what was said before was about the stage before.

    >>> next_contact(None, date(2026, 6, 1), 30)
    datetime.date(2026, 7, 1)
    """
    known = [day for day in (last_contact, since) if day]
    if interval <= 0 or not known:
        return None
    return max(known) + timedelta(days=interval)
