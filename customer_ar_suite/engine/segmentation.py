"""Rules that classify customers: who belongs where, who moves, and why.

A rule holds for the customers of its domain whose figures meet all of its conditions; the
rules of a dimension are tried in order and the first that holds wins. Figures are integers:
minor units of a currency, hundredths of a per cent, days, pieces.

Shares ("the best 20 %") are taken among the customers of the rule's domain that have the
figure at all. A customer is among the best 20 % if fewer than 20 % of them have a larger one:
who is level with the last one in is in, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .errors import UnknownCode

#: the whole, in the unit of shares
WHOLE = 10_000
SHARES = ("top", "bottom")
Figures = Mapping[str, Mapping[int, int]]


class Condition(NamedTuple):
    """One demand on a figure. ``missing`` stands for customers without the figure."""

    figure: str
    operator: str
    bound: int = 0  # threshold, or the share in hundredths of a per cent
    missing: int | None = None


class Rule(NamedTuple):
    """``members`` are the customers of the rule's domain; None: all."""

    id: int
    category_id: int
    members: frozenset[int] | None
    conditions: tuple[Condition, ...]


class Held(NamedTuple):
    """What a customer has today; ``by_people`` while a choice by hand is to be respected."""

    category_id: int
    source: str
    by_people: bool


@dataclass(frozen=True)
class Finding:
    """One condition looked at for one customer: the figure, and what it was held against."""

    condition: Condition
    value: int | None
    border: int | None
    holds: bool


@dataclass(frozen=True)
class Wanted:
    """The category that the rules give a customer, and the rule that won."""

    category_id: int
    rule_id: int


@dataclass(frozen=True)
class Move:
    """One customer who gets, changes or loses a category."""

    partner_id: int
    from_id: int | None
    to_id: int | None
    rule_id: int | None


def evaluate(
    rules: Iterable[Rule], customers: Collection[int], figures: Figures
) -> dict[int, Wanted]:
    """The category of each customer for whom a rule holds; the others are left out."""
    wanted: dict[int, Wanted] = {}
    left = set(customers)
    for rule in rules:
        found = left if rule.members is None else left & rule.members
        for condition, border in zip(
            rule.conditions, borders(rule, customers, figures), strict=True
        ):
            found = _meeting(condition, border, found, figures)
        left = left - found
        result = Wanted(rule.category_id, rule.id)
        wanted.update(dict.fromkeys(found, result))
    return wanted


def diff(
    current: Mapping[int, Held],
    wanted: Mapping[int, Wanted],
    customers: Iterable[int],
    people_win: bool,
) -> list[Move]:
    """Who moves. A choice by hand stays while it counts, and where no rule says otherwise."""
    moves = []
    for partner_id in sorted(customers):
        held, target = current.get(partner_id), wanted.get(partner_id)
        if _stays(held, target, people_win):
            continue
        moves.append(
            Move(
                partner_id,
                held.category_id if held else None,
                target.category_id if target else None,
                target.rule_id if target else None,
            )
        )
    return moves


def _stays(held: Held | None, target: Wanted | None, people_win: bool) -> bool:
    if held is None:
        return target is None
    if target is not None and target.category_id == held.category_id:
        return True
    if held.by_people:
        return people_win or target is None
    return held.source == "mirror"


def borders(
    rule: Rule, customers: Collection[int], figures: Figures
) -> list[int | None]:
    """Per condition the value that decides; None where no value could."""
    return [
        _border(condition, rule.members, customers, figures)
        for condition in rule.conditions
    ]


def _border(
    condition: Condition,
    members: frozenset[int] | None,
    customers: Collection[int],
    figures: Figures,
) -> int | None:
    if condition.operator not in SHARES:
        return condition.bound
    known = figures.get(condition.figure, {})
    values = sorted(
        (
            known[partner_id]
            for partner_id in customers
            if partner_id in known and (members is None or partner_id in members)
        ),
        reverse=condition.operator == "top",
    )
    inside = -(-condition.bound * len(values) // WHOLE)
    return values[min(inside, len(values)) - 1] if inside else None


def _meeting(
    condition: Condition, border: int | None, found: set[int], figures: Figures
) -> set[int]:
    known = figures.get(condition.figure, {})
    return {
        partner_id
        for partner_id in found
        if holds(condition, border, _value(condition, known, partner_id))
    }


def _value(
    condition: Condition, known: Mapping[int, int], partner_id: int
) -> int | None:
    """A share is taken among those who have the figure: nothing stands in for it."""
    if condition.operator in SHARES or condition.operator in ("known", "unknown"):
        return known.get(partner_id)
    return known.get(partner_id, condition.missing)


def holds(condition: Condition, border: int | None, value: int | None) -> bool:
    """Does a customer with that figure meet the condition?"""
    operator = condition.operator
    if operator == "unknown":
        return value is None
    if operator == "known":
        return value is not None
    if value is None or border is None:
        return False
    if operator in ("at_least", "top"):
        return value >= border
    if operator in ("at_most", "bottom"):
        return value <= border
    if operator == "more_than":
        return value > border
    if operator == "less_than":
        return value < border
    raise UnknownCode("unknown_code", kind="operator", value=operator)


def findings(
    rule: Rule, limits: list[int | None], partner_id: int, figures: Figures
) -> list[Finding]:
    """What each condition of a rule says of one customer; ``limits`` from :func:`borders`."""
    result = []
    for condition, border in zip(rule.conditions, limits, strict=True):
        value = _value(condition, figures.get(condition.figure, {}), partner_id)
        result.append(
            Finding(condition, value, border, holds(condition, border, value))
        )
    return result
