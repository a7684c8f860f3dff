"""Hold rules: what is said about a document before it is posted or confirmed.

A rule names what it looks at (:data:`TRIGGERS`) and what follows from it (:data:`ACTIONS`).
Amounts are minor units of the company's currency. Triggers whose figures nobody keeps yet
(:data:`NO_DATA`) find nothing.

>>> rule = HoldRule(1, "over_limit", "block")
>>> [hit.code for hit in hits(Standing(exposure=900, allowed=1000), [rule], 101, DAY)]
['over_limit']
>>> hits(Standing(exposure=900, allowed=1000), [rule], 100, DAY)
[]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date as Date
from datetime import timedelta
from typing import NamedTuple

#: what follows, the mildest first
ACTIONS = ("warn", "approve", "block")
#: figures that later functions will bring
NO_DATA = ("dispute", "dunning_level")
TRIGGERS = ("over_limit", "overdue", "limit_expired", "grade", *NO_DATA)
#: of a customer whom somebody has put on hold; no rule is needed for it
CUSTOMER_HOLD = "customer_hold"
DAY = Date(2026, 6, 30)


class HoldRule(NamedTuple):
    """One rule as data."""

    rule_id: int
    trigger: str
    action: str
    days: int = 0  #: overdue for more than so many days
    grace_days: int = 0  #: after the due date, or after the end of the limit
    threshold_percent: int = 100  #: of what is allowed
    minimum: int = 0  #: overdue amounts below are let pass
    counts_drafts: bool = True
    grade_rank: int = 0  #: this grade (1 is the best) or a worse one


class Standing(NamedTuple):
    """What is known of a customer when a document of his is looked at.

    ``exposure`` and ``family_exposure`` are without the document itself.
    """

    exposure: int = 0
    drafts: int = 0  #: drafts in ``exposure``
    allowed: int | None = None  #: None: no limit
    family_exposure: int = 0
    family_drafts: int = 0
    family_allowed: int | None = None
    valid_from: Date | None = None
    valid_to: Date | None = None
    oldest_due: Date | None = None
    overdue: int = 0
    is_on_hold: bool = False
    grade_rank: int | None = None  #: 1 is the best; None: not rated
    grade_id: int = 0
    limit: int | None = None  #: of what is allowed, the limit itself
    is_grade_set: bool = False  #: by a person, not by a score


class Hit(NamedTuple):
    """What a rule has found; ``rule_id`` 0: the hold of the customer himself."""

    rule_id: int
    code: str
    action: str
    amount: int = 0  #: by how much a limit is exceeded, or what is overdue
    days: int = 0
    allowed: int = 0
    grade_id: int = 0


def hits(
    standing: Standing,
    rules: Iterable[HoldRule],
    amount: int,
    today: Date,
    posted: int = 0,
    family_posted: int = 0,
) -> list[Hit]:
    """What the rules find about a document of ``amount``, in their order.

    :param posted: documents of the customer that are posted in the same go before it; as
        drafts they are in the exposure already
    :param family_posted: the same of his family
    """
    found = []
    if standing.is_on_hold:
        found.append(Hit(0, CUSTOMER_HOLD, "approve"))
    for rule in rules:
        if rule.trigger == "over_limit":
            found += _over_limit(standing, rule, amount, posted, family_posted)
        elif rule.trigger == "overdue":
            found += _overdue(standing, rule, today)
        elif rule.trigger == "limit_expired":
            found += _limit_expired(standing, rule, today)
        elif rule.trigger == "grade":
            found += _grade(standing, rule)
    return found


def _over_limit(
    standing: Standing, rule: HoldRule, amount: int, posted: int, family_posted: int
) -> list[Hit]:
    """More at risk than may be, by the customer's own limit or by his family's."""
    found = []
    for code, exposure, drafts, allowed, passed in (
        ("over_limit", standing.exposure, standing.drafts, standing.allowed, posted),
        (
            "over_family_limit",
            standing.family_exposure,
            standing.family_drafts,
            standing.family_allowed,
            family_posted,
        ),
    ):
        if allowed is None:
            continue
        before = exposure if rule.counts_drafts else exposure - drafts + passed
        after = before + amount
        if after * 100 > allowed * rule.threshold_percent:
            found.append(
                Hit(rule.rule_id, code, rule.action, after - allowed, allowed=allowed)
            )
    return found


def _overdue(standing: Standing, rule: HoldRule, today: Date) -> list[Hit]:
    """Something is overdue for longer than the rule bears with."""
    if standing.oldest_due is None or standing.overdue < max(rule.minimum, 1):
        return []
    late = (today - standing.oldest_due).days
    if late <= rule.days + rule.grace_days:
        return []
    return [Hit(rule.rule_id, "overdue", rule.action, standing.overdue, late)]


def _limit_expired(standing: Standing, rule: HoldRule, today: Date) -> list[Hit]:
    """The limit is not valid (any more, or yet)."""
    if standing.allowed is None:
        return []
    end = standing.valid_to
    if end and today > end + timedelta(days=rule.grace_days):
        return [
            Hit(rule.rule_id, "limit_expired", rule.action, days=(today - end).days)
        ]
    if standing.valid_from and today < standing.valid_from:
        return [Hit(rule.rule_id, "limit_not_yet", rule.action)]
    return []


def _grade(standing: Standing, rule: HoldRule) -> list[Hit]:
    """The customer's grade is the rule's or worse; who is not rated is let pass."""
    rank = standing.grade_rank
    if rank is None or not rule.grade_rank or rank < rule.grade_rank:
        return []
    return [Hit(rule.rule_id, "grade", rule.action, grade_id=standing.grade_id)]


def is_told(found: Iterable[Hit], known: Iterable[str]) -> bool:
    """Was all that holds a document known to who released it? What is new wants a new look.

    >>> is_told([Hit(1, "overdue", "warn"), Hit(2, "over_limit", "approve")], ["over_limit"])
    True
    """
    return {hit.code for hit in found if hit.action != "warn"} <= set(known)


def verdict(found: Sequence[Hit], amount: int, released: int | None) -> str:
    """What becomes of a document: ``free``, ``warn``, ``approve``, ``block``, ``released``.

    :param released: the amount up to which somebody has let it pass; None: nobody has

    >>> approve, block = Hit(1, "overdue", "approve"), Hit(2, "over_limit", "block")
    >>> verdict([approve], 100, None), verdict([approve], 100, 100)
    ('approve', 'released')
    >>> verdict([approve], 101, 100)
    'approve'
    >>> verdict([approve, block], 100, 500), verdict([], 100, None)
    ('block', 'free')
    """
    if not found:
        return "free"
    worst = max((hit.action for hit in found), key=ACTIONS.index)
    if worst == "approve" and released is not None and released >= amount:
        return "released"
    return worst
