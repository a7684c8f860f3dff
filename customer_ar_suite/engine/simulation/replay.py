"""Looking again: with the rules of then as a proof, with draft rules for comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from typing import NamedTuple

from ..credit_hold import Hit, HoldRule, Standing, hits, is_told, verdict
from ..rating.policy import Figures, LimitRule, limit_for
from .grades import Timeline
from .past import PastDocument
from .record import Recorded

#: from when until when somebody was in the scope of a rule; None: without end
Stay = tuple[Date, Date | None]


class DraftRule(NamedTuple):
    """A rule that is tried; ``stays`` None: of all customers."""

    rule: HoldRule
    stages: tuple[str, ...]
    stays: Mapping[int, Sequence[Stay]] | None = None

    def applies(self, one: Recorded) -> bool:
        """Was this look in the scope of the rule?"""
        if one.stage not in self.stages:
            return False
        if self.stays is None:
            return True
        return any(
            start <= one.day and (end is None or one.day <= end)
            for start, end in self.stays.get(one.partner_id, ())
        )


@dataclass(frozen=True)
class Draft:
    """What is tried; what is None stays as it was."""

    rules: tuple[DraftRule, ...] | None = None
    limit_percent: int = 100
    #: grade -> formula of its limit
    limits: Mapping[int, LimitRule] | None = None
    #: other grades than then, with their ranks
    has_grades: bool = False
    ranks: Mapping[int, int] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=lambda: Timeline(()))


class Outcome(NamedTuple):
    """A look under the draft."""

    recorded: Recorded
    standing: Standing
    hits: tuple[Hit, ...]
    verdict: str
    is_exact: bool


def decide(
    one: Recorded, standing: Standing, rules: Sequence[HoldRule]
) -> tuple[tuple[Hit, ...], str]:
    """What these rules find in that look, and what becomes of the document."""
    found = hits(standing, rules, one.amount, one.day, one.posted, one.family_posted)
    left = one.released if is_told(found, one.known) else None
    return tuple(found), verdict(found, one.amount, left)


def is_exact(one: Recorded) -> bool:
    """Do the rules in force then give again what was recorded?"""
    return decide(one, one.standing, one.rules) == (one.hits, one.verdict)


def drafted(one: Recorded, draft: Draft) -> Standing:
    """The standing with the limit and grade of the draft."""
    standing = one.standing
    graded = draft.timeline.on(one.partner_id, one.day)
    if draft.has_grades and graded and not standing.is_grade_set:
        grade = graded.grade_now or 0
        standing = standing._replace(
            grade_id=grade, grade_rank=draft.ranks.get(grade) if grade else None
        )
    limit, family = standing.limit, standing.family_allowed
    if draft.limits is not None:
        rule = draft.limits.get(standing.grade_id)
        if rule and graded:
            formula = limit_for(rule, Figures(graded.invoiced, graded.months))
            limit = limit if formula is None else formula
    if draft.limit_percent != 100:
        limit = limit and limit * draft.limit_percent // 100
        family = family and family * draft.limit_percent // 100
    return _with_limit(standing, limit)._replace(family_allowed=family)


def graded_then(standing: Standing, document: PastDocument, draft: Draft) -> Standing:
    """A standing that was rebuilt, with the grade of its day."""
    graded = draft.timeline.on(document.partner_id, document.day)
    if not graded or not graded.grade_then:
        return standing
    rank = draft.ranks.get(graded.grade_then)
    return standing._replace(grade_id=graded.grade_then, grade_rank=rank)


def _with_limit(standing: Standing, limit: int | None) -> Standing:
    """Temporary limits and cover stay on top of whatever the limit is."""
    if limit == standing.limit:
        return standing
    extra = (standing.allowed or 0) - (standing.limit or 0)
    allowed = None if limit is None else limit + extra
    return standing._replace(limit=limit, allowed=allowed)


def rules_of(one: Recorded, draft: Draft) -> tuple[HoldRule, ...]:
    """The rules that would have looked at the document."""
    if draft.rules is None:
        return one.rules
    return tuple(tried.rule for tried in draft.rules if tried.applies(one))


def replay(one: Recorded, draft: Draft) -> Outcome:
    """That look once more, under the draft."""
    standing = drafted(one, draft)
    found, what = decide(one, standing, rules_of(one, draft))
    return Outcome(one, standing, found, what, is_exact(one))
