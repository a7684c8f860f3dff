"""What follows from a grade: a credit limit by a formula of typed parts.

>>> rule = LimitRule("turnover", months=2, percent=100, most=50_000_00, round_to=1000_00)
>>> limit_for(rule, Figures(invoiced=120_000_00, months=12))
2000000
>>> limit_for(rule, Figures(invoiced=1_200_000_00, months=12))
5000000
"""

from __future__ import annotations

from typing import NamedTuple


class LimitRule(NamedTuple):
    """``basis``: ``turnover`` (months of average turnover), ``fixed``, ``none`` (no credit).

    Amounts are minor units of the company's currency; 0: no bound, no rounding.
    """

    basis: str
    months: int = 0
    percent: int = 100
    amount: int = 0
    least: int = 0
    most: int = 0
    round_to: int = 0


class Figures(NamedTuple):
    """What was invoiced to the customer in so many months."""

    invoiced: int
    months: int


def limit_for(rule: LimitRule, figures: Figures) -> int | None:
    """The limit by the formula; None: nothing can be said.

    Rounded down to the step: a formula never grants more than it says.
    """
    if rule.basis == "none":
        return 0
    if rule.basis == "fixed":
        return rule.amount
    if figures.invoiced <= 0 or figures.months <= 0:
        return None
    limit = figures.invoiced * rule.months * rule.percent // (100 * figures.months)
    if rule.round_to > 0:
        limit -= limit % rule.round_to
    if rule.least:
        limit = max(limit, rule.least)
    return min(limit, rule.most) if rule.most else limit
